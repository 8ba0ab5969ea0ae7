package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.Sha256;
import org.tdro.mixing.SizeShares;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.DomainFiles;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.TrainConfig;

/** Fingerprints of the files and folders that configurations name, by content. Each is read once, however many stages use it. */
public final class InputFingerprints {
  private final Map<String, String> known = new HashMap<>();
  private final Predicate<Path> counted;

  private InputFingerprints(Predicate<Path> counted) {
    this.counted = counted;
  }

  /**
   * Returns those of runs that are planned, whose tokenizer and rows are not prepared yet. What does not exist, because an
   * earlier stage makes it, is left out. The files must not change while this is used.
   */
  public static InputFingerprints planned() {
    return new InputFingerprints(Files::exists);
  }

  /** Returns those of a run that is about to start: all that it names must exist. */
  static InputFingerprints starting() {
    return new InputFingerprints(file -> true);
  }

  /** Returns the fingerprints of a planned stage by the name of the input; two stages that have the same are the same run. */
  public Map<String, String> beforePreparation(ResolvedConfig<RunConfig> resolved) {
    var data = resolved.config().data();
    var inputs = named(resolved);
    DomainFiles.sources(List.of(data.train()), skipped -> {})
        .forEach(
            (domain, file) -> put(inputs, "rows of " + domain, file, DomainFiles::fingerprint));
    data.tokenizer().ifPresent(file -> put(inputs, StageInputs.TOKENIZER, file, Sha256::of));
    return inputs;
  }

  /** Returns the fingerprint of a file. */
  public String of(Path file) {
    return known.computeIfAbsent(file.toString(), path -> Sha256.of(file));
  }

  /** Returns the fingerprints of the configuration and of what it names except rows and tokenizer. */
  Map<String, String> named(ResolvedConfig<RunConfig> resolved) {
    var config = resolved.config();
    var inputs = new TreeMap<String, String>();
    inputs.put(RunRecord.CONFIGURATION, resolved.fingerprint());
    config
        .model()
        .path()
        .ifPresent(folder -> put(
            inputs,
            StageInputs.MODEL,
            folder,
            path -> PublishedFolder.open(path).fingerprint()));
    config
        .model()
        .lora()
        .adapter()
        .ifPresent(folder -> put(
            inputs, StageInputs.ADAPTER, folder, path -> new AdapterFolder(path).fingerprint()));
    config
        .loss()
        .falseNegatives()
        .guide()
        .ifPresent(folder -> put(
            inputs, StageInputs.GUIDE, folder, path -> StoredRetrievers.of(path).fingerprint()));
    if (isFile(config.data().weights())) {
      put(inputs, StageInputs.WEIGHTS, Path.of(config.data().weights()), Sha256::of);
    }
    if (config.train().keep() == TrainConfig.Keep.BEST) {
      inputs.put("development queries", new EvaluationSets(resolved).developmentFingerprint());
    }
    config.learning().ifPresent(dro -> {
      if (isFile(dro.initialWeights())) {
        put(inputs, StageInputs.INITIAL_WEIGHTS, Path.of(dro.initialWeights()), Sha256::of);
      }
      dro.reference()
          .ifPresent(run -> put(
              inputs,
              StageInputs.REFERENCE,
              run,
              path -> StoredRetrievers.of(path).fingerprint()));
    });
    return inputs;
  }

  private void put(
      Map<String, String> inputs, String name, Path path, Function<Path, String> fingerprint) {
    if (counted.test(path)) {
      inputs.put(name, known.computeIfAbsent(name + " " + path, key -> fingerprint.apply(path)));
    }
  }

  private static boolean isFile(String weights) {
    return SizeShares.parse(weights).isEmpty();
  }
}
