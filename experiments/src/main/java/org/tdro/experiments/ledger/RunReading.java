package org.tdro.experiments.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tdro.config.ResolvedConfig;
import org.tdro.experiments.ledger.Fact.Kind;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.io.StepLog;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.DevelopmentEvaluation;
import org.tdro.training.RunSetting;
import org.tdro.training.StoredEvaluation;
import org.tdro.training.config.RunConfig;

/** The reading of one run's folder. A file that cannot be read is a problem and hides no other. */
final class RunReading {
  /** The fact that says what a run's own configuration is apart from its seed; it is not shown. */
  static final String SETTING = "setting";

  /** Ends the columns of times. */
  static final String TIMES = "_seconds";

  /** The column of logs that counts steps. */
  static final String STEP = "step";

  private static final List<String> KEYS = RunConfig.SCHEMA.keys();

  private final RunFolder run;
  private final List<Fact> facts = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * What a folder holds.
   *
   * @param facts empty if it holds no run that can be read
   * @param problems what could not be read, each naming its file
   */
  record Content(List<Fact> facts, List<String> problems) {}

  private RunReading(Path folder) {
    this.run = new RunFolder(folder);
  }

  /** Reads a folder that has a run's record. */
  static Content of(Path folder) {
    var reading = new RunReading(folder);
    reading.record();
    return new Content(reading.facts, reading.problems);
  }

  /** Returns times and sizes of the files that {@link #of} reads, and whether there is a model, which change whenever they do. */
  static String signature(Path folder) {
    var run = new RunFolder(folder);
    var signature = new StringBuilder();
    for (var path : List.of(run.record(), run.config(), run.log(), run.evaluation())) {
      // Of a missing file both are 0, without the cost of an exception.
      var file = path.toFile();
      signature.append(file.lastModified()).append('.').append(file.length()).append(' ');
    }
    return signature.append(run.model().toFile().isDirectory() ? "model" : "").toString();
  }

  /** Returns whether a folder has a run's record, whatever it holds. */
  static boolean isRun(Path folder) {
    return Files.exists(new RunFolder(folder).record(), LinkOption.NOFOLLOW_LINKS);
  }

  private void record() {
    RunRecord record;
    try {
      if (!isFile(run.record())) {
        return;
      }
      record = Json.read(run.record(), RunRecord.class);
    } catch (InputException e) {
      problems.addAll(e.problems());
      return;
    }
    add(Kind.RUN, LedgerRun.STAGE, record.stage());
    add(
        Kind.RUN,
        LedgerRun.STATUS,
        record.status() == RunRecord.Status.COMPLETE
            ? LedgerRun.Status.COMPLETE.word()
            : LedgerRun.Status.UNFINISHED.word());
    if (record.status() == RunRecord.Status.COMPLETE && !Files.isDirectory(run.model())) {
      add(Kind.RUN, LedgerRun.MODEL, LedgerRun.DELETED);
    }
    add(Kind.RUN, LedgerRun.SEED, Long.toString(record.seed()));
    add(Kind.RUN, LedgerRun.STARTED, record.started());
    config();
    record.inputs().forEach((name, value) -> add(Kind.INPUT, LedgerRun.INPUTS + name, value));
    record.domains().forEach((name, value) -> add(Kind.INPUT, LedgerRun.DOMAINS + name, value));
    record.versions().forEach((name, value) -> add(Kind.VERSION, LedgerRun.VERSIONS + name, value));
    if (record.seconds() != null) {
      add(Kind.RESULT, LedgerRun.SECONDS, record.seconds().toString());
    }
    if (record.peakMemoryMiB() != null) {
      add(Kind.RESULT, LedgerRun.MEMORY, record.peakMemoryMiB().toString());
    }
    guarded(() -> log(record.modelStep()));
    guarded(this::evaluation);
  }

  private void config() {
    if (!isFile(run.config())) {
      return;
    }
    guarded(() -> {
      var values = new LinkedHashMap<String, String>();
      var read = ResolvedConfig.values(run.config());
      // In the order of the files; keys of other builds come last.
      KEYS.stream().filter(read::containsKey).forEach(key -> values.put(key, read.remove(key)));
      values.putAll(read);
      values.keySet().removeAll(List.of(LedgerRun.STAGE, LedgerRun.SEED));
      values.forEach((key, value) -> add(Kind.CONFIG, key, value));
    });
    guarded(() -> {
      var own = RunSetting.own(ResolvedConfig.read(RunConfig.SCHEMA, run.config()));
      add(Kind.RUN, SETTING, Sha256.of(new TreeMap<>(own).toString()));
    });
  }

  private void log(Long keptStep) {
    if (!Files.exists(run.log()) || !isFile(run.log())) {
      return;
    }
    var last = StepLog.last(run.log());
    guarded(() ->
        run.loss().ifPresent(loss -> add(Kind.RESULT, LedgerRun.LOSS, Double.toString(loss))));
    if (keptStep != null) {
      add(Kind.RESULT, LedgerRun.KEPT_STEP, keptStep.toString());
      last.putAll(development(keptStep));
    }
    last.forEach((column, value) -> {
      if (column.startsWith(DevelopmentEvaluation.PREFIX)) {
        add(Kind.RESULT, column.replace('/', '.'), value);
      } else if (!column.endsWith(TIMES)) {
        // The times of the last step say nothing of the run.
        add(Kind.RESULT, LedgerRun.LOG + column, value);
      }
    });
  }

  /** Returns the values on development queries at a step: those of the model that was kept. */
  private Map<String, String> development(long step) {
    var values = new TreeMap<String, String>();
    for (var row : StepLog.rows(run.log())) {
      if (row.getOrDefault(STEP, "").equals(Long.toString(step))) {
        values.putAll(row);
      }
    }
    values
        .keySet()
        .removeIf(column -> !column.startsWith(DevelopmentEvaluation.PREFIX)
            || values.get(column).isEmpty());
    return values;
  }

  private void evaluation() {
    var file = run.evaluation();
    if (!Files.exists(file) || !isFile(file) || !modelIsOfFiles()) {
      return;
    }
    var stored = StoredEvaluation.ofRun(run.path());
    if (stored.isEmpty()) {
      problem(
          file
              + ": its values are left out, for it does not say that they are of the model here; run the pipeline again");
      return;
    }
    var sets = stored.get().values().sets();
    sets.values().stream()
        .flatMap(measures -> measures.keySet().stream())
        .distinct()
        .forEach(measure -> add(
            Kind.RESULT,
            LedgerRun.EVAL + measure,
            Double.toString(sets.values().stream()
                .filter(measures -> measures.containsKey(measure))
                .mapToDouble(measures -> measures.get(measure))
                .average()
                .orElseThrow())));
    sets.forEach((set, measures) -> measures.forEach((measure, value) ->
        add(Kind.RESULT, LedgerRun.EVAL + set + "." + measure, Double.toString(value))));
  }

  /** Returns whether what is in the model's folder can be read, for the evaluation says of which model it is. */
  private boolean modelIsOfFiles() {
    var model = run.model();
    if (!Files.isDirectory(model)) {
      return true;
    }
    try (var files = Files.walk(model)) {
      return files.filter(path -> !Files.isDirectory(path)).allMatch(this::isFile);
    } catch (IOException | UncheckedIOException e) {
      problem("cannot read the folder " + model + ": " + e.getMessage());
      return false;
    }
  }

  /** Returns whether there is something that reading comes to the end of: not a pipe, which may have no writer, and no device. */
  private boolean isFile(Path file) {
    boolean is = Files.isRegularFile(file);
    if (!is) {
      problem(file + (Files.exists(file) ? ": is not a regular file" : ": there is no such file"));
    }
    return is;
  }

  private void add(Kind kind, String name, String value) {
    facts.add(new Fact(kind, name, value));
  }

  private void guarded(Runnable reading) {
    try {
      reading.run();
    } catch (InputException e) {
      e.problems().forEach(this::problem);
    } catch (FileException e) {
      problem(e.getMessage());
    }
  }

  private void problem(String problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }
}
