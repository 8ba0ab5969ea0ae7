package org.tdro.experiments.ledger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.experiments.ledger.RunDifference.Value;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.runs.DomainTrajectory;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.MixtureSearch;
import org.tdro.training.StageInputs;
import org.tdro.training.StageTraining;
import org.tdro.training.config.RunConfig;

/**
 * A run made again, from its recorded configuration, in a folder of its own, and compared with it to the bit. With the same inputs, build
 * and machine the two are equal.
 */
public final class Reproduction {
  private final RunFolder run;
  private final RunRecord record;
  private final ResolvedConfig<RunConfig> resolved;

  private Reproduction(RunFolder run, RunRecord record, ResolvedConfig<RunConfig> resolved) {
    this.run = run;
    this.record = record;
    this.resolved = resolved;
  }

  /**
   * Returns the reproduction of a run in a folder.
   *
   * @throws InputException if there is no complete run, or an input does not exist
   */
  public static Reproduction of(Path run, Path output) {
    var folder = new RunFolder(run);
    var record = RunRecord.read(folder)
        .filter(read -> read.status() == RunRecord.Status.COMPLETE)
        .orElseThrow(() -> new InputException(
            run + " holds no complete run; only a complete one can be compared with"));
    var resolved =
        ResolvedConfig.read(RunConfig.SCHEMA, folder.config(), Map.of("output", output.toString()));
    if (record.stage().equals(MixtureSearch.MERGED)) {
      throw new InputException(
          run + " is a merge of other runs, which was not trained; reproduce those");
    }
    checkInputs(Ledger.run(run));
    return new Reproduction(folder, record, resolved);
  }

  private static void checkInputs(LedgerRun run) {
    var problems = new ArrayList<String>();
    var ignored = RunConfig.SCHEMA.incidentalKeys();
    RunConfig.SCHEMA
        .inputs()
        .forEach((key, words) -> run.value(key)
            .filter(value -> !ignored.contains(key) && !words.contains(value))
            .filter(value -> !Files.exists(Path.of(value)))
            .ifPresent(value -> problems.add("%s: %s names %s, which does not exist%s"
                .formatted(run.path(), key, value, hint(run, value)))));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private static String hint(LedgerRun run, String value) {
    return Lineage.located(run, "")
        .filter(start -> Files.exists(start.resolve(value)))
        .map(start -> " from here; start in " + start + ", as the run was")
        .orElse("");
  }

  /** Returns the inputs whose content is not what it was; with any, the result is that of another run. */
  public List<Value> inputs() {
    var now = StageInputs.of(resolved);
    var differing = differing(record.inputs(), now.fingerprints());
    if (!record.domains().isEmpty()) {
      differing(record.domains(), now.domains())
          .forEach(value -> differing.add(
              new Value(LedgerRun.DOMAINS + value.name(), value.here(), value.there())));
    }
    return differing;
  }

  /**
   * Returns what the run was made with and is not here: versions, the revision of the sources, the machine. Any of them may change the
   * last bits, and the sampler all.
   */
  public List<Value> versions() {
    return differing(
        record.versions(), StageTraining.versions(resolved.config().device().session()));
  }

  private static List<Value> differing(Map<String, String> there, Map<String, String> here) {
    var names = new TreeSet<>(there.keySet());
    names.addAll(here.keySet());
    var values = new ArrayList<Value>();
    for (var name : names) {
      if (!Objects.equals(there.get(name), here.get(name))) {
        values.add(new Value(name, here.getOrDefault(name, ""), there.getOrDefault(name, "")));
      }
    }
    return values;
  }

  /**
   * Trains the run again, or the rest of it, and returns whether it is complete.
   *
   * @throws ConfigException if the folder holds another run
   */
  public boolean train(PrintStream progress) {
    return new StageTraining(resolved, progress, new SimpleMeterRegistry()).run()
        != StageTraining.Outcome.INTERRUPTED;
  }

  /**
   * The comparison of two complete runs.
   *
   * @param equal files that are equal to the byte, or of the log in all but times
   * @param differences what differs, a line for each file
   */
  public record Comparison(List<String> equal, List<String> differences) {}

  /**
   * Compares the weights, all else that training wrote, and the logs without their times. Of logs, what the run has is compared: those of
   * earlier builds lack columns.
   */
  public Comparison compare() {
    var again = new RunFolder(resolved.config().output());
    var equal = new ArrayList<String>();
    var differences = new ArrayList<String>();
    var names = new TreeSet<String>();
    for (var folder : List.of(run, again)) {
      for (var part : List.of(folder.model(), folder.weights())) {
        names.addAll(files(folder.path(), part));
      }
    }
    for (var name : names) {
      difference(again.path().resolve(name), run.path().resolve(name))
          .ifPresentOrElse(
              difference -> differences.add(name + ": " + difference), () -> equal.add(name));
    }
    for (var file : List.of(run.trajectory(), run.log())) {
      var log = run.path().relativize(file);
      if (Files.exists(file)) {
        logDifference(again.path().resolve(log), file)
            .ifPresentOrElse(
                difference -> differences.add(log + ": " + difference),
                () -> equal.add(log.toString()));
      }
    }
    return new Comparison(equal, differences);
  }

  private static List<String> files(Path run, Path part) {
    if (!Files.exists(part)) {
      return List.of();
    }
    try (var files = Files.walk(part)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .toList();
    } catch (IOException e) {
      throw FileException.reading(part, e);
    }
  }

  private static Optional<String> difference(Path here, Path there) {
    if (!Files.exists(here) || !Files.exists(there)) {
      return Optional.of(Files.exists(here) ? "is not there in the run" : "was not written again");
    }
    try {
      long place = Files.mismatch(here, there);
      return place < 0
          ? Optional.empty()
          : Optional.of("differs from byte %d on, of %d".formatted(place, Files.size(there)));
    } catch (IOException e) {
      throw FileException.reading(here, e);
    }
  }

  private Optional<String> logDifference(Path file, Path before) {
    var there = StepLog.rows(before);
    // That of a run which an earlier build began without it starts later.
    var first = there.isEmpty() ? null : there.get(0).get(RunReading.STEP);
    var here = StepLog.rows(file).stream()
        .dropWhile(row -> !Objects.equals(row.get(RunReading.STEP), first))
        .toList();
    for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
      for (var cell : compared(there.get(i)).entrySet()) {
        var now = here.get(i).get(cell.getKey());
        if (!cell.getValue().equals(now)) {
          return Optional.of("from row %d on: %s is %s, was %s"
              .formatted(i + 1, cell.getKey(), now, cell.getValue()));
        }
      }
    }
    return here.size() == there.size()
        ? Optional.empty()
        : Optional.of("has %d rows, had %d".formatted(here.size(), there.size()));
  }

  /** Returns the cells of a row of the run that a run of this build must have, too. */
  private Map<String, String> compared(Map<String, String> row) {
    // Before there were rows, the losses of a trajectory were those of the last micro-batch.
    boolean ofMicroBatch = resolved.config().train().accumulationSteps() > 1
        && row.keySet().stream()
            .noneMatch(column -> column.startsWith(DomainTrajectory.ROWS + "/"));
    var compared = new LinkedHashMap<>(row);
    compared
        .keySet()
        .removeIf(column -> column.endsWith(RunReading.TIMES)
            || (ofMicroBatch
                && (column.startsWith(DomainTrajectory.LOSS + "/")
                    || column.startsWith(DomainTrajectory.REFERENCE_LOSS + "/"))));
    return compared;
  }
}
