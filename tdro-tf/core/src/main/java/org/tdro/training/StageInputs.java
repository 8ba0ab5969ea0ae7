package org.tdro.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.io.Sha256;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.Fold;
import org.tdro.runs.RunFolder;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.Stage;

/** What goes into a stage besides its configuration's values, by content. */
final class StageInputs {
  private StageInputs() {}

  /** Fingerprints by name; another run has others. */
  static Map<String, String> fingerprints(
      ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    var config = resolved.config();
    var inputs = new TreeMap<String, String>();
    inputs.put("configuration", resolved.fingerprint());
    inputs.put("data", prepared.data().fingerprint());
    inputs.put("tokenizer", prepared.tokenizer().fingerprint());
    config
        .model()
        .path()
        .ifPresent(folder -> inputs.put("model", new HuggingFaceFolder(folder).fingerprint()));
    config
        .model()
        .lora()
        .adapter()
        .ifPresent(folder -> inputs.put("adapter", new AdapterFolder(folder).fingerprint()));
    if (isFile(config.data().weights())) {
      inputs.put("weights", Sha256.of(Path.of(config.data().weights())));
    }
    if (config.stage() == Stage.DRO) {
      if (isFile(config.dro().initialWeights())) {
        inputs.put("initial-weights", Sha256.of(Path.of(config.dro().initialWeights())));
      }
      config
          .dro()
          .reference()
          .ifPresent(run -> inputs.put("reference", StoredRetrievers.of(run).fingerprint()));
    }
    return inputs;
  }

  /** The part of each domain's rows that the stage draws from: cross-fitting takes the one that the reference has not seen. */
  static Fold fold(ResolvedConfig<RunConfig> resolved) {
    var config = resolved.config();
    if (config.stage() != Stage.DRO
        || !config.dro().crossFit()
        || config.dro().reference().isEmpty()) {
      return config.data().fold();
    }
    var referenceConfig = new RunFolder(config.dro().reference().get()).config();
    var seen =
        ResolvedConfig.read(RunConfig.SCHEMA, referenceConfig).config().data().fold();
    if (seen == Fold.ALL) {
      throw new ConfigException(List.of(
          "%s: dro.cross-fit needs a reference that was trained on one half of the rows, but data.fold is all in %s; train it with data.fold=first"
              .formatted(resolved.origin("dro.cross-fit"), referenceConfig)));
    }
    return seen == Fold.FIRST ? Fold.SECOND : Fold.FIRST;
  }

  private static boolean isFile(String weights) {
    return !weights.equals(DataConfig.UNIFORM) && !weights.equals(DataConfig.PROPORTIONAL);
  }
}
