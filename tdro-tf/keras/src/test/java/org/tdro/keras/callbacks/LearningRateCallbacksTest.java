package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.testing.Spirals;

class LearningRateCallbacksTest {
  /** The learning rate of each epoch while {@code callbacks} watch. */
  private static List<Double> rates(int epochs, Callback... callbacks) {
    try (var model = Training.model()) {
      return model.fit(new Spirals(2), Training.epochs(epochs, callbacks)).get("learning_rate");
    }
  }

  /** A log that never improves after the first epoch. */
  private static Callback plateau(ReduceLearningRateOnPlateau reduce) {
    return new Callback() {
      @Override
      public void onTrainBegin(Model model, FitOptions options) {
        reduce.onTrainBegin(model, options);
      }

      @Override
      public void onEpochEnd(Model model, long epoch, Logs logs) {
        reduce.onEpochEnd(model, epoch, Training.epoch("score", 1));
      }
    };
  }

  private static void assertRates(List<Double> rates, double... expected) {
    assertThat(rates.stream().mapToDouble(rate -> rate).toArray())
        .containsExactly(expected, within(1e-12));
  }

  @Test
  void theSchedulerSetsTheRateOfEachEpoch() {
    assertRates(rates(3, new LearningRateScheduler(epoch -> 1.0 / (epoch + 1))), 1, 0.5, 1.0 / 3);
  }

  @Test
  void theRateIsReducedAfterThePatience() {
    var reduce =
        new ReduceLearningRateOnPlateau(Monitor.max("score")).factor(0.5).patience(2);
    assertRates(rates(6, plateau(reduce)), 0.01, 0.01, 0.01, 0.005, 0.005, 0.0025);
  }

  @Test
  void nothingIsCountedDuringTheCooldown() {
    var reduce = new ReduceLearningRateOnPlateau(Monitor.max("score"))
        .factor(0.5)
        .patience(1)
        .cooldown(2);
    assertRates(rates(6, plateau(reduce)), 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025);
  }

  @Test
  void theRateIsNotReducedBelowItsMinimum() {
    var reduce = new ReduceLearningRateOnPlateau(Monitor.max("score"))
        .factor(0.1)
        .patience(1)
        .minRate(0.004);
    assertRates(rates(4, plateau(reduce)), 0.01, 0.01, 0.004, 0.004);
  }

  @Test
  void aReducedRateStaysReducedWhenTrainingResumes(@TempDir Path folder) {
    Training.dieBefore(14, 3, impossible(), new BackupAndRestore(folder, 3));
    var resumed = new ArrayList<Double>();
    try (var model = Training.model()) {
      Training.fit(model, 3, impossible(), new BackupAndRestore(folder, 3), new Callback() {
        @Override
        public void onTrainBatchEnd(Model model, long step, Logs logs) {
          resumed.add(logs.get(Logs.LEARNING_RATE));
        }
      });
    }
    assertRates(resumed, 0.005, 0.005, 0.005);
  }

  /** No epoch improves on the first by that much. */
  private static ReduceLearningRateOnPlateau impossible() {
    return new ReduceLearningRateOnPlateau(Monitor.min("loss"))
        .factor(0.5)
        .patience(1)
        .minDelta(100);
  }

  @Test
  void aFactorOfOneIsRefused() {
    assertThatThrownBy(() -> new ReduceLearningRateOnPlateau(Monitor.min("loss")).factor(1))
        .hasMessageContaining("(0, 1), was 1.0");
  }
}
