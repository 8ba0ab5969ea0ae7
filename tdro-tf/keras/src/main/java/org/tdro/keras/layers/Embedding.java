package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A vector for each id, which must lie in 0 … size − 1. {@code ids [...] -> [..., dim]}. */
public final class Embedding extends NamedLayer<TInt32> {
  private final int size;
  private final int dim;
  private final Initializer initializer;
  private Weight table;

  /** A table of {@code size} vectors, uniform in ±0.05 at first, as in Keras. */
  public Embedding(int size, int dim) {
    this(size, dim, Initializer.uniform(0.05));
  }

  /** A table of {@code size} vectors. */
  public Embedding(int size, int dim, Initializer initializer) {
    super("embedding");
    if (size < 1 || dim < 1) {
      throw new IllegalArgumentException(
          "size and dim must be at least 1, were " + size + " and " + dim);
    }
    this.size = size;
    this.dim = dim;
    this.initializer = initializer;
  }

  /** A table that is created at once in {@code scope}. */
  public Embedding(LayerScope scope, int size, int dim, Initializer initializer) {
    this(size, dim, initializer);
    build(scope, Shape.unknown());
  }

  @Override
  public Embedding named(String name) {
    super.named(name);
    return this;
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    table = scope.add("embeddings", Shape.of(size, dim), initializer);
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TInt32> ids) {
    var tf = context.tf();
    return tf.gather(table.read(tf), ids, tf.constant(0));
  }

  /** The table, {@code [size, dim]}. */
  public Weight table() {
    path();
    return table;
  }
}
