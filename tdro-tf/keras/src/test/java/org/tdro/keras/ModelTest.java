package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Classifier;
import org.tdro.keras.testing.Spirals;
import org.tdro.keras.testing.Values;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class ModelTest {
  private static final Loss LOSS =
      Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels");

  private static Classifier compiled(long seed, float dropout) {
    var model = new Classifier(seed, dropout);
    var schedule = LearningRateSchedule.cosine(0.02, 200, 10, 0.1);
    model.compile(
        AdamW.builder(schedule).weightDecay(0.01).build().globalClipNorm(1),
        LOSS,
        Metrics.accuracy().labels("labels"));
    return model;
  }

  @Test
  void learnsToTellSpiralsApart() {
    try (var model = compiled(42, 0)) {
      var history = model.fit(new Spirals(20), FitOptions.epochs(10).validation(new Spirals(3)));
      assertThat(history.get("loss")).hasSize(10);
      assertThat(model.evaluate(new Spirals(5)).scalar("accuracy")).isGreaterThan(0.9);
      assertThat(history.get("val_accuracy").get(9)).isGreaterThan(0.9);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    assertThat(weightsAfter(7, 40))
        .isEqualTo(weightsAfter(7, 40))
        .isNotEqualTo(weightsAfter(8, 40));
  }

  @Test
  void aResumedRunEqualsAnUninterruptedOne(@TempDir Path folder) {
    try (var first = compiled(7, 0.2f)) {
      first.fit(new Spirals(20), FitOptions.steps(25));
      first.save(folder.resolve("model"));
    }
    try (var second = compiled(99, 0.2f)) {
      second.load(folder.resolve("model"));
      assertThat(second.iterations()).isEqualTo(25);
    }
    try (var second = compiled(7, 0.2f)) {
      second.load(folder.resolve("model"));
      second.fit(new Spirals(20), FitOptions.steps(40));
      assertThat(Values.of(second)).isEqualTo(weightsAfter(7, 40));
    }
  }

  @Test
  void accumulatedMicroBatchesEqualOneLargeBatch() {
    var halves = new Dataset() {
      @Override
      public Batch batch(long index) {
        return Spirals.slice(index * 32 % 1280, 32);
      }
    };
    try (var whole = new Classifier(3);
        var accumulated = new Classifier(3)) {
      whole.compile(new Sgd(LearningRateSchedule.constant(0.5)), LOSS);
      accumulated.compile(
          new Sgd(LearningRateSchedule.constant(0.5)).gradientAccumulationSteps(2), LOSS);
      whole.fit(new Spirals(20), FitOptions.steps(20));
      accumulated.fit(halves, FitOptions.steps(20));
      assertThat(Values.of(accumulated)).containsExactly(Values.of(whole), within(1e-5f));
    }
  }

  @Test
  void predictReturnsARowForEachPoint() {
    try (var model = compiled(1, 0);
        var batch = Spirals.slice(0, 5);
        var outputs = model.predict(batch)) {
      assertThat(outputs.shape().asArray()).containsExactly(5, 3);
    }
  }

  @Test
  void aCheckpointOfAnotherShapeIsRefusedByName(@TempDir Path folder) {
    try (var model = new Classifier(1)) {
      model.save(folder.resolve("model"));
    }
    try (var other = new Model(1) {
      {
        variables().add("hidden/kernel", Shape.of(3, 32), Initializer.zeros());
        variables().add("more", Shape.of(1), Initializer.zeros());
      }

      @Override
      public List<InputSpec> inputs() {
        return List.of();
      }

      @Override
      protected org.tensorflow.Operand<TFloat32> call(CallContext context, Inputs inputs) {
        return context.tf().constant(0f);
      }
    }) {
      assertThatThrownBy(() -> other.load(folder.resolve("model")))
          .hasMessageContaining("hidden/kernel is [2, 32] there, but the model's is [3, 32]")
          .hasMessageContaining("more is missing");
    }
  }

  @Test
  void summaryCountsParameters() {
    try (var model = new Classifier(1)) {
      assertThat(model.summary()).contains("hidden/kernel", "[2, 32]", "trainable parameters: 195");
    }
  }

  @Test
  void fitWithoutCompileSaysWhatToDo() {
    try (var model = new Classifier(1)) {
      assertThatThrownBy(() -> model.fit(new Spirals(1), FitOptions.epochs(1)))
          .hasMessageContaining("compile the model");
    }
  }

  @Test
  void aModelThatPredictedBeforeItWasCompiledCanBeEvaluated() {
    try (var model = new Classifier(1);
        var batch = Spirals.slice(0, 5)) {
      model.predict(batch).close();
      model.compile(new Sgd(LearningRateSchedule.constant(0.1)), LOSS);
      assertThat(model.evaluate(new Spirals(1)).scalars()).containsKey("loss");
    }
  }

  @Test
  void aModelThatWasSavedBeforeTrainingIsSavedWithItsSlotsAfterwards(@TempDir Path folder) {
    try (var model = new Classifier(7)) {
      model.save(folder.resolve("initial"));
      model.compile(AdamW.builder(LearningRateSchedule.constant(0.1)).build(), LOSS);
      model.fit(new Spirals(20), FitOptions.steps(3));
      model.save(folder.resolve("trained"));
      assertThat(folder.resolve("trained").resolve("weights.tsv"))
          .content()
          .contains("optimizer/hidden/kernel/m");
    }
  }

  @Test
  void aModelThatIsNotFiniteIsNotSaved(@TempDir Path folder) {
    try (var model = new Classifier(1)) {
      model.save(folder.resolve("model"));
      model.compile(new Sgd(updatesDone -> Double.NaN), LOSS);
      model.fit(new Spirals(1), FitOptions.steps(1));
      assertThatThrownBy(() -> model.save(folder.resolve("model")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("hidden/kernel holds values that are not finite");
      assertThat(folder).isDirectoryContaining(entry -> entry.endsWith("model"));
      assertThat(folder).isDirectoryNotContaining(entry -> !entry.endsWith("model"));
      model.load(folder.resolve("model"));
      model.save(folder.resolve("model"));
    }
  }

  private static float[] weightsAfter(long seed, long steps) {
    try (var model = compiled(seed, 0.2f)) {
      model.fit(new Spirals(20), FitOptions.steps(steps));
      return Values.of(model);
    }
  }

  @Test
  void savingIntoAFolderWithOtherFilesIsRefusedAndKeepsThem(@TempDir Path folder)
      throws IOException {
    Files.createDirectories(folder.resolve("home/thesis"));
    Files.writeString(folder.resolve("home/thesis/1.tex"), "text");
    try (var model = new Classifier(1)) {
      assertThatThrownBy(() -> model.save(folder.resolve("home")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("holds something else (thesis)");
      assertThat(folder.resolve("home/thesis/1.tex")).hasContent("text");
      model.save(folder.resolve("model"));
      model.save(folder.resolve("model"));
      Files.writeString(folder.resolve("model/notes.txt"), "mine");
      assertThatThrownBy(() -> model.save(folder.resolve("model")))
          .hasMessageContaining("holds something else (notes.txt)");
      assertThat(folder.resolve("model/notes.txt")).hasContent("mine");
    }
  }

  private static void compiled(Model model) {
    model.compile(
        new Sgd(LearningRateSchedule.constant(0.1)),
        Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
  }

  @Test
  void anInputOfAnotherWidthOrTypeOrThatTheModelDoesNotHaveIsRefusedByName() {
    try (var model = new Classifier(1)) {
      compiled(model);
      for (var wrong :
          List.of(TFloat32.tensorOf(Shape.of(4, 3)), TInt32.tensorOf(Shape.of(4, 2)))) {
        Dataset data =
            index -> new Batch(Map.of("points", wrong, "labels", TInt32.vectorOf(0, 1, 2, 0)), 4);
        assertThatThrownBy(() -> model.fit(data, FitOptions.steps(1)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("the input points");
      }
      Dataset more = index -> new Batch(
          Map.of(
              "points", TFloat32.tensorOf(Shape.of(4, 2)),
              "labels", TInt32.vectorOf(0, 1, 2, 0),
              "weights", TFloat32.tensorOf(Shape.of(4))),
          4);
      assertThatThrownBy(() -> model.fit(more, FitOptions.steps(1)))
          .hasMessageContaining("no input named weights");
    }
  }

  @Test
  void aVariableThatIsAddedAfterFitIsRefused() {
    try (var model = new Classifier(1)) {
      compiled(model);
      model.fit(new Spirals(1), FitOptions.steps(1));
      assertThatThrownBy(() -> model.variables().add("late", Shape.of(1), Initializer.zeros()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("late comes too late");
    }
  }

  @Test
  void anOptimizerIsConfiguredBeforeFit() {
    try (var model = new Classifier(1)) {
      compiled(model);
      model.fit(new Spirals(1), FitOptions.steps(1));
      assertThatThrownBy(() -> model.optimizer().gradientAccumulationSteps(2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("before fit");
    }
  }

  @Test
  void aModelWithATestStepOfItsOwnIsEvaluatedWithoutALoss() {
    try (var model = new Classifier(1) {
      @Override
      protected TrainStep testStep(CallContext context, Inputs batch) {
        var tf = context.tf();
        var points = batch.floats("points");
        return new TrainStep()
            .log(
                LogKey.scalar("x"),
                tf.math.mean(tf.math.square(points), tf.constant(new int[] {0, 1})));
      }
    }) {
      assertThat(model.evaluate(new Spirals(2)).scalar("x")).isBetween(0.01, 1.0);
    }
  }

  @Test
  void nothingIsTracedUnlessAskedFor() {
    try (var model = new Classifier(1)) {
      compiled(model);
      var history = model.fit(new Spirals(1), FitOptions.epochs(1));
      assertThat(history.epochs().get(0).timings().updateSeconds()).isZero();
      model.traceUpdates(1);
      history = model.fit(new Spirals(1), FitOptions.epochs(2));
      assertThat(history.epochs().get(0).timings().updateSeconds()).isPositive();
    }
  }
}
