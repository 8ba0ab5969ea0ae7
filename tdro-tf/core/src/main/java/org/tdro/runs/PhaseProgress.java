package org.tdro.runs;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.keras.callbacks.TerminalLine;

/**
 * Shows how far a phase other than training is, with the time that is left: one line as wide as the terminal that is drawn again and
 * again or, elsewhere, a line after ten seconds and then ever more rarely. A phase that is over leaves one line.
 */
public final class PhaseProgress implements AutoCloseable {
  private static final double NANOS = 1e9;
  private static final double FIRST_SECONDS = 10;

  /** The time to the next line, as a share of the time so far. */
  private static final double GROWTH = 0.5;

  private final PrintStream out;
  private final String name;
  private final String unit;
  private final OptionalLong total;
  private final boolean quiet;
  private final me.tongfei.progressbar.ProgressBar bar;
  private final long start = System.nanoTime();
  private double nextLine = FIRST_SECONDS;
  private long done;

  /**
   * Begins a phase.
   *
   * @param unit the name of what is counted, in the plural
   * @param total how many there are; empty if that is not known
   */
  public PhaseProgress(
      PrintStream out, ProgressBar.Mode mode, String name, String unit, OptionalLong total) {
    this.out = out;
    this.name = name;
    this.unit = unit;
    this.total = total;
    this.quiet = mode == ProgressBar.Mode.NONE;
    this.bar = mode.resolved() != ProgressBar.Mode.BAR
        ? null
        : new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(total.orElse(-1))
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .setConsumer(new TerminalLine(out))
            .build();
  }

  /** Counts {@code more} that are done. */
  public void add(long more) {
    done += more;
    double seconds = (System.nanoTime() - start) / NANOS;
    if (bar != null) {
      bar.setExtraMessage(rate(seconds));
      bar.stepTo(done);
    } else if (!quiet && seconds >= nextLine) {
      nextLine = seconds * (1 + GROWTH);
      out.println(line(seconds));
    }
  }

  private String line(double seconds) {
    var of = total.isPresent() ? format(" of %,d", total.getAsLong()) : "";
    var left = total.isPresent() && done > 0
        ? format(
            ", ETA %s", ProgressBar.time(seconds / done * Math.max(0, total.getAsLong() - done)))
        : "";
    return format("%s: %,d%s %s, %s%s", name, done, of, unit, rate(seconds), left);
  }

  private String rate(double seconds) {
    return format("%,.0f %s/s", done / seconds, unit);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** Ends the phase; one in which nothing was done leaves no line. */
  @Override
  public void close() {
    double seconds = (System.nanoTime() - start) / NANOS;
    if (bar != null) {
      bar.close();
    } else if (!quiet && done > 0) {
      out.println(format(
          "%s: %,d %s in %s, %s", name, done, unit, ProgressBar.time(seconds), rate(seconds)));
    }
  }
}
