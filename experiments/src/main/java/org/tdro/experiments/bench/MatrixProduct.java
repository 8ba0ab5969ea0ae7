package org.tdro.experiments.bench;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A product of two square matrices in single precision. Owns its graph. */
final class MatrixProduct implements AutoCloseable {
  private static final int SIZE = 2048;

  /** Multiplications and additions of one product. */
  static final long FLOPS = 2L * SIZE * SIZE * SIZE;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final TFloat32 factor = TFloat32.tensorOf(Shape.of(SIZE, SIZE));
  private final Operand<TFloat32> fed;
  private final Operand<TFloat32> corner;

  MatrixProduct() {
    var tf = Ops.create(graph);
    fed = tf.placeholder(TFloat32.class);
    // One number is fetched, so that copying the result does not count.
    corner = tf.slice(
        tf.linalg.matMul(fed, fed), tf.constant(new int[] {0, 0}), tf.constant(new int[] {1, 1}));
  }

  void run() {
    session.runner().feed(fed, factor).fetch(corner).run().close();
  }

  @Override
  public void close() {
    factor.close();
    session.close();
    graph.close();
  }
}
