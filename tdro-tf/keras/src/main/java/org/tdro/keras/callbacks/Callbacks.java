package org.tdro.keras.callbacks;

import java.nio.file.Path;
import java.util.List;
import org.tdro.keras.Callback;

/** Sets of callbacks that belong together. */
public final class Callbacks {
  private Callbacks() {}

  /**
   * Returns what most runs want: progress on standard error, a row of {@code log.csv} and a checkpoint after each epoch, an end
   * where a loss is not finite, and a backup every 100 steps from which the same program resumes after its process has died.
   *
   * @param folder of the run; created if it is not there
   */
  public static List<Callback> standard(Path folder) {
    return List.of(
        new ProgressBar(System.err, ProgressBar.Mode.AUTO),
        CsvLogger.ofEpochs(folder.resolve("log.csv")),
        new ModelCheckpoint(folder.resolve("checkpoints")).keepLast(2),
        new TerminateOnNaN(),
        new BackupAndRestore(folder.resolve("backup"), 100));
  }
}
