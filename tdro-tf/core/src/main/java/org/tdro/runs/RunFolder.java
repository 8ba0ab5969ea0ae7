package org.tdro.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.tdro.io.StepLog;
import org.tdro.keras.Logs;

/** The folder of a run and the names of its files. */
public record RunFolder(Path path) {
  private static final int LAST_SHARE = 10;

  /** Returns the file of the resolved configuration, which can be read again. */
  public Path config() {
    return path.resolve("config.conf");
  }

  /** Returns the file of the {@link RunRecord}. */
  public Path record() {
    return path.resolve("run.json");
  }

  /** Returns the folder of the trained retriever. */
  public Path model() {
    return path.resolve("model");
  }

  /** Returns the folder from which an interrupted run resumes; it is deleted when the run is complete. */
  public Path backup() {
    return path.resolve("backup");
  }

  /** Returns the file of the scalars of every step. */
  public Path log() {
    return path.resolve("log.csv");
  }

  /**
   * Returns the loss by which runs are compared: its mean over the last tenth of the logged steps, since that of a single batch is mostly
   * noise. It is empty if there are none, or one of them is not finite.
   *
   * @throws org.tdro.io.InputException naming file and line, if the log is damaged
   */
  public OptionalDouble loss() {
    var losses = StepLog.numbers(log(), Logs.LOSS.name());
    var mean = Arrays.stream(losses).skip(lastSteps(losses.length)).average();
    return mean.isPresent() && Double.isFinite(mean.getAsDouble()) ? mean : OptionalDouble.empty();
  }

  /** Returns the index of the first of the last steps of a log, over which means are taken: a tenth of them, but at least one. */
  public static int lastSteps(int rows) {
    return Math.max(0, rows - Math.max(1, rows / LAST_SHARE));
  }

  /**
   * Moves the folder to {@code FOLDER.replaced}, or to {@code FOLDER.replaced-2} and so on where there are such already.
   *
   * @return where it is now
   */
  public Path setAside() {
    var name = path.getFileName() + ".replaced";
    var aside = path.resolveSibling(name);
    for (int number = 2; Files.exists(aside); number++) {
      aside = path.resolveSibling(name + "-" + number);
    }
    try {
      return Files.move(path, aside);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot move " + path + " to " + aside, e);
    }
  }

  /** Returns the file of the metrics, one JSON object per line. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** Returns the file of the run's values on evaluation sets, if a pipeline evaluated it. */
  public Path evaluation() {
    return path.resolve("evaluation.json");
  }

  /** Returns the folder of the event files for TensorBoard, if there are any. */
  public Path tensorboard() {
    return path.resolve("tensorboard");
  }

  /** Returns the folder of the learned weights, in stage dro. */
  public Path weights() {
    return path.resolve("weights");
  }

  /** Returns the file of the rows and losses of each domain in every step, and of what a stage learns of them. */
  public Path trajectory() {
    return path.resolve("trajectory.csv");
  }
}
