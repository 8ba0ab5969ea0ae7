package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.callbacks.BackupAndRestore;
import org.tdro.keras.callbacks.EarlyStopping;
import org.tdro.keras.callbacks.Monitor;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.BatchNormalization;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.GlobalAveragePooling1D;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.metrics.Metrics;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Values;

class SequentialTest {
  /** 100 points of three classes, which the larger coordinate and its sign tell apart. */
  private static Examples points() {
    var random = new SplittableRandom(4);
    var x = new float[100][2];
    var y = new int[100];
    for (int i = 0; i < 100; i++) {
      x[i][0] = (float) random.nextDouble(-1, 1);
      x[i][1] = (float) random.nextDouble(-1, 1);
      y[i] = x[i][0] > x[i][1] ? (x[i][0] > 0 ? 1 : 0) : 2;
    }
    return Dataset.of(x, y);
  }

  private static Sequential classifier(long seed) {
    var model = Sequential.of(
        seed,
        Input.of("x", 2),
        new Dense(16).activation(Activation.RELU),
        new BatchNormalization(0.9f, 1e-3f),
        new Dropout(0.1f),
        new Dense(3));
    model.compile(
        AdamW.of(0.02), Losses.sparseCategoricalCrossentropy().fromLogits(), Metrics.accuracy());
    return model;
  }

  @Test
  void learnsAndReportsWhatItWasAskedFor() {
    try (var model = classifier(1)) {
      var history = model.fit(
          points().shuffle(3).batch(16),
          FitOptions.epochs(30).validation(points().batch(30)));
      assertThat(history.get("loss")).hasSize(30);
      assertThat(history.get("val_accuracy").get(29)).isGreaterThan(0.9);
    }
  }

  /** The last batch has 4 rows, so the mean of the batches' accuracies is another number. */
  @Test
  void theAccuracyOfAnEpochIsThatOfItsRows() {
    var data = points().batch(32);
    try (var model = classifier(1)) {
      double evaluated = model.evaluate(data).scalar("accuracy");
      var outputs = model.predict(data);
      int hits = 0;
      for (int i = 0; i < outputs.length; i++) {
        int best = 0;
        for (int k = 1; k < 3; k++) {
          best = outputs[i][k] > outputs[i][best] ? k : best;
        }
        try (var row = points().batch(1).batch(i)) {
          hits += ((org.tensorflow.types.TInt32) row.tensors().get("y")).getInt(0) == best ? 1 : 0;
        }
      }
      assertThat(evaluated).isCloseTo(hits / 100.0, within(1e-12));
    }
  }

  /** Stopped within an epoch and continued in another model: the same weights, and the same metrics of the epoch. */
  @Test
  void aResumedRunIsTheUninterruptedOne(@TempDir Path folder) {
    var data = points().shuffle(3).batch(16);
    float[] whole;
    double accuracy;
    try (var model = classifier(1)) {
      accuracy = last(model.fit(data, FitOptions.epochs(3)), "accuracy");
      whole = Values.all(model);
    }
    try (var model = classifier(1)) {
      var stop = new Callback() {
        @Override
        public void onTrainBatchEnd(Model stopped, long step, Logs logs) {
          if (step == 17) {
            stopped.stopTraining();
          }
        }
      };
      model.fit(data, FitOptions.epochs(3).withCallbacks(new BackupAndRestore(folder, 5), stop));
    }
    try (var model = classifier(1);
        var prefetched = points().shuffle(3).batch(16).prefetch(3)) {
      var history = model.fit(
          prefetched, FitOptions.epochs(3).withCallbacks(new BackupAndRestore(folder, 5)));
      assertThat(last(history, "accuracy")).isEqualTo(accuracy);
      assertThat(Values.all(model)).isEqualTo(whole);
    }
  }

  private static double last(History history, String log) {
    return history.get(log).get(history.get(log).size() - 1);
  }

  @Test
  void aClassThatIsNotAnOutputIsRefused() {
    try (var model = classifier(1)) {
      var wrong = Dataset.of(new float[2][2], new int[] {0, 3}).batch(2);
      assertThatThrownBy(() -> model.fit(wrong, FitOptions.epochs(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("row 1 of the batch has y 3; with 3 outputs, classes are 0 to 2");
      assertThatThrownBy(() -> model.evaluate(wrong))
          .hasMessageContaining("row 1 of the batch has y 3");
    }
  }

  @Test
  void predictsRowsWithoutLabels() {
    try (var model = classifier(1)) {
      assertThat(model.predict(new float[600][2])).hasDimensions(600, 3);
    }
    try (var model =
        Sequential.of(Input.ofInts("x", 4), new Embedding(10, 5), new GlobalAveragePooling1D())) {
      assertThat(model.predict(new int[][] {{1, 2, 3, 4}, {9, 9, 9, 9}})).hasDimensions(2, 5);
    }
  }

  @Test
  void theSummaryShowsLayersShapesAndCounts() {
    try (var model = classifier(1)) {
      assertThat(model.summary()).isEqualTo("""
              Model: Sequential
              layer                                      shape                      parameters
              x (input)                                  [-1, 2]                             0
              dense (Dense)                              [-1, 16]                           48
              batch_normalization (BatchNormalization)   [-1, 16]                           64
              dropout (Dropout)                          [-1, 16]                            0
              dense_1 (Dense)                            [-1, 3]                            51
              trainable parameters: 131
              other parameters: 32
              """);
    }
  }

  @Test
  void theSameSeedGivesTheSameWeights() {
    try (var one = classifier(1);
        var same = classifier(1);
        var other = classifier(2)) {
      one.outputs();
      same.outputs();
      other.outputs();
      assertThat(Values.of(one)).isEqualTo(Values.of(same)).isNotEqualTo(Values.of(other));
    }
  }

  @Test
  void anInputThatIsNotGivenIsNamed() {
    var given = Input.of("given", 2);
    var forgotten = Input.of("forgotten", 2);
    var output = org.tdro.keras.layers.Add.of(given, forgotten);
    assertThatThrownBy(() -> Model.of(List.of(given), output))
        .hasMessage("the output depends on the input forgotten, which is not given");
  }

  @Test
  void aCompiledModelIsSavedAndLoadedBeforeItIsTrained(@TempDir Path folder) {
    try (var model = classifier(1);
        var other = classifier(2)) {
      model.save(folder.resolve("initial"));
      other.load(folder.resolve("initial"));
      assertThat(Values.all(other)).isEqualTo(Values.all(model));
    }
  }

  @Test
  void twoMetricsOfOneNameAreRefused() {
    try (var model = Sequential.of(Input.of("x", 2), new Dense(3))) {
      assertThatThrownBy(() -> model.compile(
              AdamW.of(1e-3), Losses.meanSquaredError(), Metrics.accuracy(), Metrics.accuracy()))
          .hasMessage("two metrics are named accuracy");
    }
  }

  @Test
  void aLogThatIsNotThereIsRefusedByHistory() {
    try (var model = classifier(1)) {
      var history = model.fit(points().batch(16), FitOptions.epochs(1));
      assertThatThrownBy(() -> history.get("acc"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("there is no log acc; there are [loss, accuracy");
      assertThat(last(history, "learning_rate")).isEqualTo(0.02);
    }
  }

  @Test
  void aMonitorOfValidationNeedsValidationData() {
    try (var model = classifier(1)) {
      var stopping = new EarlyStopping(Monitor.min("val_loss"));
      assertThatThrownBy(
              () -> model.fit(points().batch(16), FitOptions.epochs(1).withCallbacks(stopping)))
          .hasMessageContaining("there will be no log val_loss to monitor");
      assertThat(model.iterations()).isZero();
    }
  }

  @Test
  void nothingIsPredictedOfNothing() {
    try (var model = classifier(1)) {
      assertThat(model.predict(new float[0][2])).isEmpty();
      assertThatThrownBy(() -> Dataset.of(new float[0][2])).hasMessage("x has no values");
      assertThatThrownBy(() -> Dataset.of(new float[][] {{1}, null}))
          .hasMessage("x has a part that is null");
    }
  }

  /** So that the loss of an epoch can be compared with that of validation. */
  @Test
  void unequalBatchesCountByTheirRowsInTheLoss() {
    try (var model = Sequential.of(Input.of("x", 1), new Dense(1))) {
      model.compile(new Sgd(LearningRateSchedule.constant(0)), Losses.meanSquaredError());
      float[][] x = {{1}, {2}, {3}, {4}, {50}};
      var data = Dataset.of(x, x).batch(4);
      var history = model.fit(data, FitOptions.epochs(1));
      assertThat(last(history, "loss"))
          .isCloseTo(model.evaluate(data).get(Logs.LOSS), withinPercentage(1e-9));
    }
  }
}
