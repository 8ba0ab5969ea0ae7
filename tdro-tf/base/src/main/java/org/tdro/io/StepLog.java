package org.tdro.io;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.DoubleStream;

/**
 * A log with one line for each step: CSV, or one JSON object per line. A killed process loses no complete line. A run that
 * resumes from an earlier step cuts the log back to that step, so that no step is logged twice.
 *
 * <p>A CSV log has the columns of its header; unless they are given, the first appended line determines them. Cells are quoted if
 * they hold a comma, a quote or a line end; null is an empty cell.
 */
public final class StepLog {
  private static final int HEADER = 1 << 16;
  private static final int TAIL = 1 << 18;

  private final Path file;
  private final String key;
  private final boolean csv;
  private List<String> columns;

  private StepLog(Path file, String key, boolean csv, List<String> columns) {
    this.file = file;
    this.key = key;
    this.csv = csv;
    this.columns = columns;
  }

  /**
   * Returns a CSV log.
   *
   * @param key name of the first column, which counts the steps, such as {@code epoch}
   */
  public static StepLog csv(Path file, String key) {
    return new StepLog(file, key, true, List.of());
  }

  /**
   * Returns a CSV log of fixed columns. A file that has only some of them, because an earlier build began it, keeps those.
   *
   * @param key name of the first column, which counts the steps
   * @param columns names of the others
   */
  public static StepLog csv(Path file, String key, List<String> columns) {
    return new StepLog(file, key, true, List.copyOf(columns));
  }

  /**
   * Returns a log of JSON objects.
   *
   * @param key name of the number that counts the steps
   */
  public static StepLog jsonLines(Path file, String key) {
    return new StepLog(file, key, false, List.of());
  }

  /** Returns the columns of a CSV log after the first; empty until they are known. */
  public List<String> columns() {
    return columns;
  }

  /**
   * Keeps the lines of steps up to {@code last}, and drops an incomplete last line of a killed process. Creates the file, with the
   * header of fixed columns, if it is missing or empty.
   *
   * @throws InputException naming file and line, if the file is not a log of this kind; it is then unchanged
   */
  public void truncate(long last) {
    var lines = lines();
    var kept = new ArrayList<String>();
    if (csv && !lines.isEmpty()) {
      checkHeader(lines.get(0));
      kept.add(lines.get(0));
    } else if (csv && !columns.isEmpty()) {
      kept.add(header());
    }
    for (int i = csv ? 1 : 0; i < lines.size(); i++) {
      if (number(lines.get(i), file + ":" + (i + 1)) <= last) {
        kept.add(lines.get(i));
      }
    }
    AtomicWrite.file(
        file,
        beside -> Files.writeString(
            beside, String.join("", kept.stream().map(line -> line + "\n").toList())));
  }

  /**
   * Returns the last value of each column of a CSV log, empty cells left out; of a long log, only the last {@value #TAIL} bytes are
   * searched. An incomplete last line is not read.
   *
   * @throws InputException naming the file, if a line has not the cells of the header
   */
  public static Map<String, String> last(Path file) {
    var last = new LinkedHashMap<String, String>();
    try (var channel = FileChannel.open(file)) {
      var start = text(channel, 0, HEADER);
      if (start.indexOf('\n') < 0) {
        return last;
      }
      var columns = Csv.cells(start.substring(0, start.indexOf('\n')));
      columns.forEach(column -> last.put(column, ""));
      long from = Math.max(0, channel.size() - TAIL);
      var tail = text(channel, from, TAIL);
      int first = tail.indexOf('\n') + 1;
      var rows = tail.substring(first, Math.max(first, tail.lastIndexOf('\n') + 1))
          .lines()
          .toList();
      for (int i = rows.size() - 1; i >= 0 && last.containsValue(""); i--) {
        var row = Csv.cells(rows.get(i));
        if (row.size() != columns.size()) {
          throw new InputException("%s: a line has %d cells, the header %d: %s"
              .formatted(file, row.size(), columns.size(), rows.get(i)));
        }
        for (int c = 0; c < columns.size(); c++) {
          last.replace(columns.get(c), "", row.get(c));
        }
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    last.values().removeIf(String::isEmpty);
    return last;
  }

  /**
   * Returns the rows of a CSV log as the cells of each column; an incomplete last line is not read.
   *
   * @throws InputException naming file and line, if a line has not the cells of the header
   */
  public static List<Map<String, String>> rows(Path file) {
    var rows = new ArrayList<Map<String, String>>();
    read(file, (columns, cells) -> {
      var row = new LinkedHashMap<String, String>();
      for (int c = 0; c < columns.size(); c++) {
        row.put(columns.get(c), cells.get(c));
      }
      rows.add(row);
    });
    return rows;
  }

  /**
   * Reads a CSV log of any length, row by row; an incomplete last line is not read.
   *
   * @param rows receives the columns and the cells of each row
   * @throws InputException naming file and line, if a line has not the cells of the header
   */
  public static void read(Path file, BiConsumer<List<String>, List<String>> rows) {
    try (var reader = Files.newBufferedReader(file)) {
      var columns = List.<String>of();
      int number = 0;
      for (var line = line(reader); line != null; line = line(reader)) {
        number++;
        var cells = Csv.cells(line);
        if (number == 1) {
          columns = cells;
        } else if (cells.size() != columns.size()) {
          throw new InputException("%s:%d: has %d cells, the header has %d"
              .formatted(file, number, cells.size(), columns.size()));
        } else {
          rows.accept(columns, cells);
        }
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Returns the numbers of one column of a CSV log, empty cells left out; none if there is no such column or no file. An incomplete
   * last line is not read.
   *
   * @throws InputException naming file and line of what is not a number, or of a line that has not the cells of the header
   */
  public static double[] numbers(Path file, String column) {
    var numbers = DoubleStream.builder();
    if (Files.exists(file)) {
      var line = new AtomicInteger(1);
      read(file, (columns, cells) -> {
        line.incrementAndGet();
        int index = columns.indexOf(column);
        if (index >= 0 && !cells.get(index).isEmpty()) {
          numbers.add(number(cells.get(index), column, file + ":" + line));
        }
      });
    }
    return numbers.build().toArray();
  }

  private static double number(String cell, String column, String place) {
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw new InputException("%s: %s must be a number, was %s".formatted(place, column, cell), e);
    }
  }

  /** Returns the next line; null if there is none that has an end. */
  private static String line(Reader reader) throws IOException {
    var line = new StringBuilder();
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      if (c == '\n') {
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r'
            ? line.substring(0, length - 1)
            : line.toString();
      }
      line.append((char) c);
    }
    return null;
  }

  private static String text(FileChannel channel, long from, int length) throws IOException {
    var bytes = ByteBuffer.allocate((int) Math.min(length, Math.max(0, channel.size() - from)));
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
      // More may come.
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }

  /** Deletes the file, for a run that starts from the beginning. */
  public void clear() {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /**
   * Appends the line of a step.
   *
   * @param values by column or key; a CSV log drops values that are not among its columns
   */
  public void append(long step, Map<String, ?> values) {
    if (!csv) {
      var object = new LinkedHashMap<String, Object>();
      object.put(key, step);
      object.putAll(values);
      write(Json.line(object));
      return;
    }
    if (columns.isEmpty()) {
      columns = List.copyOf(values.keySet());
      write(header());
    }
    var cells = new ArrayList<Object>();
    cells.add(step);
    columns.forEach(column -> cells.add(values.get(column)));
    write(Csv.row(cells));
  }

  private List<String> lines() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      var text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private void checkHeader(String header) {
    var cells = Csv.cells(header);
    if (!cells.get(0).equals(key)) {
      throw new InputException(
          file + ":1: not a log of " + key + "s: the first column is " + cells.get(0));
    }
    var found = cells.subList(1, cells.size());
    if (columns.isEmpty() || (!found.isEmpty() && columns.containsAll(found))) {
      columns = List.copyOf(found);
    } else {
      throw new InputException(
          file + ":1: not a log of these columns; expected the header " + header());
    }
  }

  private long number(String line, String place) {
    if (!csv) {
      var number = Json.object(line, place).path(key);
      if (!number.isIntegralNumber()) {
        throw new InputException(place + ": has no " + key);
      }
      return number.longValue();
    }
    try {
      return Long.parseLong(line.substring(0, line.indexOf(',')));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new InputException(
          place + ": expected the number of the " + key + ", found: " + line, e);
    }
  }

  private void write(String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  private String header() {
    var cells = new ArrayList<Object>();
    cells.add(key);
    cells.addAll(columns);
    return Csv.row(cells);
  }
}
