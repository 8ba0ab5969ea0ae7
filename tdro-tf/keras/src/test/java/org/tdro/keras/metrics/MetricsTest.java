package org.tdro.keras.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tdro.keras.Dataset;
import org.tdro.keras.Examples;
import org.tdro.keras.Inputs;
import org.tdro.keras.Metric;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

class MetricsTest {
  /** The metric of all examples, taken in batches of that many rows, the last one smaller. */
  private static double of(Metric metric, Examples examples, int rows) {
    try (var graph = new Graph();
        var session = new Session(graph);
        var dataset = examples.batch(rows)) {
      var tf = Ops.create(graph);
      Class<? extends TType> type;
      long[] shape;
      try (var batch = dataset.batch(0)) {
        type =
            batch.tensors().get(Dataset.LABELS) instanceof TInt32 ? TInt32.class : TFloat32.class;
        shape = batch.tensors().get(Dataset.INPUT).shape().asArray();
        shape[0] = -1;
      }
      var labels = tf.placeholder(type, Placeholder.shape(Shape.unknown()));
      var outputs = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
      var sums = metric.sums(tf, new Inputs(Map.of(Dataset.LABELS, labels)), outputs);
      double[] total = null;
      for (long i = 0; i < dataset.batchesPerEpoch().getAsLong(); i++) {
        try (var batch = dataset.batch(i);
            var result = session
                .runner()
                .feed(labels, batch.tensors().get(Dataset.LABELS))
                .feed(outputs, batch.tensors().get(Dataset.INPUT))
                .fetch(sums)
                .run()) {
          var part = Values.of((TFloat32) result.get(0));
          total = total == null ? new double[part.length] : total;
          for (int k = 0; k < part.length; k++) {
            total[k] += part[k];
          }
        }
      }
      return metric.result(total);
    }
  }

  private static final float[][] SCORES = {
    {0.1f, 0.7f, 0.2f}, {0.5f, 0.2f, 0.3f}, {0.2f, 0.3f, 0.5f}, {0.6f, 0.3f, 0.1f}, {0, 0.4f, 0.6f}
  };

  @Test
  void accuracyKnowsTheLabelsByTheirTypeAndShape() {
    var classes = Dataset.of(SCORES, new int[] {1, 0, 1, 2, 2});
    assertThat(of(Metrics.accuracy(), classes, 2)).isCloseTo(0.6, within(1e-12));
    assertThat(of(Metrics.sparseCategoricalAccuracy(), classes, 5)).isCloseTo(0.6, within(1e-12));
    float[][] oneHot = {{0, 1, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}};
    assertThat(of(Metrics.accuracy(), Dataset.of(SCORES, oneHot), 3)).isCloseTo(0.6, within(1e-12));
    assertThat(of(Metrics.categoricalAccuracy(), Dataset.of(SCORES, oneHot), 3))
        .isCloseTo(0.6, within(1e-12));
    var binary = Dataset.of(new float[][] {{0.9f}, {0.2f}, {0.6f}}, new float[] {1, 0, 0});
    assertThat(of(Metrics.accuracy(), binary, 2)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(of(Metrics.binaryAccuracy(0.7f), binary, 2)).isEqualTo(1);
  }

  @Test
  void theLabelledClassIsAmongTheLargest() {
    var classes = Dataset.of(SCORES, new int[] {1, 2, 0, 1, 1});
    assertThat(of(Metrics.topKAccuracy(2), classes, 2)).isCloseTo(0.8, within(1e-12));
    assertThat(of(Metrics.topKAccuracy(1), classes, 2)).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void decisionsAtAHalf() {
    var examples =
        Dataset.of(new float[] {0.9f, 0.8f, 0.6f, 0.3f, 0.2f}, new float[] {1, 0, 1, 1, 0});
    assertThat(of(Metrics.precision(), examples, 2)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(of(Metrics.recall(), examples, 2)).isCloseTo(2.0 / 3, within(1e-12));
    // Above 0.6: precision 1/2, recall 1/3; all three positives need a threshold below 0.3, where 3
    // of 4 are right.
    assertThat(of(Metrics.precisionAtRecall(1), examples, 2)).isCloseTo(0.75, within(1e-12));
    assertThat(of(Metrics.precisionAtRecall(0.3), examples, 2)).isEqualTo(1);
  }

  @Test
  void logitsAreThoseProbabilities() {
    var logits = Dataset.of(new float[] {2, -1, 0.5f}, new float[] {1, 0, 0});
    assertThat(of(Metrics.precision().fromLogits(), logits, 2)).isEqualTo(0.5);
  }

  /** The area is the share of pairs in which the positive has the larger score; the scores are not nearer than the thresholds. */
  @Test
  void theAreaIsTheShareOfOrderedPairs() {
    var random = new SplittableRandom(3);
    int n = 60;
    var scores = new float[n];
    var labels = new float[n];
    for (int i = 0; i < n; i++) {
      scores[i] = (random.nextInt(99) + 0.5f) / 100;
      labels[i] = random.nextDouble() < scores[i] ? 1 : 0;
    }
    double ordered = 0;
    int pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          pairs++;
          ordered += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    assertThat(of(Metrics.auc(), Dataset.of(scores, labels), 7))
        .isCloseTo(ordered / pairs, within(1e-9));
  }

  @Test
  void errorsOfNumbers() {
    var examples = Dataset.of(new float[][] {{1}, {2}, {5}}, new float[] {1, 4, 4});
    assertThat(of(Metrics.meanSquaredError(), examples, 2)).isCloseTo(5.0 / 3, within(1e-12));
    assertThat(of(Metrics.rootMeanSquaredError(), examples, 2))
        .isCloseTo(Math.sqrt(5.0 / 3), within(1e-12));
    assertThat(of(Metrics.meanAbsoluteError(), examples, 2)).isEqualTo(1);
    var vectors = Dataset.of(new float[][] {{3, 4}, {1, 0}}, new float[][] {{4, 3}, {0, 1}});
    assertThat(of(Metrics.cosineSimilarity(), vectors, 1)).isCloseTo(0.48, within(1e-6));
  }

  /** A mean of the two batches' means would be (0 + 9) / 2. */
  @Test
  void unequalBatchesCountByTheirRows() {
    var examples = Dataset.of(new float[] {0, 0, 3}, new float[] {0, 0, 0});
    assertThat(of(Metrics.meanSquaredError(), examples, 2)).isEqualTo(3);
    assertThat(of(Metric.of("mse", Losses.meanSquaredError()), examples, 2)).isEqualTo(3);
  }

  @Test
  void nothingAboveTheThresholdIsAPrecisionOfZero() {
    var examples = Dataset.of(new float[] {0.1f, 0.2f}, new float[] {1, 0});
    assertThat(of(Metrics.precision(), examples, 2)).isZero();
  }

  @Test
  void namesAreKerasNames() {
    assertThat(Arrays.asList(Metrics.accuracy(), Metrics.auc(), Metrics.topKAccuracy(5)))
        .extracting(Metric::name)
        .containsExactly("accuracy", "auc", "top_5_accuracy");
    assertThat(Metrics.accuracy().named("hits").name()).isEqualTo("hits");
  }

  @Test
  void classesMayBeAColumn() {
    var classes = Dataset.of(SCORES, new int[][] {{1}, {0}, {1}, {2}, {2}});
    assertThat(of(Metrics.accuracy(), classes, 2)).isCloseTo(0.6, within(1e-12));
    assertThat(of(Metrics.topKAccuracy(1), classes, 2)).isCloseTo(0.6, within(1e-12));
  }

  @Test
  void outputsThatAreNotProbabilitiesAreRefused() {
    var logits = Dataset.of(new float[][] {{-3}, {0.5f}, {2}}, new float[] {0, 1, 1});
    assertThatThrownBy(() -> of(Metrics.auc(), logits, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("auc needs outputs from 0 to 1, but 2 were not: call fromLogits()");
    assertThat(of(Metrics.auc().fromLogits(), logits, 2)).isCloseTo(1, within(1e-6));
  }
}
