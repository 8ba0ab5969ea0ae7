package org.tdro.training;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.shards.Domain;
import org.tdro.training.config.RunConfig;

/**
 * The content of a stage's inputs.
 *
 * @param fingerprints by the name of the input; a run with others is another run
 * @param domains the SHA-256 of the file of rows of each domain, by name; they explain a difference in {@code data}
 */
public record StageInputs(Map<String, String> fingerprints, Map<String, String> domains) {
  static final String DATA = "data";
  static final String TOKENIZER = "tokenizer";
  static final String MODEL = "model";
  static final String ADAPTER = "adapter";
  static final String WEIGHTS = "weights";
  static final String INITIAL_WEIGHTS = "initial-weights";
  static final String REFERENCE = "reference";
  static final String GUIDE = "guide";

  /** The names of the inputs that another run may have made, by the key that names their file or folder. */
  public static final Map<String, String> MADE_BY_RUNS = Map.of(
      "model.path", MODEL,
      "model.lora.adapter", ADAPTER,
      "data.weights", WEIGHTS,
      "dro.initial-weights", INITIAL_WEIGHTS,
      "dro.reference", REFERENCE,
      "loss.false-negative-guide", GUIDE);

  /** The names of all inputs, by the key that names their file or folder. */
  static final Map<String, String> BY_KEY = all();

  private static Map<String, String> all() {
    var all = new TreeMap<>(MADE_BY_RUNS);
    all.put("data.train", DATA);
    all.put("data.tokenizer", TOKENIZER);
    return Collections.unmodifiableMap(all);
  }

  /**
   * Reads the inputs of a run; its rows are tokenised if they are not in the cache.
   *
   * @throws org.tdro.io.InputException if they cannot be read
   */
  public static StageInputs of(ResolvedConfig<RunConfig> resolved) {
    try (var prepared = PreparedData.of(resolved.config())) {
      return of(resolved, prepared);
    }
  }

  static StageInputs of(ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    var fingerprints = InputFingerprints.starting().named(resolved);
    fingerprints.put(DATA, prepared.data().fingerprint());
    fingerprints.put(TOKENIZER, prepared.tokenizer().fingerprint());
    var domains =
        prepared.data().domains().stream().collect(Collectors.toMap(Domain::name, Domain::source));
    return new StageInputs(fingerprints, domains);
  }
}
