package org.tdro.training;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.Sha256;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.BaseCheckpoint;
import org.tdro.retriever.ContrastiveModel;
import org.tdro.retriever.ContrastiveOptions;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/** Makes the model that a stage trains. */
record StageModel(ResolvedConfig<RunConfig> resolved, PreparedData prepared, StagePlan plan) {
  private static final Logger LOG = LoggerFactory.getLogger(StageModel.class);

  /** Returns the model with the weights that it starts from, not compiled yet; the caller closes it. */
  ContrastiveModel open(ConfigProto session) {
    var config = resolved.config();
    if (config.model().lora().options().adapts() && config.model().path().isEmpty()) {
      throw new ConfigException(List.of(
          "%s: model.lora.rank is above 0, but model.path is missing: adapters stand beside the weights of a checkpoint"
              .formatted(resolved.origin("model.lora.rank"))));
    }
    config.model().lora().adapter().ifPresent(folder -> StartingAdapters.check(resolved, folder));
    var spec = config.model().spec(prepared.tokenizer().vocabularySize());
    checkCuts("model", spec.dimension());
    config
        .model()
        .path()
        .map(PublishedFolder::open)
        .map(folder -> new StartingModel(folder, resolved, prepared.domainNames()))
        .ifPresent(starting -> starting.deviations().forEach(LOG::warn));
    var options = new ContrastiveOptions(
        config.loss(),
        config.data().passagesPerQuery(),
        prepared.domainNames().size(),
        !config.loss().hardOnlyDomains().isEmpty(),
        config.compute());
    var reference = plan.reference().map(RetrieverSource::settings);
    reference.ifPresent(settings -> checkReference(plan.reference().orElseThrow(), settings));
    var model = new ContrastiveModel(
        spec,
        reference
            .map(settings -> options.against(
                new ContrastiveModel.Reference(settings.spec(), sharesBase(config, settings))))
            .orElse(options),
        plan.weighting(),
        config.seed(),
        session);
    try {
      plan.reference().ifPresent(model::loadReference);
      config.model().path().map(StoredRetrievers::of).ifPresent(model::load);
      config.model().lora().adapter().map(AdapterFolder::new).ifPresent(model::load);
      return model;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private void checkReference(RetrieverSource stored, RetrieverSettings settings) {
    checkSameTokens(stored, settings);
    checkCuts(settings);
  }

  /** Whether proxy and reference are adapters beside the same published weights. */
  private static boolean sharesBase(RunConfig config, RetrieverSettings reference) {
    return config.model().lora().options().adapts()
        && reference.base() != null
        && config
            .model()
            .path()
            .map(folder -> BaseCheckpoint.of(PublishedFolder.open(folder)).fingerprint())
            .filter(reference.base().fingerprint()::equals)
            .isPresent();
  }

  private void checkSameTokens(RetrieverSource reference, RetrieverSettings settings) {
    if (!fingerprint(reference, settings).equals(prepared.tokenizer().fingerprint())) {
      throw new ConfigException(
          List.of("%s: dro.reference %s has another tokenizer than the data; give data.tokenizer=%s"
              .formatted(
                  resolved.origin("dro.reference"),
                  reference.path(),
                  reference.path().resolve("tokenizer.json"))));
    }
    int positions = settings.spec().architecture().maxPositions();
    var data = resolved.config().data();
    if (Math.max(data.queryLength(), data.passageLength()) > positions) {
      throw new ConfigException(List.of("%s: dro.reference %s takes texts of at most %d tokens"
          .formatted(resolved.origin("dro.reference"), reference.path(), positions)));
    }
  }

  /** Of the reference's tokenizer, as it stands behind the end token that its pooling needs. */
  private static String fingerprint(RetrieverSource reference, RetrieverSettings settings) {
    return TemporaryFolder.with(folder ->
        reference.tokenizer(settings.spec().pooling(), folder).map(Sha256::of).orElse("none"));
  }

  /** The losses of the reference are measured as those of the proxy are, with the same cuts. */
  private void checkCuts(RetrieverSettings reference) {
    checkCuts("dro.reference", reference.spec().dimension());
    var untrained = resolved.config().loss().matryoshka().dimensions().stream()
        .filter(dimension -> !reference.isTrainedFor(dimension))
        .toList();
    if (!untrained.isEmpty()) {
      LOG.warn(
          "dro.reference was not trained at the sizes {} of loss.matryoshka-dimensions; its losses there are high",
          untrained);
    }
  }

  private void checkCuts(String key, int dimension) {
    var cuts = resolved.config().loss().matryoshka().dimensions();
    if (cuts.stream().anyMatch(cut -> cut >= dimension)) {
      throw new ConfigException(List.of(
          "%s: loss.matryoshka-dimensions must be below %d, the size of the embeddings of %s, were %s"
              .formatted(resolved.origin("loss.matryoshka-dimensions"), dimension, key, cuts)));
    }
  }
}
