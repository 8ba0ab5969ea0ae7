package org.tdro.keras.callbacks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.Callback;

/** Sets of callbacks that belong together. */
public final class Callbacks {
  private Callbacks() {}

  /**
   * Returns what most runs want: a row of {@code log.csv} and a checkpoint after each epoch, an end where a loss is not finite,
   * and a backup every 100 steps from which the same program resumes after its process has died.
   *
   * @param folder of the run; created if it is not there
   */
  public static List<Callback> standard(Path folder) {
    return List.of(
        CsvLogger.ofEpochs(folder.resolve("log.csv")),
        new ModelCheckpoint(folder.resolve("checkpoints")).keepLast(2),
        new TerminateOnNaN(),
        new BackupAndRestore(folder.resolve("backup"), 100));
  }

  /**
   * The same with a progress bar.
   *
   * @param progress where it is drawn, such as {@code System.err}
   */
  public static List<Callback> standard(Path folder, PrintStream progress) {
    var all = new ArrayList<>(standard(folder));
    all.add(new ProgressBar(progress, ProgressBar.Mode.AUTO));
    return all;
  }
}
