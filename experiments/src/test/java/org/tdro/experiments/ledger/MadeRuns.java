package org.tdro.experiments.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.io.Json;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

/** Folders with the files of runs that nobody trained. */
public final class MadeRuns {
  private final Path root;

  public MadeRuns(Path root) {
    this.root = root;
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
  }

  /** A run of these settings in a folder below the root, complete, with a log of one step. */
  public RunFolder complete(String path, String... arguments) {
    var run = write(path, RunRecord.Status.COMPLETE, Map.of(), arguments);
    write(run.log(), "step,loss,step_seconds\n1,0.5,0.1\n");
    return run;
  }

  /** A run that was begun. */
  public RunFolder unfinished(String path, String... arguments) {
    return write(path, RunRecord.Status.STARTED, Map.of(), arguments);
  }

  /** A complete run with further inputs. */
  RunFolder with(String path, Map<String, String> inputs, String... arguments) {
    return write(path, RunRecord.Status.COMPLETE, inputs, arguments);
  }

  private RunFolder write(
      String path, RunRecord.Status status, Map<String, String> further, String... arguments) {
    var run = new RunFolder(root.resolve(path));
    var all = new ArrayList<>(List.of("output=runs/" + path));
    all.addAll(List.of(arguments));
    var resolved = RunConfig.composer(Optional.empty()).compose(all);
    var config = resolved.config();
    write(run.config(), resolved.render());
    var inputs = new TreeMap<>(
        Map.of(RunRecord.CONFIGURATION, resolved.fingerprint(), "data", "d1", "tokenizer", "t1"));
    inputs.putAll(further);
    var begun = RunRecord.begun(
            config.stage().name().toLowerCase(Locale.ROOT),
            config.seed(),
            inputs,
            Map.of("java", "17"))
        .withDomains(Map.of("news", "n1"));
    Json.write(run.record(), status == RunRecord.Status.COMPLETE ? begun.completed(2.5) : begun);
    if (status == RunRecord.Status.COMPLETE) {
      write(run.model().resolve("notes.txt"), "");
    }
    return run;
  }

  /** Results on two sets, of which the measure's mean is {@code value}. */
  public static void evaluate(RunFolder run, double value) {
    Json.write(
        run.path().resolve("evaluation.json"),
        Map.of(
            "key", "k",
            "model", "m",
            "values",
                Map.of(
                    "sets",
                    Map.of(
                        "one", Map.of("ndcg_cut_10", value - 0.125),
                        "two", Map.of("ndcg_cut_10", value + 0.125)))));
  }

  public static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
