package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A named variable of a graph.
 *
 * @param name path of the variable, parts separated by {@code /}
 * @param shape its fully known shape
 * @param role what becomes of it in training
 * @param initializer what it holds before the first step
 * @param handle the variable itself, a resource: what updates write to
 * @param value the value before anything of a step is written, to fetch and to differentiate against
 */
public record Weight(
    String name,
    Shape shape,
    Role role,
    Initializer initializer,
    Operand<? extends TType> handle,
    Operand<TFloat32> value) {

  /** The part that a variable plays in training. */
  public enum Role {
    /** Optimizers move it. */
    TRAINED,
    /** Saved and restored with the model, but not moved by its optimizer: slots, running means, counters. */
    STATE,
    /** Neither moved nor saved: its values stand elsewhere. */
    FROZEN
  }

  /** Whether optimizers move it. */
  public boolean trainable() {
    return role == Role.TRAINED;
  }

  /** Returns the value as it is when the operations of {@code tf} read it, control dependencies included. */
  public Operand<TFloat32> read(Ops tf) {
    return tf.readVariableOp(handle, TFloat32.class);
  }

  /** Sets the value when the operations of {@code tf} run. */
  public Op assign(Ops tf, Operand<TFloat32> assigned) {
    return tf.assignVariableOp(handle, assigned);
  }

  /** Adds to the value when the operations of {@code tf} run. */
  public Op assignAdd(Ops tf, Operand<TFloat32> added) {
    return tf.assignAddVariableOp(handle, added);
  }

  /** Subtracts from the value when the operations of {@code tf} run. */
  public Op assignSub(Ops tf, Operand<TFloat32> subtracted) {
    return tf.assignSubVariableOp(handle, subtracted);
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }
}
