package org.tdro.training;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.config.ConfigException;
import org.tdro.config.DataConfig;
import org.tdro.config.ResolvedConfig;
import org.tdro.config.Stage;
import org.tdro.dro.TdroModel;
import org.tdro.retrieval.ContrastiveModel;
import org.tdro.retrieval.ContrastiveOptions;
import org.tdro.retrieval.RetrieverFolder;
import org.tdro.retrieval.RetrieverSettings;
import org.tdro.text.Tokenizer;
import org.tensorflow.proto.ConfigProto;

/** The model that a stage trains. */
final class StageModels {
  private StageModels() {}

  /** Not compiled yet; the caller closes it. */
  static ContrastiveModel of(ResolvedConfig resolved, PreparedData prepared) {
    var config = resolved.config();
    var spec = FromConfig.spec(config.model(), prepared.tokenizer().vocabularySize());
    var options = new ContrastiveOptions(
        FromConfig.loss(config.loss()),
        config.data().passagesPerQuery(),
        prepared.domainNames().size(),
        !config.loss().hardOnlyDomains().isEmpty(),
        FromConfig.chunking(config),
        config.train().gradientCheckpointing());
    var session = ConfigProto.getDefaultInstance();
    if (config.stage() != Stage.DRO) {
      return new ContrastiveModel(spec, options, config.seed(), session);
    }
    var weightOptions = FromConfig.domainWeights(config.dro(), config.train().steps());
    var reference = weightOptions.measure().needsReference()
        ? config.dro().reference().map(RetrieverFolder::of)
        : Optional.<RetrieverFolder>empty();
    var referenceSettings = reference.map(RetrieverFolder::settings);
    reference.ifPresent(
        folder -> checkSameTokens(resolved, folder, prepared, referenceSettings.get()));
    var model = new TdroModel(
        spec,
        options,
        weightOptions,
        weightOptions.optimizer(config.train().steps(), config.train().accumulationSteps()),
        initialWeights(config.dro().initialWeights(), prepared),
        referenceSettings.map(RetrieverSettings::spec),
        config.seed(),
        session);
    try {
      reference.ifPresent(folder -> model.loadReference(folder.weights()));
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static void checkSameTokens(
      ResolvedConfig resolved,
      RetrieverFolder reference,
      PreparedData prepared,
      RetrieverSettings settings) {
    try (var tokenizer = Tokenizer.load(reference.tokenizer())) {
      if (!tokenizer.fingerprint().equals(prepared.tokenizer().fingerprint())) {
        throw new ConfigException(List.of(
            "%s: dro.reference %s has another tokenizer than the data; give data.tokenizer=%s"
                .formatted(
                    resolved.origin("dro.reference"), reference.path(), reference.tokenizer())));
      }
    }
    int positions = settings.spec().architecture().maxPositions();
    var data = resolved.config().data();
    if (Math.max(data.queryLength(), data.passageLength()) > positions) {
      throw new ConfigException(List.of("%s: dro.reference %s takes texts of at most %d tokens"
          .formatted(resolved.origin("dro.reference"), reference.path(), positions)));
    }
  }

  private static List<Double> initialWeights(String source, PreparedData prepared) {
    var names = prepared.domainNames();
    return source.equals(DataConfig.UNIFORM)
        ? names.stream().map(name -> 1.0 / names.size()).toList()
        : DomainProbabilities.fromFile(Path.of(source), weights -> weights.weightsOf(names));
  }
}
