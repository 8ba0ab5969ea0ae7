package org.tdro.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.Sha256;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.TrainConfig;

/** The fingerprints of a stage's inputs, by content. */
final class StageInputs {
  private StageInputs() {}

  /** Returns the fingerprints by the name of the input; a run with others is another run. */
  static Map<String, String> fingerprints(
      ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    var config = resolved.config();
    var inputs = new TreeMap<String, String>();
    inputs.put(RunRecord.CONFIGURATION, resolved.fingerprint());
    inputs.put("data", prepared.data().fingerprint());
    inputs.put("tokenizer", prepared.tokenizer().fingerprint());
    config
        .model()
        .path()
        .ifPresent(folder -> inputs.put("model", PublishedFolder.open(folder).fingerprint()));
    config
        .model()
        .lora()
        .adapter()
        .ifPresent(folder -> inputs.put("adapter", new AdapterFolder(folder).fingerprint()));
    if (isFile(config.data().weights())) {
      inputs.put("weights", Sha256.of(Path.of(config.data().weights())));
    }
    if (config.train().keep() == TrainConfig.Keep.BEST) {
      inputs.put("development queries", new EvaluationSets(resolved).developmentFingerprint());
    }
    config.learning().ifPresent(dro -> {
      if (isFile(dro.initialWeights())) {
        inputs.put("initial-weights", Sha256.of(Path.of(dro.initialWeights())));
      }
      dro.reference()
          .ifPresent(run -> inputs.put("reference", StoredRetrievers.of(run).fingerprint()));
    });
    return inputs;
  }

  private static boolean isFile(String weights) {
    return !weights.equals(DataConfig.UNIFORM) && !weights.equals(DataConfig.PROPORTIONAL);
  }
}
