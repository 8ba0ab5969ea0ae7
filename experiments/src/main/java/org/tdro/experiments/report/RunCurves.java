package org.tdro.experiments.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.experiments.ledger.LedgerRun;
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
   */
  record Domains(
      int every,
      List<Long> steps,
      List<String> names,
      List<Double> rows,
      Map<String, List<List<Double>>> values) {}

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
  private record Binned(List<String> columns, BinnedSteps steps) {
    Points points() {
      var byName = new LinkedHashMap<String, List<Double>>();
      for (int column = 0; column < columns.size(); column++) {
        byName.put(columns.get(column), steps.means(column));
      }
      return new Points(steps.width(), steps.steps(), byName);
    }

    Domains domains() {
      var names = new ArrayList<String>();
      var rows = new ArrayList<Double>();
      var values = new LinkedHashMap<String, List<List<Double>>>();
      for (int column = 0; column < columns.size(); column++) {
        var name = columns.get(column).split("/", 2);
        var value = name[0];
        var domain = name[1];
        if (!names.contains(domain)) {
          names.add(domain);
        }
        if (value.equals(DomainTrajectory.ROWS)) {
          rows.add(steps.total(column));
        } else {
          values.computeIfAbsent(value, absent -> new ArrayList<>()).add(steps.means(column));
        }
      }
      return new Domains(steps.width(), steps.steps(), names, rows, values);
    }
  }

  private static Optional<Binned> binned(Path file, int points) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    var read = new ArrayList<Binned>();
    StepLog.read(file, (columns, cells) -> {
      if (read.isEmpty()) {
        var named = columns.subList(1, columns.size());
        read.add(new Binned(List.copyOf(named), new BinnedSteps(named.size(), points)));
      }
      var values = new double[cells.size() - 1];
      for (int i = 0; i < values.length; i++) {
        values[i] = LedgerRun.parsed(cells.get(i + 1)).orElse(Double.NaN);
      }
      read.get(0).steps().add(Long.parseLong(cells.get(0)), values);
    });
    return read.stream().findFirst();
  }
}
