package org.tdro.keras.callbacks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.AppendedLines;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/**
 * Writes the scalar logs of each step (from 1) or epoch (from 0) as a row of a CSV file. The first row decides the
 * columns: a log that comes later is left out, with a warning. When training resumes, rows that it will write again are
 * cut off; when it starts anew, so does the file.
 */
public final class CsvLogger implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(CsvLogger.class);

  private final Path file;
  private final String key;
  private List<String> columns = List.of();
  private boolean warned;

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

  /** @throws IllegalArgumentException if training resumes and the file is there, but is no log of the same kind */
  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    long done = model.iterations();
    long last = key.equals("step") ? done : done / options.stepsPerEpoch().getAsLong() - 1;
    columns = List.of();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (done == 0) {
        Files.deleteIfExists(file);
      } else if (Files.exists(file)) {
        cut(last);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
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

  /** Keeps the rows up to {@code last}. */
  private void cut(long last) throws IOException {
    var lines = AppendedLines.read(file);
    if (lines.isEmpty()) {
      Files.delete(file);
      return;
    }
    var header = List.of(lines.get(0).split(",", -1));
    if (!header.get(0).equals(key)) {
      throw new IllegalArgumentException(
          file + ":1: no log of " + key + "s: the first column is " + header.get(0));
    }
    var kept = new ArrayList<String>();
    kept.add(lines.get(0));
    for (int line = 1; line < lines.size(); line++) {
      if (number(lines.get(line), line + 1) <= last) {
        kept.add(lines.get(line));
      }
    }
    AppendedLines.replace(file, kept);
    columns = header.subList(1, header.size());
  }

  private long number(String row, int line) {
    try {
      return Long.parseLong(row.substring(0, row.indexOf(',')));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          file + ":" + line + ": expected the number of the " + key + ", found: " + row, e);
    }
  }

  private void write(long number, Logs logs) {
    try (var writer =
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      if (columns.isEmpty()) {
        columns = List.copyOf(logs.scalars().keySet());
        writer.write(key + "," + String.join(",", columns) + "\n");
      } else if (!warned && !columns.containsAll(logs.scalars().keySet())) {
        LOG.warn("{} has no columns for some of {}", file, logs.scalars().keySet());
        warned = true;
      }
      writeRow(writer, number, logs);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private void writeRow(BufferedWriter writer, long number, Logs logs) throws IOException {
    var row = new StringBuilder().append(number);
    for (var column : columns) {
      var value = logs.scalars().get(column);
      row.append(',').append(value == null ? "" : value.toString());
    }
    writer.write(row.append('\n').toString());
  }
}
