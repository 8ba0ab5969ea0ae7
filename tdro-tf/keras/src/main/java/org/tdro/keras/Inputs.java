package org.tdro.keras;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** The inputs of a model as operands of its graph, by the names of its {@link InputSpec}s. */
public record Inputs(Map<String, Operand<?>> operands) {
  public Inputs {
    operands = Map.copyOf(operands);
  }

  /** The operand of that name, of any type. */
  public Operand<?> get(String name) {
    var operand = operands.get(name);
    if (operand == null) {
      throw new IllegalArgumentException(
          "no input named " + name + "; there are " + operands.keySet());
    }
    return operand;
  }

  /** The float input of that name. */
  public Operand<TFloat32> floats(String name) {
    return get(name).asOutput().expect(TFloat32.class);
  }

  /** The integer input of that name. */
  public Operand<TInt32> ints(String name) {
    return get(name).asOutput().expect(TInt32.class);
  }

  /** Casts an operand of numbers to floats. */
  @SuppressWarnings("unchecked")
  public static Operand<TFloat32> asFloats(Ops tf, Operand<?> numbers) {
    return tf.dtypes.cast((Operand<TNumber>) numbers, TFloat32.class);
  }

  /** The operand as one of floats, which it is. */
  static Operand<TFloat32> asFloat(Operand<?> operand) {
    return operand.asOutput().expect(TFloat32.class);
  }
}
