package org.tdro.tools.doctor;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.family.TNumber;

/** How fast TensorFlow multiplies square matrices, on the device that it chooses. */
final class ProductSpeed {
  /** Time after which no further product is begun. */
  private static final long BOX_NANOS = 1_000_000_000;

  private static final int PRODUCTS = 20;

  private ProductSpeed() {}

  /** Billions of floating-point operations a second in the fastest of some products of {@code [side, side]}. */
  static <T extends TNumber> double gflops(int side, Class<T> type, ConfigProto options) {
    try (var graph = new Graph();
        var session = new Session(graph, options)) {
      var tf = Ops.create(graph);
      // A variable: a product of constants would be computed once, ahead of time.
      var matrix = tf.variable(Shape.of(side, side), type);
      var ones = tf.fill(tf.constant(new int[] {side, side}), tf.constant(1f));
      session.run(tf.assign(matrix, tf.dtypes.cast(tf.identity(ones), type)));
      var product = tf.linalg.matMul(matrix, matrix).op();
      session.runner().addTarget(product).run().close();
      long best = Long.MAX_VALUE;
      long start = System.nanoTime();
      for (int i = 0; i < PRODUCTS && System.nanoTime() - start < BOX_NANOS; i++) {
        long begun = System.nanoTime();
        session.runner().addTarget(product).run().close();
        best = Math.min(best, System.nanoTime() - begun);
      }
      return 2.0 * side * side * side / best;
    }
  }
}
