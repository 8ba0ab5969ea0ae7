package org.tdro.keras.example;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tdro.keras.Weight;
import org.tdro.keras.layers.Dense;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** x + gate · relu(x·W + b), with a gate for each feature that starts closed. {@code [rows, dim] -> [rows, dim]}. */
final class Residual extends NamedLayer<TFloat32> {
  private Dense dense;
  private Weight gate;

  Residual() {
    super("residual");
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    int dim = (int) input.get(1);
    dense = new Dense(scope.under("dense"), dim, dim, Initializer.glorotUniform(), true);
    gate = scope.add("gate", Shape.of(dim), Initializer.zeros());
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    var change = tf.nn.relu(dense.call(context, x));
    return tf.math.add(x, tf.math.mul(gate.read(tf), change));
  }
}
