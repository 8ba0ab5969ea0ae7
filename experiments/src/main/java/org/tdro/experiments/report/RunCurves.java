package org.tdro.experiments.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tdro.experiments.ledger.LedgerRun;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.runs.DomainTrajectory;
import org.tdro.runs.RunFolder;

/**
 * What happened in a training, as points of means over steps.
 *
 * @param path the run as the ledger names it
 * @param log the columns of its log; absent if it has none
 * @param domains the values of each domain; absent if it has none
 */
record RunCurves(String path, Optional<Points> log, Optional<Domains> domains) {
  /**
   * Columns by their name.
   *
   * @param every over how many steps a point is the mean
   * @param steps the last step of each point
   */
  record Points(int every, List<Long> steps, Map<String, List<Double>> columns) {}

  /**
   * The values of each domain.
   *
   * @param names in the order of the others
   * @param rows how many rows of each domain the training saw; empty if the run did not log them
   * @param values by their name, such as {@code weight} or {@code loss}: the points of each domain
   * @param last by their name: of weights those of the last step, of others the means over the last tenth of the steps
   */
  record Domains(
      int every,
      List<Long> steps,
      List<String> names,
      List<Double> rows,
      Map<String, List<List<Double>>> values,
      Map<String, List<Double>> last) {}

  /**
   * Reads the curves of a run.
   *
   * @param points the largest number of points of a curve
   * @throws org.tdro.io.InputException naming file and line that cannot be read
   */
  static RunCurves of(LedgerRun run, int points) {
    var folder = new RunFolder(run.folder());
    return new RunCurves(
        run.path(), binned(folder.log(), points).map(Binned::points), domains(folder, points));
  }

  @JsonValue
  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("path", path);
    log.ifPresent(points -> json.put("log", points));
    domains.ifPresent(points -> json.put("domains", points));
    return json;
  }

  private static Optional<Domains> domains(RunFolder folder, int points) {
    return binned(folder.trajectory(), points).map(Binned::domains);
  }

  /** A log that was read. */
  private record Binned(Path file, List<String> columns, BinnedSteps steps) {
    Points points() {
      var byName = new LinkedHashMap<String, List<Double>>();
      for (int column = 0; column < columns.size(); column++) {
        byName.put(columns.get(column), steps.means(column));
      }
      return new Points(steps.width(), steps.steps(), byName);
    }

    Domains domains() {
      var names = columns.stream().map(this::domain).distinct().toList();
      var rows = new ArrayList<Double>();
      var values = new LinkedHashMap<String, List<List<Double>>>();
      for (int column = 0; column < columns.size(); column++) {
        if (value(column).equals(DomainTrajectory.ROWS)) {
          rows.add(steps.total(column));
        } else {
          put(values, column, names, steps.means(column), List.of());
        }
      }
      return new Domains(
          steps.width(),
          steps.steps(),
          names,
          rows.size() == names.size() ? rows : List.of(),
          values,
          last(values.keySet(), names));
    }

    /** Puts what is known of a column in the place of its domain; that of a domain without such a column is {@code absent}. */
    private <T> void put(
        Map<String, List<T>> values, int column, List<String> names, T known, T absent) {
      values
          .computeIfAbsent(
              value(column), value -> new ArrayList<>(Collections.nCopies(names.size(), absent)))
          .set(names.indexOf(domain(columns.get(column))), known);
    }

    private String value(int column) {
      return columns.get(column).split("/", 2)[0];
    }

    private String domain(String column) {
      int slash = column.indexOf('/');
      if (slash < 0) {
        throw new InputException(file + ":1: the column " + column + " names no domain");
      }
      return column.substring(slash + 1);
    }

    /** Returns the values in the end; a log is read again for them, since its points depend on how many runs there are. */
    private Map<String, List<Double>> last(Set<String> values, List<String> names) {
      var last = new BinnedSteps(columns.size(), 2);
      var tenth = new BinnedSteps(columns.size(), 2);
      int first = RunFolder.lastSteps(steps.rows());
      int[] row = {0};
      RunCurves.read(file, (named, step, cells) -> {
        if (row[0] >= steps.rows() - 1) {
          last.add(step, cells);
        }
        if (row[0] >= first) {
          tenth.add(step, cells);
        }
        row[0]++;
      });
      var byName = new LinkedHashMap<String, List<Double>>();
      for (int column = 0; column < columns.size(); column++) {
        if (values.contains(value(column))) {
          var source = value(column).equals(DomainTrajectory.WEIGHT) ? last : tenth;
          put(byName, column, names, source.mean(column), null);
        }
      }
      return byName;
    }
  }

  /** Receives the columns after the step, the step, and its values: NaN where a cell is empty or no number. */
  private interface Row {
    void read(List<String> columns, long step, double[] values);
  }

  private static void read(Path file, Row row) {
    StepLog.read(file, (columns, cells) -> {
      var values = new double[cells.size() - 1];
      for (int i = 0; i < values.length; i++) {
        values[i] = LedgerRun.parsed(cells.get(i + 1)).orElse(Double.NaN);
      }
      row.read(columns.subList(1, columns.size()), step(file, cells.get(0)), values);
    });
  }

  private static long step(Path file, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InputException(file + ": expected the number of a step, found: " + text, e);
    }
  }

  private static Optional<Binned> binned(Path file, int points) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    var read = new ArrayList<Binned>();
    read(file, (columns, step, values) -> {
      if (read.isEmpty()) {
        if (columns.stream().distinct().count() < columns.size()) {
          throw new InputException(file + ":1: a column is there twice");
        }
        read.add(new Binned(file, List.copyOf(columns), new BinnedSteps(columns.size(), points)));
      }
      read.get(0).steps().add(step, values);
    });
    return read.stream().findFirst();
  }
}
