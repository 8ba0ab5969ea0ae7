package org.tdro.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A log with one line for each step: CSV, or one JSON object per line. A killed process loses no complete line. A run that
 * resumes from an earlier step cuts the log back to that step, so that no step is logged twice.
 *
 * <p>A CSV log has the columns of its header; unless they are given, the first appended line determines them. Cells are quoted if
 * they hold a comma, a quote or a line end; null is an empty cell.
 */
public final class StepLog {
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
   * Returns a CSV log of fixed columns.
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
    write(row(cells));
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
    var cells = cells(header);
    if (!cells.get(0).equals(key)) {
      throw new InputException(
          file + ":1: not a log of " + key + "s: the first column is " + cells.get(0));
    }
    if (columns.isEmpty()) {
      columns = List.copyOf(cells.subList(1, cells.size()));
    } else if (!columns.equals(cells.subList(1, cells.size()))) {
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
    return row(cells);
  }

  private static String row(List<Object> cells) {
    return String.join(",", cells.stream().map(StepLog::cell).toList());
  }

  private static String cell(Object value) {
    var text = value == null ? "" : value.toString();
    return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Returns the cells of a row: the inverse of {@link #row}. */
  private static List<String> cells(String row) {
    var cells = new ArrayList<String>();
    var cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < row.length(); i++) {
      char c = row.charAt(i);
      if (c == '"') {
        // Two quotes within quotes stand for one; all others delimit.
        if (!quoted && i > 0 && row.charAt(i - 1) == '"') {
          cell.append('"');
        }
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
