package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A named variable of a graph.
 *
 * @param name path of the variable, parts separated by {@code /}
 * @param shape its fully known shape
 * @param role what becomes of it in training
 * @param initializer what it holds before the first step
 * @param variable the reference to the variable in its graph, to assign to and to differentiate against
 */
public record Weight(
    String name, Shape shape, Role role, Initializer initializer, Operand<TFloat32> variable) {

  /** What becomes of a variable in training. */
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

  /**
   * The value as it stands when the operations of {@code tf} read it. Compute with this rather than with the variable: a
   * reference as the input of some operations, Square for one, ends the process when the gradient is taken.
   */
  public Operand<TFloat32> read(Ops tf) {
    return tf.identity(variable);
  }

  /** Sets the value when the operations of {@code tf} run. */
  public Op assign(Ops tf, Operand<TFloat32> value) {
    return tf.assign(variable, value);
  }

  /** Adds to the value when the operations of {@code tf} run. */
  public Op assignAdd(Ops tf, Operand<TFloat32> value) {
    return tf.assignAdd(variable, value);
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }
}
