package org.tdro.keras.callbacks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.tdro.io.Checks;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/**
 * Shows how far an epoch is: steps, loss, what was last measured between steps, rows a second and the time that is left, as one line as wide as the
 * terminal that is drawn again and again, or as a line every so many steps; at the end of an epoch, its logs.
 */
public final class ProgressBar implements Callback {
  /** The form in which progress is shown. */
  public enum Mode {
    /** {@link #BAR} if the process has a terminal, else {@link #LINES}. */
    AUTO,
    /** One line, drawn again after each step. */
    BAR,
    /** A line every so many steps. */
    LINES,
    /** Not at all. */
    NONE;

    /** Returns the form that {@link #AUTO} takes in this process; others are themselves. */
    public Mode resolved() {
      return this != AUTO ? this : hasTerminal() ? BAR : LINES;
    }
  }

  /**
   * A training as one of several that follow each other.
   *
   * @param name shown before the steps, such as {@code stage 2/4 dro}
   * @param stepsAfter steps of the trainings that follow, for the time left of the whole; they are taken to be as long as this one's
   */
  public record Part(String name, long stepsAfter) {}

  private final PrintStream out;
  private final Mode mode;
  private Optional<Part> part = Optional.empty();
  private int everySteps = 50;

  private long stepsPerEpoch;
  private long epochs;
  private long epoch;
  private long firstStep;
  private long rows;
  private long startNanos;
  private me.tongfei.progressbar.ProgressBar bar;
  private Optional<LogKey<Double>> measured = Optional.empty();
  private String latest = "";

  /** Writes to {@code out}, which stays open. */
  public ProgressBar(PrintStream out, Mode mode) {
    this.out = out;
    this.mode = mode.resolved();
  }

  /** Sets the steps from one line to the next, where there is no bar; 50 by default. */
  public ProgressBar everySteps(int steps) {
    new Checks().atLeast(1, "everySteps", steps).done();
    this.everySteps = steps;
    return this;
  }

  /** Shows the training as a part of a whole, with the time that is left of that. */
  public ProgressBar partOf(Part whole) {
    part = Optional.of(whole);
    return this;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    epochs = options.epochs();
    stepsPerEpoch = options.stepsPerEpoch().getAsLong();
    measured = options.evaluationKeys().stream().findFirst();
  }

  @Override
  public void onEpochBegin(Model model, long epoch) {
    this.epoch = epoch;
    firstStep = model.iterations() - epoch * stepsPerEpoch;
    rows = 0;
    startNanos = System.nanoTime();
    if (mode == Mode.BAR) {
      bar = new ProgressBarBuilder()
          .setTaskName(name())
          .setInitialMax(stepsPerEpoch)
          .startsFrom(firstStep, Duration.ZERO)
          .setStyle(ProgressBarStyle.ASCII)
          .setUpdateIntervalMillis(200)
          .setConsumer(new TerminalLine(out))
          .build();
    }
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    long done = step - epoch * stepsPerEpoch;
    rows += (long) logs.timings().rows();
    double seconds = (System.nanoTime() - startNanos) * 1e-9;
    double loss = logs.find(Logs.LOSS).orElse(Double.NaN);
    measured
        .flatMap(logs::find)
        .ifPresent(value -> latest = format(", %s %.4f", measured.get().name(), value));
    var figures = format("loss %.4f%s, %,.0f rows/s", loss, latest, rows / seconds);
    double perStep = seconds / (done - firstStep);
    long left = stepsPerEpoch - done + (epochs - 1 - epoch) * stepsPerEpoch;
    var whole = part.filter(of -> of.stepsAfter() > 0)
        .map(of -> ", whole " + time(perStep * (left + of.stepsAfter())))
        .orElse("");
    if (mode == Mode.BAR) {
      bar.setExtraMessage(figures + whole);
      bar.stepTo(done);
    } else if (mode == Mode.LINES && (done % everySteps == 0 || done == stepsPerEpoch)) {
      out.println(format(
          "%s %d/%d: %s, ETA %s%s",
          name(), done, stepsPerEpoch, figures, time(perStep * (stepsPerEpoch - done)), whole));
    }
  }

  @Override
  public void onEpochEnd(Model model, long epoch, Logs logs) {
    if (mode == Mode.NONE) {
      return;
    }
    closeBar();
    var means = new StringJoiner(", ");
    logs.scalars().forEach((name, value) -> means.add(format("%s %.4g", name, value)));
    out.println(format("epoch %d/%d: %s", epoch + 1, epochs, means));
  }

  @Override
  public void onTrainEnd(Model model, Logs logs) {
    closeBar();
  }

  @Override
  public void onTrainFailed(Model model, RuntimeException failure) {
    closeBar();
  }

  // From Java 22 on there is always a console unless jdk.console is java.base; up to 21 only on a
  // terminal.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasTerminal() {
    return System.console() != null;
  }

  private void closeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private String name() {
    var prefix = part.map(of -> of.name() + " ").orElse("");
    return prefix + (epochs == 1 ? "step" : format("epoch %d/%d step", epoch + 1, epochs));
  }

  /** Returns a time as hours, minutes and seconds: {@code 0:02:05}. */
  public static String time(double seconds) {
    long whole = Math.round(seconds);
    return format("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
