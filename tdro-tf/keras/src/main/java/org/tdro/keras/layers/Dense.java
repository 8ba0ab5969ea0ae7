package org.tdro.keras.layers;

import org.tdro.keras.ComputeType;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** x·W + b for rows of features. {@code [rows, in] -> [rows, out]}. */
public final class Dense implements Layer {
  private final Weight kernel;
  private final Weight bias;

  /** With a bias that starts at zero. */
  public Dense(Variables variables, String name, int in, int out, Initializer initializer) {
    this(variables, name, in, out, initializer, true);
  }

  /** With or without a bias. */
  public Dense(
      Variables variables, String name, int in, int out, Initializer initializer, boolean useBias) {
    kernel = variables.add(name + "/kernel", Shape.of(in, out), initializer);
    bias = useBias ? variables.add(name + "/bias", Shape.of(out), Initializer.zeros()) : null;
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    return call(tf, x, ComputeType.FLOAT32);
  }

  /** The same with the product computed in {@code type}. */
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x, ComputeType type) {
    var product = Products.of(tf, x, kernel.read(tf), type);
    return bias == null ? product : tf.nn.biasAdd(product, bias.read(tf));
  }

  /** The matrix, {@code [in, out]}. */
  public Weight kernel() {
    return kernel;
  }
}
