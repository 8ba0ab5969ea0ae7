package org.tdro.keras.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.keras.Constraint;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Initializer;
import org.tdro.keras.Input;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Model;
import org.tdro.keras.Regularizer;
import org.tdro.keras.Sequential;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Values;

class LayersTest {

  @Test
  void everyLayerIsWhatALayerMustBe() throws IOException {
    LayerHarness.of(() -> new Dense(3).activation(Activation.TANH), 4, 5).check(4, 3);
    LayerHarness.of(() -> new Dense(3).useBias(false), 2, 4, 5).check(2, 4, 3);
    LayerHarness.of(() -> new Dropout(0.5f), 4, 5).check(4, 5);
    LayerHarness.ofIds(() -> new Embedding(7, 3), 7, 4, 5).check(4, 5, 3);
    LayerHarness.of(Flatten::new, 4, 5, 2).check(4, 10);
    LayerHarness.of(() -> new Conv1D(3, 2), 2, 6, 4).check(2, 5, 3);
    LayerHarness.of(() -> new Conv1D(3, 3).samePadding().stride(2), 2, 6, 4).check(2, 3, 3);
    LayerHarness.of(() -> new MaxPooling1D(2), 2, 6, 4).check(2, 3, 4);
    LayerHarness.of(() -> new MaxPooling1D(3, 2), 2, 8, 4).check(2, 3, 4);
    LayerHarness.of(GlobalAveragePooling1D::new, 2, 6, 4).check(2, 4);
    LayerHarness.of(BatchNormalization::new, 4, 5).check(4, 5);
    LayerHarness.of(() -> new LayerNormalization(1e-3f), 4, 5).check(4, 5);
    LayerHarness.of(() -> new LayerNormalization(1e-3f).center(false), 4, 5).check(4, 5);
    LayerHarness.of(() -> new RmsNormalization(1e-3f), 4, 5).check(4, 5);
    LayerHarness.of(() -> new MultiHeadAttention(2, 3), 2, 4, 5).check(2, 4, 5);
  }

  @Test
  void everyActivationHasAGradient() throws IOException {
    var all = new LinkedHashMap<String, Activation>();
    all.put("linear", Activation.LINEAR);
    all.put("relu", Activation.RELU);
    all.put("gelu", Activation.GELU);
    all.put("gelu tanh", Activation.GELU_TANH);
    all.put("silu", Activation.SILU);
    all.put("sigmoid", Activation.SIGMOID);
    all.put("tanh", Activation.TANH);
    all.put("softmax", Activation.SOFTMAX);
    all.put("softplus", Activation.SOFTPLUS);
    all.put("softsign", Activation.SOFTSIGN);
    all.put("elu", Activation.ELU);
    all.put("selu", Activation.SELU);
    all.put("exponential", Activation.EXPONENTIAL);
    all.put("hard sigmoid", Activation.HARD_SIGMOID);
    for (var activation : all.values()) {
      LayerHarness.of(() -> activation, 3, 4).check(3, 4);
    }
  }

  private static float[][] predict(float[][][] x, org.tdro.keras.Layer<?>... layers) {
    try (var model = Sequential.of(Input.of("x", x[0].length, x[0][0].length), layers)) {
      return model.predict(Dataset.of(x).batch(8));
    }
  }

  @Test
  void aConvolutionSumsWindows() {
    float[][][] x = {{{1}, {2}, {4}, {8}}};
    assertThat(predict(x, new Conv1D(1, 2).kernelInitializer(Initializer.values(1, 10)))[0])
        .containsExactly(21, 42, 84);
    assertThat(predict(
            x, new Conv1D(1, 3).samePadding().kernelInitializer(Initializer.values(1, 10, 100)))[0])
        .containsExactly(210, 421, 842, 84);
  }

  @Test
  void poolingTakesTheLargestAndTheMean() {
    float[][][] x = {{{1, 5}, {2, 0}, {4, 1}, {3, 9}, {7, 7}}};
    assertThat(predict(x, new MaxPooling1D(2))[0]).containsExactly(2, 5, 4, 9);
    assertThat(predict(x, new GlobalAveragePooling1D())[0])
        .containsExactly(new float[] {3.4f, 4.4f}, within(1e-6f));
  }

  /** One feature with batches (0, 4): mean 2, variance 4; momentum 0.5, twice, from mean 0 and variance 1. */
  @Test
  void movingStatisticsFollowTheBatchesAndAreSaved() {
    var normalization = new BatchNormalization(0.5f, 0);
    try (var model = Sequential.of(Input.of("x", 1), normalization)) {
      model.compile(new Sgd(LearningRateSchedule.constant(0)), Losses.meanSquaredError());
      var data = Dataset.of(new float[][] {{0}, {4}}, new float[][] {{-1}, {1}}).batch(2);
      var history = model.fit(data, FitOptions.epochs(2));
      // In training, the batch's own statistics make (-1, 1) of it.
      assertThat(history.get("loss").get(0)).isCloseTo(0, within(1e-10));
      var states = model.variables().saved().stream()
          .filter(weight -> weight.name().contains("/moving_"))
          .toList();
      assertThat(states).hasSize(2);
      assertThat(Values.of(model.session(), states.get(0).read(model.tf()))).containsExactly(1.5f);
      assertThat(Values.of(model.session(), states.get(1).read(model.tf()))).containsExactly(3.25f);
      assertThat(model.predict(new float[][] {{1.5f}})[0]).containsExactly(0);
    }
  }

  @Test
  void aPenaltyIsPartOfTheLoss() {
    try (var model = Sequential.of(
        Input.of("x", 2),
        new Dense(1)
            .kernelInitializer(Initializer.values(3, 4))
            .kernelRegularizer(Regularizer.l2(0.1f)))) {
      model.compile(new Sgd(LearningRateSchedule.constant(0.5)), Losses.meanSquaredError());
      var data = Dataset.of(new float[][] {{0, 0}}, new float[] {0}).batch(1);
      assertThat(model.fit(data, FitOptions.epochs(1)).get("loss").get(0))
          .isCloseTo(2.5, within(1e-6));
      // The gradient of 0.1·w² is 0.2·w.
      assertThat(Values.of(model)).containsExactly(new float[] {2.7f, 3.6f, 0}, within(1e-6f));
    }
  }

  @Test
  void aConstraintHoldsAfterEveryUpdate() {
    for (var entry : Map.of(
            Constraint.nonNegative(), new float[] {0, 4}, Constraint.unitNorm(), new float[] {
              -0.6f, 0.8f
            })
        .entrySet()) {
      try (var model = Sequential.of(
          Input.of("x", 2),
          new Dense(1)
              .useBias(false)
              .kernelInitializer(Initializer.values(-3, 4))
              .kernelConstraint(entry.getKey()))) {
        model.compile(new Sgd(LearningRateSchedule.constant(0)), Losses.meanSquaredError());
        model.fit(
            Dataset.of(new float[][] {{0, 0}}, new float[] {0}).batch(1), FitOptions.epochs(1));
        assertThat(Values.of(model)).containsExactly(entry.getValue(), within(1e-6f));
      }
    }
  }

  /** Two equal keys get equal weights: the output is the mean of the values, whatever the projections are. */
  @Test
  void attentionAveragesValues() {
    float[][][] same = {{{1, 2}, {1, 2}}};
    var attended = predict(same, new MultiHeadAttention(2, 3).named("attention"));
    assertThat(attended[0][0]).isCloseTo(attended[0][2], within(1e-6f));
    assertThat(attended[0][1]).isCloseTo(attended[0][3], within(1e-6f));
  }

  @Test
  void inputsThatDoNotFitAreRefusedByLayer() {
    try (var model = Sequential.of(Input.of("x", 5), new Conv1D(2, 3))) {
      assertThatThrownBy(model::summary)
          .hasMessageContaining("the layer conv1d needs inputs [batch, length, channels]");
    }
    assertThatThrownBy(() -> new MaxPooling1D(0))
        .hasMessage("window and stride must be at least 1, were 0 and 0");
  }

  @Test
  void aSharedLayerHasItsWeightsOnce() {
    var a = Input.of("a", 2);
    var b = Input.of("b", 2);
    var shared = new Dense(1).useBias(false).kernelInitializer(Initializer.values(1, 10));
    try (var model = Model.of(List.of(a, b), Add.of(a.then(shared), b.then(shared)))) {
      var sums =
          model.predict(Dataset.of(Map.of("a", new float[][] {{1, 2}}, "b", new float[][] {{3, 4}}))
              .batch(1));
      assertThat(sums[0]).containsExactly(64);
      assertThat(model.variables().trainable()).hasSize(1);
      assertThat(model.summary()).contains("trainable parameters: 2");
    }
  }

  @Test
  void aConvolutionOfOnePlaceIsADenseLayer() {
    float[][][] x = {{{1, 2}, {3, 4}}};
    assertThat(predict(x, new Conv1D(1, 1).kernelInitializer(Initializer.values(1, 10)))[0])
        .containsExactly(21, 43);
  }

  @Test
  void aWindowThatIsLongerThanTheSequenceIsRefused() {
    float[][][] x = {{{1}, {2}}};
    assertThatThrownBy(() -> predict(x, new Conv1D(1, 3)))
        .hasMessage("the layer conv1d has a window of 3, longer than its inputs [-1, 2, 1]");
    assertThatThrownBy(() -> predict(x, new MaxPooling1D(3))).hasMessageContaining("window of 3");
  }

  @Test
  void aLayerThatDoesNotTakeItsInputIsNamed() {
    var ids = Input.ofInts("ids", 4);
    try (var model = Model.of(List.of(ids), ids.then(new Dense(3)))) {
      assertThatThrownBy(model::outputs)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the layer dense does not take ints [-1, 4]");
    }
    var wide = Input.of("wide", 4);
    var narrow = Input.of("narrow", 1);
    try (var model = Model.of(List.of(wide, narrow), Add.of(wide, narrow))) {
      assertThatThrownBy(model::outputs)
          .hasMessageContaining("the layer Add does not take floats [-1, 4], floats [-1, 1]")
          .hasMessageContaining("must have the same shape");
    }
  }

  @Test
  void settingsThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> AdamW.of(-1))
        .hasMessage("a learning rate must be at least 0, was -1.0");
    assertThatThrownBy(() -> AdamW.of(Double.NaN)).hasMessageContaining("was NaN");
    assertThatThrownBy(() -> Regularizer.l2(-5)).hasMessageContaining("at least 0, was -5");
    assertThatThrownBy(() -> Constraint.maxNorm(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Dense(2).named("my layer")).hasMessageContaining("\"my layer\"");
    assertThatThrownBy(() -> Input.of("")).hasMessageContaining("the name of an input");
    assertThatThrownBy(() -> Input.of("x", 0)).hasMessageContaining("at least 1");
    var x = Input.of("x", 2);
    var same = Input.of("x", 2);
    assertThatThrownBy(() -> Model.of(List.of(x, same), Add.of(x, same)))
        .hasMessage("two inputs are named x");
    assertThatThrownBy(() -> Model.of(List.of(x, Input.of("other", 2)), x.then(new Dense(1))))
        .hasMessage("the output does not depend on the input other");
  }
}
