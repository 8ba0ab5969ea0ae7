package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.testing.Values;

class EarlyStoppingTest {
  /** Fits ten epochs at most, whose monitored log is given, and returns the steps it took. */
  private static long steps(EarlyStopping stopping, double... scores) {
    try (var model = Training.model()) {
      Training.fit(model, 10, withScores(stopping, scores));
      return model.iterations();
    }
  }

  private static Callback withScores(EarlyStopping stopping, double... scores) {
    return new Callback() {
      @Override
      public void onEpochEnd(Model model, long epoch, Logs logs) {
        stopping.onEpochEnd(model, epoch, Training.epoch("score", scores[(int) epoch]));
      }

      @Override
      public void onCheckpoint(Model model, long step) {
        stopping.onCheckpoint(model, step);
      }

      @Override
      public void onTrainEnd(Model model, Logs logs) {
        stopping.onTrainEnd(model, logs);
      }
    };
  }

  @Test
  void stopsAfterTheFirstEpochWithoutImprovement() {
    assertThat(steps(new EarlyStopping(Monitor.min("score")), 3, 2, 2, 1)).isEqualTo(15);
  }

  @Test
  void waitsAsLongAsItsPatience() {
    var stopping = new EarlyStopping(Monitor.min("score")).patience(2);
    assertThat(steps(stopping, 3, 2, 4, 1, 5, 5)).isEqualTo(30);
  }

  @Test
  void aSmallImprovementIsNone() {
    var stopping = new EarlyStopping(Monitor.min("score")).minDelta(0.5);
    assertThat(steps(stopping, 3, 2.6)).isEqualTo(10);
  }

  @Test
  void largeValuesAreGoodWhereTheModeSaysSo() {
    assertThat(steps(new EarlyStopping(Monitor.max("score")), 1, 2, 3, 2)).isEqualTo(20);
  }

  @Test
  void nanIsNoImprovement() {
    assertThat(steps(new EarlyStopping(Monitor.max("score")), Double.NaN)).isEqualTo(5);
  }

  @Test
  void theModelIsPutBackToItsBestEpoch(@TempDir Path folder) {
    var stopping = new EarlyStopping(Monitor.min("score"))
        .patience(2)
        .restoreBestWeights(folder.resolve("best"));
    try (var stopped = Training.model();
        var trained = Training.model()) {
      Training.fit(stopped, 10, withScores(stopping, 3, 2, 4, 4));
      Training.fit(trained, 2);
      assertThat(stopping.bestEpoch()).isEqualTo(1);
      assertThat(Values.all(stopped)).isEqualTo(Values.all(trained));
    }
  }

  @Test
  void aRunThatResumesStopsWhereAnUninterruptedOneDoes(@TempDir Path folder) {
    int options = 30;
    long whole;
    try (var model = Training.model()) {
      Training.fit(model, options, stopping());
      whole = model.iterations();
    }
    assertThat(whole).isBetween(10L, 149L);
    Training.dieBefore(whole - 1, options, stopping(), new BackupAndRestore(folder, 3));
    try (var model = Training.model()) {
      Training.fit(model, options, stopping(), new BackupAndRestore(folder, 3));
      assertThat(model.iterations()).isEqualTo(whole);
    }
  }

  /** Stops within 30 epochs: improvements of the loss become that small. */
  private static EarlyStopping stopping() {
    return new EarlyStopping(Monitor.min("val_loss")).minDelta(0.03).patience(2);
  }
}
