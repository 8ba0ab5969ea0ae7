package org.tdro.keras.callbacks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.Timings;

/**
 * Writes the scalar logs of each step (from 1) or epoch (from 0) as a row of a CSV file. The first row decides the
 * columns: a log that comes later is left out, with a warning. What a {@link org.tdro.keras.StepEvaluation} measures has columns, which are
 * empty in the rows of steps that it does not measure. When training resumes, rows that it will write again are
 * cut off; when it starts anew, so does the file.
 */
public final class CsvLogger implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(CsvLogger.class);

  private final Path file;
  private final String key;
  private StepLog log;
  private boolean timings;
  private boolean warned;
  private List<LogKey<Double>> measured = List.of();

  private CsvLogger(Path file, String key) {
    this.file = file;
    this.key = key;
  }

  /** A row for each step. */
  public static CsvLogger ofSteps(Path file) {
    return new CsvLogger(file, "step");
  }

  /** A row for each epoch. */
  public static CsvLogger ofEpochs(Path file) {
    return new CsvLogger(file, "epoch");
  }

  /** Adds columns of the {@link Timings}: rows, and seconds of their input, step and update. */
  public CsvLogger withTimings() {
    timings = true;
    return this;
  }

  /** @throws InputException if training resumes and the file is there, but is not a log of the same kind */
  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    long done = model.iterations();
    measured = options.evaluationKeys();
    log = StepLog.csv(file, key);
    if (done == 0) {
      log.clear();
    } else {
      log.truncate(key.equals("step") ? done : done / options.stepsPerEpoch().getAsLong() - 1);
    }
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    if (key.equals("step")) {
      write(step, logs);
    }
  }

  @Override
  public void onEpochEnd(Model model, long epoch, Logs logs) {
    if (key.equals("epoch")) {
      write(epoch, logs);
    }
  }

  private void write(long number, Logs logs) {
    var row = new LinkedHashMap<>(logs.scalars());
    measured.forEach(key -> row.remove(key.name()));
    if (timings) {
      row.putAll(logs.timings().columns());
    }
    measured.forEach(key -> row.put(key.name(), logs.find(key).orElse(null)));
    log.append(number, row);
    if (!warned && !log.columns().containsAll(row.keySet())) {
      LOG.warn("{} has no columns for some of {}", file, row.keySet());
      warned = true;
    }
  }
}
