package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.Callback;

class CsvLoggerTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("logs").resolve("log.csv");
  }

  private void fit(long epochs, Callback... callbacks) {
    try (var model = Training.model()) {
      Training.fit(model, epochs, callbacks);
    }
  }

  private BackupAndRestore backup() {
    return new BackupAndRestore(folder.resolve("backup"), 3);
  }

  private List<String> firstColumn() throws IOException {
    return Files.readAllLines(file).stream().map(line -> line.split(",", 2)[0]).toList();
  }

  @Test
  void writesARowForEachStep() throws IOException {
    fit(1, CsvLogger.ofSteps(file));
    assertThat(firstColumn()).containsExactly("step", "1", "2", "3", "4", "5");
    assertThat(Files.readAllLines(file).get(0)).isEqualTo("step,loss,accuracy,learning_rate");
  }

  @Test
  void writesTimingsIfAskedFor() throws IOException {
    fit(1, CsvLogger.ofSteps(file).withTimings());
    assertThat(Files.readAllLines(file).get(0))
        .isEqualTo(
            "step,loss,accuracy,learning_rate,rows,input_seconds,step_seconds,update_seconds");
  }

  @Test
  void writesARowForEachEpochWithItsValidation() throws IOException {
    fit(2, CsvLogger.ofEpochs(file));
    assertThat(firstColumn()).containsExactly("epoch", "0", "1");
    assertThat(Files.readAllLines(file).get(0))
        .isEqualTo("epoch,loss,accuracy,learning_rate,val_loss,val_accuracy");
  }

  @Test
  void aRunThatStartsAnewReplacesTheFile() throws IOException {
    fit(2, CsvLogger.ofSteps(file));
    fit(1, CsvLogger.ofSteps(file));
    assertThat(firstColumn()).containsExactly("step", "1", "2", "3", "4", "5");
  }

  @Test
  void aResumedRunHasEveryStepOnce() throws IOException {
    Training.dieBefore(9, 2, CsvLogger.ofSteps(file), backup());
    Files.writeString(file, "9,0.12", StandardOpenOption.APPEND);
    fit(2, CsvLogger.ofSteps(file), backup());
    assertThat(firstColumn())
        .containsExactly("step", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
  }

  @Test
  void aResumedRunHasEveryEpochOnce() throws IOException {
    Training.dieBefore(12, 3, CsvLogger.ofEpochs(file), backup());
    assertThat(firstColumn()).containsExactly("epoch", "0", "1");
    fit(3, CsvLogger.ofEpochs(file), backup());
    assertThat(firstColumn()).containsExactly("epoch", "0", "1", "2");
  }

  @Test
  void aFileOfAnotherKindIsRefusedWhenTrainingResumes() throws IOException {
    Training.dieBefore(9, 2, CsvLogger.ofSteps(file), backup());
    assertThatThrownBy(() -> fit(2, CsvLogger.ofEpochs(file), backup()))
        .hasMessageContaining("log.csv:1: not a log of epochs: the first column is step");
  }

  @Test
  void aDamagedRowIsRefusedWithItsLine() throws IOException {
    Training.dieBefore(9, 2, CsvLogger.ofSteps(file), backup());
    Files.writeString(file, "garbage\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> fit(2, CsvLogger.ofSteps(file), backup()))
        .hasMessageContaining("log.csv:10: expected the number of the step, found: garbage");
  }
}
