package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.testing.Values;

class ModelCheckpointTest {
  @TempDir
  Path folder;

  private void fit(long epochs, Callback... callbacks) {
    try (var model = Training.model()) {
      Training.fit(model, epochs, callbacks);
    }
  }

  @Test
  void savesAfterEveryEpoch() {
    fit(3, new ModelCheckpoint(folder));
    assertThat(Training.entries(folder))
        .containsExactly("checkpoint-10", "checkpoint-15", "checkpoint-5");
  }

  @Test
  void savesEverySoManySteps() {
    fit(2, new ModelCheckpoint(folder).everySteps(4));
    assertThat(Training.entries(folder)).containsExactly("checkpoint-4", "checkpoint-8");
  }

  @Test
  void keepsTheLastOnes() {
    fit(4, new ModelCheckpoint(folder).keepLast(2));
    assertThat(Training.entries(folder)).containsExactly("checkpoint-15", "checkpoint-20");
  }

  @Test
  void leavesTheCheckpointsOfOtherRunsAlone() {
    fit(2, new ModelCheckpoint(folder));
    fit(1, new ModelCheckpoint(folder).everySteps(1).keepLast(1));
    assertThat(Training.entries(folder)).containsExactly("checkpoint-10", "checkpoint-5");
  }

  @Test
  void keepsTheLastOnesAcrossAResume(@TempDir Path backups) {
    Training.dieBefore(
        13, 4, new ModelCheckpoint(folder).keepLast(2), new BackupAndRestore(backups, 4));
    assertThat(Training.entries(folder)).containsExactly("checkpoint-10", "checkpoint-5");
    fit(4, new ModelCheckpoint(folder).keepLast(2), new BackupAndRestore(backups, 4));
    assertThat(Training.entries(folder)).containsExactly("checkpoint-15", "checkpoint-20");
  }

  @Test
  void aCheckpointHoldsTheModelOfItsStep() {
    fit(3, new ModelCheckpoint(folder));
    try (var saved = Training.model();
        var trained = Training.model()) {
      saved.load(folder.resolve("checkpoint-10"));
      Training.fit(trained, 2);
      assertThat(Values.all(saved)).isEqualTo(Values.all(trained));
    }
  }

  @Test
  void savesTheBestEpoch() {
    try (var model = Training.model()) {
      var checkpoint =
          new ModelCheckpoint(folder).saveBest(Monitor.max("score")).everySteps(1000);
      double[] scores = {1, 3, 2};
      for (int epoch = 0; epoch < scores.length; epoch++) {
        Training.fit(model, epoch + 1);
        checkpoint.onEpochEnd(model, epoch, Training.epoch("score", scores[epoch]));
        checkpoint.onCheckpoint(model, model.iterations());
      }
      model.load(folder.resolve("best"));
      assertThat(model.iterations()).isEqualTo(10);
    }
  }

  @Test
  void aMonitoredLogThatIsNotThereIsRefusedWithTheNamesOfThoseThatAre() {
    assertThatThrownBy(() -> fit(1, new ModelCheckpoint(folder).saveBest(Monitor.min("val_los"))))
        .hasMessageContaining("no log val_los to monitor")
        .hasMessageContaining("val_loss");
  }

  @Test
  void aStepThatIsRefusedIsNotSavedWhateverTheOrder() {
    var refuse = new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        new TerminateOnNaN()
            .onTrainBatchEnd(model, step, Training.epoch("loss", step == 3 ? Double.NaN : 1));
      }
    };
    assertThatThrownBy(() -> fit(1, new ModelCheckpoint(folder).everySteps(1), refuse))
        .isInstanceOf(NotFiniteException.class)
        .hasMessage("training stopped: loss is NaN at step 3");
    assertThat(Training.entries(folder)).containsExactly("checkpoint-1", "checkpoint-2");
  }
}
