package org.tdro.tools.doctor;

import java.util.List;
import java.util.Locale;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/** TensorFlow multiplies matrices, rightly and how fast. */
final class ProductCheck implements Check {
  private static final int SIDE = 2048;

  private final ConfigProto options;

  ProductCheck(ConfigProto options) {
    this.options = options;
  }

  @Override
  public List<Finding> findings() {
    if (!multipliesRightly()) {
      return List.of(Finding.problem("TensorFlow", "a product of two matrices is wrong", ""));
    }
    double fp32 = ProductSpeed.gflops(SIDE, TFloat32.class, options);
    double bf16 = ProductSpeed.gflops(SIDE, TBfloat16.class, options);
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

  private boolean multipliesRightly() {
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
}
