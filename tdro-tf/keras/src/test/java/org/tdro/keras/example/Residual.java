package org.tdro.keras.example;

import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.keras.layers.Dense;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** x + gate · relu(x·W + b), with a gate for each feature that starts closed. {@code [rows, dim] -> [rows, dim]}. */
final class Residual implements Layer {
  private final Dense dense;
  private final Weight gate;

  Residual(Variables variables, String name, int dim) {
    dense = new Dense(variables, name, dim, dim, Initializer.glorotUniform());
    gate = variables.add(name + "/gate", Shape.of(dim), Initializer.zeros());
  }

  @Override
  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    var change = tf.nn.relu(dense.call(tf, x));
    return tf.math.add(x, tf.math.mul(gate.read(tf), change));
  }
}
