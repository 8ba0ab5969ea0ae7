package org.tdro.keras.layers;

import org.tdro.keras.Initializer;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A vector for each id. {@code ids [...] -> [..., dim]}. */
public final class Embedding {
  private final Weight table;

  /** A table of {@code size} vectors. */
  public Embedding(Variables variables, String name, int size, int dim, Initializer initializer) {
    table = variables.add(name + "/embeddings", Shape.of(size, dim), initializer);
  }

  /** The vectors of {@code ids}, which must lie in 0 … size − 1. */
  public Operand<TFloat32> call(Ops tf, Operand<TInt32> ids) {
    return tf.gather(table.read(tf), ids, tf.constant(0));
  }

  /** The table, {@code [size, dim]}. */
  public Weight table() {
    return table;
  }
}
