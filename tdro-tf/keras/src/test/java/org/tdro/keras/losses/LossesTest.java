package org.tdro.keras.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.keras.Batch;
import org.tdro.keras.Dataset;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Inputs;
import org.tdro.keras.Loss;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Values by hand, for batches whose size the graph does not know. */
class LossesTest {
  private static final float[][] PROBABILITIES = {{0.7f, 0.2f, 0.1f}, {0.3f, 0.3f, 0.4f}};
  private static final float[][] LOGITS = {{1, 2, 0}, {0, -1, 3}};
  private static final float[][] ONE_HOT = {{1, 0, 0}, {0, 1, 0}};

  private static float[] evaluate(Loss loss, Object labels, Object outputs, boolean gradient) {
    try (var graph = new Graph();
        var session = new Session(graph);
        var examples = Dataset.of(outputs, labels).batch(100);
        var batch = examples.batch(0)) {
      var tf = Ops.create(graph);
      var y = batch.tensors().get(Dataset.LABELS);
      var x = (TFloat32) batch.tensors().get(Dataset.INPUT);
      Class<? extends TType> type = y instanceof TInt32 ? TInt32.class : TFloat32.class;
      var labelled = tf.placeholder(type, Placeholder.shape(Shape.unknown()));
      var shape = x.shape().asArray();
      shape[0] = -1;
      var predicted = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
      var tape = new GradientTape(graph, tf);
      var value = loss.call(tf, new Inputs(Map.of(Dataset.LABELS, labelled)), predicted);
      var wanted = gradient ? tape.gradient(value, tape.watch(predicted)) : value;
      try (var result =
          session.runner().feed(labelled, y).feed(predicted, x).fetch(wanted).run()) {
        return Values.of((TFloat32) result.get(0));
      }
    }
  }

  private static float value(Loss loss, Object labels, Object outputs) {
    return evaluate(loss, labels, outputs, false)[0];
  }

  private static double logSumExp(float... x) {
    double sum = 0;
    for (float value : x) {
      sum += Math.exp(value);
    }
    return Math.log(sum);
  }

  @Test
  void crossentropiesOfClasses() {
    float ofProbabilities = (float) -(Math.log(0.7) + Math.log(0.3)) / 2;
    float ofLogits = (float) (logSumExp(LOGITS[0]) - 1 + logSumExp(LOGITS[1]) + 1) / 2;
    int[] classes = {0, 1};
    assertThat(value(Losses.sparseCategoricalCrossentropy(), classes, PROBABILITIES))
        .isCloseTo(ofProbabilities, within(1e-5f));
    assertThat(value(Losses.sparseCategoricalCrossentropy().fromLogits(), classes, LOGITS))
        .isCloseTo(ofLogits, within(1e-5f));
    assertThat(value(Losses.categoricalCrossentropy(), ONE_HOT, PROBABILITIES))
        .isCloseTo(ofProbabilities, within(1e-5f));
    assertThat(value(Losses.categoricalCrossentropy().fromLogits(), ONE_HOT, LOGITS))
        .isCloseTo(ofLogits, within(1e-5f));
  }

  @Test
  void classesOfSequences() {
    float[][][] logits = {{{1, 2, 0}, {0, -1, 3}}};
    float expected = (float) (logSumExp(LOGITS[0]) - 1 + logSumExp(LOGITS[1]) + 1) / 2;
    assertThat(value(
            Losses.sparseCategoricalCrossentropy().fromLogits(), new int[][] {{0, 1}}, logits))
        .isCloseTo(expected, within(1e-5f));
  }

  @Test
  void binaryCrossentropyTakesOneNumberARow() {
    float[] labels = {1, 0};
    float[][] logits = {{2}, {-1}};
    float expected = (float) (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(-1))) / 2;
    assertThat(value(Losses.binaryCrossentropy().fromLogits(), labels, logits))
        .isCloseTo(expected, within(1e-5f));
    float[] probabilities = {0.9f, 0.2f};
    assertThat(value(Losses.binaryCrossentropy(), labels, probabilities))
        .isCloseTo((float) -(Math.log(0.9) + Math.log(0.8)) / 2, within(1e-5f));
  }

  @Test
  void errorsOfNumbers() {
    float[][] labels = {{1, 2}, {3, 4}};
    float[][] outputs = {{1, 4}, {3, 3.5f}};
    assertThat(value(Losses.meanSquaredError(), labels, outputs)).isEqualTo(4.25f / 4);
    assertThat(value(Losses.meanAbsoluteError(), labels, outputs)).isEqualTo(2.5f / 4);
    assertThat(value(Losses.huber(1), labels, outputs)).isEqualTo((1.5f + 0.125f) / 4);
    assertThat(value(Losses.logCosh(), labels, outputs))
        .isCloseTo((float) (Math.log(Math.cosh(2)) + Math.log(Math.cosh(0.5))) / 4, within(1e-6f));
    assertThat(value(Losses.meanSquaredError(), new float[] {1, 3}, new float[][] {{2}, {5}}))
        .isEqualTo(2.5f);
    assertThat(value(Losses.poisson(), labels, outputs))
        .isCloseTo(
            (float) (11.5 - 2 * Math.log(4) - 3 * Math.log(3) - 4 * Math.log(3.5)) / 4,
            within(1e-5f));
    assertThat(value(Losses.hinge(), new float[][] {{1, -1}}, new float[][] {{0.25f, 0.5f}}))
        .isEqualTo((0.75f + 1.5f) / 2);
  }

  @Test
  void directionsAndDistributions() {
    assertThat(value(Losses.cosineSimilarity(), new float[][] {{3, 4}}, new float[][] {{4, 3}}))
        .isCloseTo(-24f / 25, within(1e-6f));
    assertThat(value(Losses.kullbackLeiblerDivergence(), ONE_HOT, PROBABILITIES))
        .isCloseTo((float) -(Math.log(0.7) + Math.log(0.3)) / 2, within(1e-4f));
  }

  @Test
  void aLossOfTheFrameworkOrOfYourOwn() {
    float[][] labels = {{1, 2}};
    float[][] outputs = {{2, 2}};
    assertThat(value(
            Losses.of(new org.tensorflow.framework.losses.MeanSquaredError()), labels, outputs))
        .isEqualTo(0.5f);
    assertThat(value(
            Losses.of((tf, y, x) -> tf.reduceSum(tf.math.sub(x, y), tf.constant(-1))),
            labels,
            outputs))
        .isEqualTo(1);
  }

  @Test
  void everyLossHasAGradient() {
    var losses = Map.<String, Loss>of(
        "mse", Losses.meanSquaredError(),
        "mae", Losses.meanAbsoluteError(),
        "huber", Losses.huber(1),
        "log cosh", Losses.logCosh(),
        "cosine", Losses.cosineSimilarity(),
        "kl", Losses.kullbackLeiblerDivergence(),
        "poisson", Losses.poisson(),
        "categorical", Losses.categoricalCrossentropy(),
        "binary", Losses.binaryCrossentropy(),
        "binary logits", Losses.binaryCrossentropy().fromLogits());
    losses.forEach((name, loss) -> {
      float[] gradient = evaluate(loss, ONE_HOT, PROBABILITIES, true);
      var moved = new float[][] {PROBABILITIES[0].clone(), PROBABILITIES[1].clone()};
      float step = 1e-3f;
      moved[1][1] += step;
      float above = value(loss, ONE_HOT, moved);
      moved[1][1] -= 2 * step;
      float below = value(loss, ONE_HOT, moved);
      assertThat((above - below) / (2 * step))
          .as(name)
          .isCloseTo(gradient[4], within(2e-3f * Math.max(1, Math.abs(gradient[4]))));
    });
  }

  @Test
  void aClassThatIsNotAnOutputIsRefusedByRowAndValue() {
    try (var labels = TInt32.vectorOf(0, 9, 10)) {
      var batch = new Batch(Map.of(Dataset.LABELS, labels), 3);
      assertThatThrownBy(
              () -> Losses.sparseCategoricalCrossentropy().check(batch, Shape.of(-1, 10)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("row 2 of the batch has y 10; with 10 outputs, classes are 0 to 9");
    }
  }

  @Test
  void labelsOfAnotherWidthAreRefused() {
    try (var labels = TFloat32.tensorOf(StdArrays.ndCopyOf(new float[][] {{1, 2}, {3, 4}}))) {
      var batch = new Batch(Map.of(Dataset.LABELS, labels), 2);
      assertThatThrownBy(() -> Losses.meanSquaredError().check(batch, Shape.of(-1, 3)))
          .hasMessage("y has 2 values a row, but the outputs have 3");
      Losses.meanSquaredError().check(batch, Shape.of(-1, 2));
    }
  }
}
