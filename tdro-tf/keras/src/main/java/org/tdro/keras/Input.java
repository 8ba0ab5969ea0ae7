package org.tdro.keras;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** An input of a functional model. */
public final class Input extends SymbolicTensor {
  private final InputSpec spec;

  private Input(String name, Class<? extends TType> type, long... example) {
    var shape = new long[example.length + 1];
    shape[0] = -1;
    System.arraycopy(example, 0, shape, 1, example.length);
    spec = new InputSpec(name, type, Shape.of(shape));
  }

  /**
   * An input of floats.
   *
   * @param name under which a {@link Dataset} gives it; {@value Dataset#INPUT} for a model with one input
   * @param example shape of one example, without the batch; -1 for what varies
   */
  public static Input of(String name, long... example) {
    return new Input(name, TFloat32.class, example);
  }

  /** An input of integers, such as ids for an embedding; otherwise as {@link #of}. */
  public static Input ofInts(String name, long... example) {
    return new Input(name, TInt32.class, example);
  }

  /** The name, type and shape. */
  public InputSpec spec() {
    return spec;
  }

  @Override
  Operand<?> compute(CallContext context, Inputs inputs, Map<SymbolicTensor, Operand<?>> done) {
    return inputs.get(spec.name());
  }

  @Override
  void describe(Trace trace) {}
}
