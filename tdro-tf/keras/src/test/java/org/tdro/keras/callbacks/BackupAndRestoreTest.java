package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.testing.Values;

class BackupAndRestoreTest {
  @TempDir
  Path folder;

  private static float[] uninterrupted(long epochs) {
    try (var model = Training.model()) {
      Training.fit(model, epochs);
      return Values.all(model);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 4, 6, 11, 15})
  void aSecondRunEndsWithTheWeightsOfAnUninterruptedOne(long step) {
    Training.dieBefore(step, 3, new BackupAndRestore(folder, 3));
    try (var model = Training.model()) {
      Training.fit(model, 3, new BackupAndRestore(folder, 3));
      assertThat(Values.all(model)).isEqualTo(uninterrupted(3));
    }
  }

  @Test
  void epochMeansCoverTheStepsBeforeTheResume() {
    var resumed = new ArrayList<Logs>();
    var whole = new ArrayList<Logs>();
    Training.dieBefore(5, 1, new BackupAndRestore(folder, 2));
    try (var model = Training.model()) {
      Training.fit(model, 1, new BackupAndRestore(folder, 2), epochLogs(resumed));
    }
    try (var model = Training.model()) {
      Training.fit(model, 1, epochLogs(whole));
    }
    for (var log : new String[] {"loss", "accuracy", "val_loss"}) {
      assertThat(resumed.get(0).scalar(log)).as(log).isEqualTo(whole.get(0).scalar(log));
    }
    assertThat(resumed.get(0).timings().rows()).isEqualTo(whole.get(0).timings().rows());
  }

  @Test
  void onlyTheNewestBackupIsKept() {
    Training.dieBefore(15, 3, new BackupAndRestore(folder, 3));
    assertThat(Training.entries(folder)).containsExactly("backup-12");
  }

  @Test
  void nothingIsLeftAfterSuccess() {
    try (var model = Training.model()) {
      Training.fit(model, 3, new BackupAndRestore(folder, 3));
    }
    assertThat(Training.entries(folder)).isEmpty();
  }

  @Test
  void aKeptBackupOfTheEndLeavesNothingToTrain() {
    try (var model = Training.model()) {
      Training.fit(model, 2, new BackupAndRestore(folder, 3).keepWhenFinished());
    }
    try (var model = Training.model()) {
      var history = model.fit(
          index -> {
            throw new AssertionError("no batch is needed");
          },
          Training.epochs(2, new BackupAndRestore(folder, 3).keepWhenFinished())
              .withStepsPerEpoch(Training.STEPS_PER_EPOCH));
      assertThat(history.epochs()).isEmpty();
      assertThat(Values.all(model)).isEqualTo(uninterrupted(2));
    }
  }

  @Test
  void trainingThatIsStoppedIsSavedAtItsLastStep() {
    try (var model = Training.model()) {
      Training.fit(model, 3, new BackupAndRestore(folder, 1000), stopAfter(7));
    }
    assertThat(Training.entries(folder)).containsExactly("backup-7");
    try (var model = Training.model()) {
      Training.fit(model, 3, new BackupAndRestore(folder, 1000));
      assertThat(Values.all(model)).isEqualTo(uninterrupted(3));
    }
  }

  @Test
  void foldersThatAreNotCompleteAreIgnoredAndLeftoversDeleted() throws IOException {
    Training.dieBefore(8, 3, new BackupAndRestore(folder, 3));
    Files.createDirectories(folder.resolve("backup-9"));
    Files.createDirectories(folder.resolve(".backup-9.writing"));
    Files.writeString(folder.resolve(".backup-9.writing").resolve("weights.tsv"), "half");
    try (var model = Training.model()) {
      Training.fit(model, 3, new BackupAndRestore(folder, 3));
      assertThat(Values.all(model)).isEqualTo(uninterrupted(3));
    }
    assertThat(Training.entries(folder)).doesNotContain(".backup-9.writing");
  }

  @Test
  void statefulCallbacksGoOnWhereTheyStood() {
    var first = new EarlyStopping(Monitor.min("val_loss")).patience(100);
    Training.dieBefore(14, 5, first, new BackupAndRestore(folder, 4));
    var second = new EarlyStopping(Monitor.min("val_loss")).patience(100);
    var atBegin = new ArrayList<Map<String, String>>();
    try (var model = Training.model()) {
      Training.fit(model, 5, new BackupAndRestore(folder, 4), second, new Callback() {
        @Override
        public void onTrainBegin(Model model, FitOptions options) {
          atBegin.add(second.state());
        }
      });
    }
    assertThat(atBegin.get(0)).isEqualTo(first.state());
  }

  private static Callback epochLogs(List<Logs> logs) {
    return new Callback() {
      @Override
      public void onEpochEnd(Model model, long epoch, Logs ended) {
        logs.add(ended);
      }
    };
  }

  private static Callback stopAfter(long last) {
    return new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step == last) {
          model.stopTraining();
        }
      }
    };
  }
}
