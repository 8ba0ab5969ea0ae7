package org.tdro.tools.options;

import java.util.OptionalLong;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.runs.PhaseProgress;
import picocli.CommandLine.Option;

/** The option {@code --quiet} of commands that show how far they are on standard error. */
public final class ProgressOptions {
  @Option(
      names = {"-q", "--quiet"},
      description = "Do not show how far the work is.")
  private boolean quiet;

  /** Whether progress is shown. */
  public boolean isShown() {
    return !quiet;
  }

  /** Begins a phase that counts texts. */
  public PhaseProgress texts(String phase, OptionalLong total) {
    return phase(phase, "texts", total);
  }

  /**
   * Begins a phase.
   *
   * @param unit the name of what is counted, in the plural
   */
  public PhaseProgress phase(String phase, String unit, OptionalLong total) {
    var mode = quiet ? ProgressBar.Mode.NONE : ProgressBar.Mode.AUTO;
    return new PhaseProgress(System.err, mode, phase, unit, total);
  }
}
