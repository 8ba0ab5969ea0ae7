package org.tdro.experiments.sweep;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs processes, some at a time, each after the one that it needs. One that fails does not stop the others. */
final class JobPool {
  private static final Logger LOG = LoggerFactory.getLogger(JobPool.class);
  private static final long POLL_MILLIS = 100;
  private static final int SHOWN_LINES = 10;
  private static final int SHOWN_BYTES = 8192;

  /** What the two lines have in common that TensorFlow prints at every start. */
  private static final String NOISE =
      "(?s).*(absl::InitializeLog\\(\\)|mlir_graph_optimization_pass).*";

  /** A process to run. */
  static final class Task {
    private final String title;
    private final List<String> arguments;
    private final Path log;
    private final Optional<Task> needed;
    private JobRecord.Status status = JobRecord.Status.WAITING;
    private Process process;
    private int slot;
    private long logBefore;
    private long started;
    private double seconds;

    /**
     * A task.
     *
     * @param title its name in messages
     * @param needed the task that must be complete before this one starts
     */
    Task(String title, List<String> arguments, Path log, Optional<Task> needed) {
      this.title = title;
      this.arguments = List.copyOf(arguments);
      this.log = log;
      this.needed = needed;
    }

    JobRecord.Status status() {
      return status;
    }

    /** Returns the seconds since its start, up to its end. */
    double seconds() {
      return status == JobRecord.Status.RUNNING ? (System.nanoTime() - started) * 1e-9 : seconds;
    }

    /** Returns the code with which it ended; null if it was not started. */
    Integer exitCode() {
      return process == null || process.isAlive() ? null : process.exitValue();
    }

    private boolean isReady() {
      return status == JobRecord.Status.WAITING
          && needed.filter(task -> task.status != JobRecord.Status.COMPLETE).isEmpty();
    }

    private boolean isHopeless() {
      return status == JobRecord.Status.WAITING
          && needed.filter(task -> task.status == JobRecord.Status.FAILED).isPresent();
    }
  }

  private final JobLauncher launcher;
  private final List<ProcessorShare> shares;
  private final BooleanSupplier stopped;
  private final Consumer<Task> changed;

  /**
   * A pool.
   *
   * @param shares of the processors, one for each process that runs at a time
   * @param stopped says when to start nothing more and to stop what runs
   * @param changed is told of every task that starts or ends, and every now and then of one that runs
   */
  JobPool(
      JobLauncher launcher,
      List<ProcessorShare> shares,
      BooleanSupplier stopped,
      Consumer<Task> changed) {
    this.launcher = launcher;
    this.shares = shares;
    this.stopped = stopped;
    this.changed = changed;
  }

  /** Runs tasks, those first that come first, and returns when none runs any more. */
  void run(List<Task> tasks) {
    var ended = new LinkedBlockingQueue<Task>();
    var running = new ArrayList<Task>();
    var free = new ArrayList<Integer>();
    for (int slot = 0; slot < shares.size(); slot++) {
      free.add(slot);
    }
    boolean stopping = false;
    do {
      if (stopped.getAsBoolean() && !stopping) {
        stopping = true;
        running.forEach(task -> JobLauncher.stop(task.process));
      }
      if (!stopping) {
        tasks.stream().filter(Task::isHopeless).forEach(this::giveUp);
        for (var task : tasks.stream().filter(Task::isReady).limit(free.size()).toList()) {
          start(task, free.remove(0), ended);
          running.add(task);
        }
      }
      var task = poll(ended);
      if (task != null) {
        running.remove(task);
        free.add(task.slot);
        end(task, stopping);
      }
    } while (!running.isEmpty()
        || (!stopping && tasks.stream().anyMatch(task -> task.isReady() || task.isHopeless())));
  }

  private static Task poll(LinkedBlockingQueue<Task> ended) {
    try {
      return ended.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void start(Task task, int slot, LinkedBlockingQueue<Task> ended) {
    task.slot = slot;
    task.logBefore = size(task.log);
    task.started = System.nanoTime();
    task.status = JobRecord.Status.RUNNING;
    changed.accept(task);
    task.process = launcher.start(task.arguments, task.log, shares.get(slot));
    var unused = task.process.onExit().thenRun(() -> ended.add(task));
  }

  private void end(Task task, boolean stopping) {
    task.seconds = task.seconds();
    int code = task.process.exitValue();
    task.status = code == 0
        ? JobRecord.Status.COMPLETE
        : stopping ? JobRecord.Status.STOPPED : JobRecord.Status.FAILED;
    if (task.status == JobRecord.Status.FAILED && !stopped.getAsBoolean()) {
      LOG.warn(
          "{} failed with exit code {}; the end of {}:\n{}",
          task.title,
          code,
          task.log,
          tail(task.log, task.logBefore));
    }
    changed.accept(task);
  }

  private void giveUp(Task task) {
    task.status = JobRecord.Status.FAILED;
    LOG.warn("{} was not started, because {} failed", task.title, task.needed.orElseThrow().title);
    changed.accept(task);
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns the last lines of a log that were written after its first {@code from} bytes. */
  private static String tail(Path log, long from) {
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      long begin = Math.max(from, file.length() - SHOWN_BYTES);
      var bytes = new byte[(int) (file.length() - begin)];
      file.seek(begin);
      file.readFully(bytes);
      var lines = new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.matches(NOISE))
          .toList();
      return String.join(
          "\n",
          lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()).stream()
              .map(line -> "  " + line)
              .toList());
    } catch (IOException e) {
      return "  (cannot be read: " + e.getMessage() + ")";
    }
  }
}
