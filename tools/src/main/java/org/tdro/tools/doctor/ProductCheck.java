package org.tdro.tools.doctor;

import java.util.List;
import java.util.Locale;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** Checks that TensorFlow multiplies matrices correctly, and measures how fast, on the device that it chooses. */
final class ProductCheck implements Check {
  private static final int SIDE = 2048;
  /** Time after which no further product is begun. */
  private static final long BOX_NANOS = 1_000_000_000;

  private static final int PRODUCTS = 20;

  private final ConfigProto options;

  ProductCheck(ConfigProto options) {
    this.options = options;
  }

  @Override
  public List<Finding> findings() {
    if (!multipliesCorrectly()) {
      return List.of(Finding.problem("TensorFlow", "a product of two matrices is wrong", ""));
    }
    double fp32 = gflops(TFloat32.class);
    double bf16 = gflops(TBfloat16.class);
    return List.of(
        Finding.ok("TensorFlow", "loads and multiplies matrices"),
        Finding.ok(
                "speed",
                String.format(
                    Locale.ROOT,
                    "products of %d x %d: %.0f GFLOP/s in fp32, %.0f in bf16",
                    SIDE,
                    SIDE,
                    fp32,
                    bf16))
            .with("fp32_gflops", fp32)
            .with("bf16_gflops", bf16));
  }

  private boolean multipliesCorrectly() {
    try (var graph = new Graph();
        var session = new Session(graph, options)) {
      var tf = Ops.create(graph);
      var product = tf.linalg.matMul(
          tf.constant(new float[][] {{1, 2}, {3, 4}}), tf.constant(new float[][] {{5, 6}, {7, 8}}));
      try (var result = session.runner().fetch(product).run()) {
        var values = (TFloat32) result.get(0);
        return values.getFloat(0, 0) == 19
            && values.getFloat(0, 1) == 22
            && values.getFloat(1, 0) == 43
            && values.getFloat(1, 1) == 50;
      }
    }
  }

  /** Returns the GFLOP/s of the fastest of some products of two matrices {@code [SIDE, SIDE]} of a type. */
  private <T extends TNumber> double gflops(Class<T> type) {
    try (var graph = new Graph();
        var session = new Session(graph, options)) {
      var tf = Ops.create(graph);
      // A variable: a product of constants would be computed once, ahead of time.
      var matrix = tf.variable(Shape.of(SIDE, SIDE), type);
      var ones = tf.fill(tf.constant(new int[] {SIDE, SIDE}), tf.constant(1f));
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
      return 2.0 * SIDE * SIDE * SIDE / best;
    }
  }
}
