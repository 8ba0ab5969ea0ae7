package org.tdro.keras.metrics;

import java.util.function.DoubleUnaryOperator;
import org.tdro.keras.Inputs;
import org.tdro.keras.metrics.ThresholdMetric.Counts;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras' metrics. The values of rows come from tensorflow-framework where it has them; the sums over an epoch are ours, since
 * the framework's count rows by the static shape of a batch, which is unknown here.
 */
public final class Metrics {
  /** The number of thresholds of a curve, as in Keras. */
  private static final int THRESHOLDS = 200;

  private Metrics() {}

  /**
   * The share of right outputs: the largest of several is the labelled class, {@code [batch] int} or {@code [batch, classes]}; a
   * single one is on the label's side of 0.5. For single outputs before sigmoid take {@link #binaryAccuracy}(0).
   */
  public static LabelledMetric accuracy() {
    return mean("accuracy", (tf, labels, outputs) -> {
      boolean single = outputs.shape().numDimensions() == 1 || outputs.shape().get(-1) == 1;
      if (single) {
        return binaryHits(tf, labels, outputs, 0.5f);
      }
      boolean index = labels.asOutput().type() == TInt32.class;
      return index ? sparseHits(tf, labels, outputs) : categoricalHits(tf, labels, outputs);
    });
  }

  /** The share of rows whose largest output is the class that labels {@code [batch] int} name. */
  public static LabelledMetric sparseCategoricalAccuracy() {
    return mean("sparse_categorical_accuracy", Metrics::sparseHits);
  }

  /** The share of rows whose largest output is where labels {@code [batch, classes]} are largest. */
  public static LabelledMetric categoricalAccuracy() {
    return mean("categorical_accuracy", Metrics::categoricalHits);
  }

  /** The share of outputs that are above {@code threshold} where the label is 1, and not where it is 0. */
  public static LabelledMetric binaryAccuracy(float threshold) {
    return mean(
        "binary_accuracy", (tf, labels, outputs) -> binaryHits(tf, labels, outputs, threshold));
  }

  /** The share of rows whose class, labels {@code [batch] int}, is among the {@code k} largest outputs. */
  public static LabelledMetric topKAccuracy(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, was " + k);
    }
    return mean("top_" + k + "_accuracy", (tf, labels, outputs) -> {
      var classes = tf.reshape(ints(labels), tf.constant(new int[] {-1}));
      var columns = tf.constant(new int[] {-1, (int) outputs.shape().get(-1)});
      var hits =
          tf.nn.inTopK(tf.reshape(outputs, columns), classes, tf.constant(k)).precision();
      return tf.dtypes.cast(hits, TFloat32.class);
    });
  }

  /** Precision at the threshold 0.5: true positives among outputs above it. */
  public static ThresholdMetric precision() {
    return new ThresholdMetric("precision", new float[] {0.5f}, counts -> counts.precision(0));
  }

  /** Recall at the threshold 0.5: outputs above it among labels of 1. */
  public static ThresholdMetric recall() {
    return new ThresholdMetric("recall", new float[] {0.5f}, counts -> counts.recall(0));
  }

  /** The area under the receiver operating characteristic, by trapezoids between {@value #THRESHOLDS} thresholds. */
  public static ThresholdMetric auc() {
    return new ThresholdMetric("auc", thresholds(), Metrics::area);
  }

  /** The best precision at a threshold, one of {@value #THRESHOLDS}, where recall is at least {@code recall}. */
  public static ThresholdMetric precisionAtRecall(double recall) {
    if (!(recall >= 0 && recall <= 1)) {
      throw new IllegalArgumentException("the recall must be in [0, 1], was " + recall);
    }
    return new ThresholdMetric("precision_at_recall", thresholds(), counts -> {
      double best = 0;
      for (int i = 0; i < THRESHOLDS; i++) {
        best = counts.recall(i) >= recall ? Math.max(best, counts.precision(i)) : best;
      }
      return best;
    });
  }

  /** The mean of (label − output)². */
  public static LabelledMetric meanSquaredError() {
    return mean("mean_squared_error", Metrics::squaredError);
  }

  /** The root of the mean of (label − output)². */
  public static LabelledMetric rootMeanSquaredError() {
    return new MeanMetric("root_mean_squared_error", Metrics::squaredError, Math::sqrt);
  }

  /** The mean of |label − output|. */
  public static LabelledMetric meanAbsoluteError() {
    return mean(
        "mean_absolute_error",
        (tf, labels, outputs) -> tf.math.abs(tf.math.sub(outputs, like(tf, labels, outputs))));
  }

  /** The mean cosine of the angle between label and output, over the last axis. */
  public static LabelledMetric cosineSimilarity() {
    return mean(
        "cosine_similarity",
        (tf, labels, outputs) -> org.tensorflow.framework.losses.Losses.cosineSimilarity(
            tf, like(tf, labels, outputs), outputs, new int[] {-1}));
  }

  private static LabelledMetric mean(String name, MeanMetric.Rows rows) {
    return new MeanMetric(name, rows, DoubleUnaryOperator.identity());
  }

  private static Operand<TFloat32> sparseHits(
      Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    var largest = largest(tf, outputs);
    return equal(tf, largest, tf.reshape(ints(labels), tf.shape(largest)));
  }

  private static Operand<TFloat32> categoricalHits(
      Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    return equal(tf, largest(tf, outputs), largest(tf, like(tf, labels, outputs)));
  }

  private static Operand<TFloat32> binaryHits(
      Ops tf, Operand<?> labels, Operand<TFloat32> outputs, float threshold) {
    var yes = tf.math.greater(outputs, tf.constant(threshold));
    var truth = tf.math.greater(like(tf, labels, outputs), tf.constant(0.5f));
    return tf.dtypes.cast(tf.math.equal(yes, truth), TFloat32.class);
  }

  private static Operand<TFloat32> squaredError(
      Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    return tf.math.squaredDifference(outputs, like(tf, labels, outputs));
  }

  private static Operand<TInt32> largest(Ops tf, Operand<TFloat32> values) {
    return tf.math.argMax(values, tf.constant(-1), TInt32.class);
  }

  private static Operand<TFloat32> equal(Ops tf, Operand<TInt32> a, Operand<TInt32> b) {
    return tf.dtypes.cast(tf.math.equal(a, b), TFloat32.class);
  }

  private static Operand<TInt32> ints(Operand<?> labels) {
    return labels.asOutput().expect(TInt32.class);
  }

  /** Labels as floats in the shape of {@code outputs}. */
  private static Operand<TFloat32> like(Ops tf, Operand<?> labels, Operand<TFloat32> outputs) {
    var floats = Inputs.asFloats(tf, labels);
    return tf.reshape(floats, tf.shape(outputs));
  }

  /** Evenly spaced in 0 to 1; the first is below every probability and the last above. */
  private static float[] thresholds() {
    var thresholds = new float[THRESHOLDS];
    for (int i = 0; i < THRESHOLDS; i++) {
      thresholds[i] = i / (THRESHOLDS - 1f);
    }
    thresholds[0] = -1e-7f;
    thresholds[THRESHOLDS - 1] = 1 + 1e-7f;
    return thresholds;
  }

  private static double area(Counts counts) {
    double area = 0;
    for (int i = 0; i + 1 < THRESHOLDS; i++) {
      double width = counts.fallOut(i) - counts.fallOut(i + 1);
      area += width * (counts.recall(i) + counts.recall(i + 1)) / 2;
    }
    return area;
  }
}
