package org.tdro.experiments.sweep;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.tdro.experiments.sweep.JobPool.Task;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.keras.callbacks.TerminalLine;

/** Shows the jobs that are done, that run and that failed, and the time left: a bar on a terminal, elsewhere a line when a job ends. */
final class SweepProgress implements AutoCloseable {
  private final PrintStream out;
  private final boolean lines;
  private final me.tongfei.progressbar.ProgressBar bar;
  private final Work work;

  /**
   * Jobs that are shown together.
   *
   * @param before number of jobs that were complete before
   * @param tasks the others
   * @param slots how many run at a time
   */
  record Work(String name, int before, List<Task> tasks, int slots) {
    Work {
      tasks = List.copyOf(tasks);
    }

    long count(JobRecord.Status status) {
      return tasks.stream().filter(task -> task.status() == status).count();
    }

    int all() {
      return before + tasks.size();
    }

    long done() {
      return before + count(JobRecord.Status.COMPLETE);
    }
  }

  /** Begins to show jobs. */
  SweepProgress(PrintStream out, ProgressBar.Mode mode, Work work) {
    this.out = out;
    this.work = work;
    var form = mode.resolved();
    lines = form == ProgressBar.Mode.LINES;
    bar = form != ProgressBar.Mode.BAR
        ? null
        : new ProgressBarBuilder()
            .setTaskName(work.name())
            .setInitialMax(work.all())
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .hideEta()
            .setConsumer(new TerminalLine(out))
            .build();
  }

  /** Shows the state of the jobs after one of them has changed. */
  void update(boolean ended) {
    if (bar != null) {
      bar.setExtraMessage(" " + state());
      bar.stepTo(work.done());
    } else if (lines && ended) {
      out.println(format(
          "%s: %d of %s done, %s", work.name(), work.done(), Sweep.jobs(work.all()), state()));
    }
  }

  private String state() {
    var parts = new ArrayList<String>();
    parts.add(work.count(JobRecord.Status.RUNNING) + " running");
    long failed = work.count(JobRecord.Status.FAILED);
    if (failed > 0) {
      parts.add(failed + " failed");
    }
    var finished = work.tasks().stream()
        .filter(task -> task.status() == JobRecord.Status.COMPLETE)
        .mapToDouble(Task::seconds)
        .average();
    if (finished.isPresent()) {
      double mean = finished.getAsDouble();
      double left = mean * work.count(JobRecord.Status.WAITING)
          + work.tasks().stream()
              .filter(task -> task.status() == JobRecord.Status.RUNNING)
              .mapToDouble(task -> Math.max(0, mean - task.seconds()))
              .sum();
      parts.add("ETA " + ProgressBar.time(left / work.slots()));
    }
    return String.join(", ", parts);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
