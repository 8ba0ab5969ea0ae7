package org.tdro.keras.callbacks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.testing.Values;

/** A program that trains with backups, tells each step on its standard output and at last writes its weights. */
final class KilledTraining {
  static final int STEPS = 60;

  private KilledTraining() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    var tellSlowly = new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        System.out.println("step " + step);
        try {
          TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    };
    try (var model = Training.model()) {
      Training.fit(
          model,
          STEPS / Training.STEPS_PER_EPOCH,
          tellSlowly,
          CsvLogger.ofSteps(folder.resolve("log.csv")),
          new ModelCheckpoint(folder.resolve("checkpoints")).keepLast(2),
          new BackupAndRestore(folder.resolve("backup"), 1));
      Files.writeString(folder.resolve("weights.txt"), Arrays.toString(Values.all(model)));
    }
  }
}
