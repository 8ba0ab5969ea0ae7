package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.Sha256;
import org.tdro.io.TemporaryFolder;
import org.tdro.models.lora.Lora;
import org.tdro.retriever.BaseCheckpoint;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/** The model that a stage trains, as its configuration, data and plan describe it. */
record StageModel(ResolvedConfig<RunConfig> resolved, PreparedData prepared, StagePlan plan) {
  private static final Logger LOG = LoggerFactory.getLogger(StageModel.class);
  private static final String GUIDE = "loss.false-negative-guide";

  /** Returns the model with the weights that it starts from, not compiled yet; the caller closes it. */
  ContrastiveModel open(ConfigProto session) {
    var config = resolved.config();
    int ids = prepared.tokenizer().vocabularySize();
    var spec = config.model().spec(ids);
    if (spec.architecture().vocabulary() < ids) {
      throw new ConfigException(
          List.of("%s: model.vocabulary must be at least %d, the tokenizer's number of ids, was %d"
              .formatted(
                  resolved.origin("model.vocabulary"), ids, spec.architecture().vocabulary())));
    }
    checkCuts("model", spec.dimension());
    var starting = config
        .model()
        .path()
        .map(PublishedFolder::open)
        .map(folder -> new StartingModel(folder, resolved, prepared.domainNames()));
    starting.ifPresent(model -> model.deviations().forEach(LOG::warn));
    starting.flatMap(StartingModel::learningRateWarning).ifPresent(LOG::warn);
    warnOfUnknownPrompts(starting.map(StartingModel::promptNames).orElse(Set.of()));
    var options = new ContrastiveOptions(
        config.loss(),
        config.data().passagesPerQuery(),
        prepared.domainNames().size(),
        !config.loss().hardOnlyDomains().isEmpty(),
        config.compute());
    var reference =
        plan.reference().map(RetrieverSource::settings).map(RetrieverSettings::comparedByProduct);
    reference.ifPresent(settings -> checkReference(plan.reference().orElseThrow(), settings));
    var guide = config.loss().falseNegatives().guide().map(StoredRetrievers::of);
    guide.ifPresent(this::checkGuide);
    if (guide.isPresent()) {
      options =
          options.guidedBy(guide.orElseThrow().settings().comparedByProduct().spec());
    }
    if (reference.isPresent()) {
      var settings = reference.orElseThrow();
      options = options.against(
          new ContrastiveModel.Reference(settings.spec(), sharesBase(config, settings)));
    }
    var model = new ContrastiveModel(spec, options, plan.weighting(), config.seed(), session);
    try {
      plan.reference().ifPresent(model::loadReference);
      guide.ifPresent(model::loadGuide);
      config.model().path().map(StoredRetrievers::of).ifPresent(model::load);
      config.model().lora().adapter().map(AdapterFolder::new).ifPresent(model::load);
      return model;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** Checks that the model has a position for every token of the longest texts. */
  static void checkLengths(ResolvedConfig<RunConfig> resolved) {
    var data = resolved.config().data();
    int positions = resolved.config().model().positions();
    var problems = new ArrayList<String>();
    Map.of("data.query-length", data.queryLength(), "data.passage-length", data.passageLength())
        .forEach((key, length) -> {
          if (length > positions) {
            problems.add("%s: %s must be at most %d, the positions of the model, was %d"
                .formatted(resolved.origin(key), key, positions, length));
          }
        });
    if (!problems.isEmpty()) {
      throw new ConfigException(problems.stream().sorted().toList());
    }
  }

  /** Checks the adapters of a configuration, which takes neither data nor weights. */
  static void checkAdapters(ResolvedConfig<RunConfig> resolved) {
    var model = resolved.config().model();
    if (!model.lora().options().adapts()) {
      return;
    }
    if (model.path().isEmpty()) {
      throw new ConfigException(List.of(
          "%s: model.lora.rank is above 0, but model.path is missing: adapters need the weights of a checkpoint"
              .formatted(resolved.origin("model.lora.rank"))));
    }
    try {
      var asked = model.adaptation();
      model.lora().adapter().ifPresent(folder -> checkStart(folder, asked, resolved));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of("%s: model.lora.target-modules: %s"
          .formatted(resolved.origin("model.lora.target-modules"), e.getMessage())));
    }
  }

  /** Checks that the adapters that training starts from have the rank, alpha and target modules of the configuration. */
  private static void checkStart(Path folder, Lora asked, ResolvedConfig<RunConfig> resolved) {
    var stored = new AdapterFolder(folder).config().lora();
    var problems = new ArrayList<String>();
    if (asked.rank() != stored.rank()) {
      problems.add("%s: model.lora.rank is %d, but that of model.lora.adapter %s is %d"
          .formatted(resolved.origin("model.lora.rank"), asked.rank(), folder, stored.rank()));
    }
    if (asked.alpha() != stored.alpha()) {
      problems.add("%s: model.lora.alpha is %s, but that of model.lora.adapter %s is %s"
          .formatted(resolved.origin("model.lora.alpha"), asked.alpha(), folder, stored.alpha()));
    }
    var askedTargets = new TreeSet<>(asked.targetModules());
    var storedTargets = new TreeSet<>(stored.targetModules());
    if (!askedTargets.equals(storedTargets)) {
      problems.add("%s: model.lora.target-modules is %s, but that of model.lora.adapter %s is %s"
          .formatted(
              resolved.origin("model.lora.target-modules"), askedTargets, folder, storedTargets));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  /** Warns of prompts for domains without rows, unless they are {@code published} ones that the model keeps. */
  private void warnOfUnknownPrompts(Set<String> published) {
    var unknown = new TreeSet<>(resolved.config().data().prompts().keySet());
    unknown.removeAll(prepared.allDomainNames());
    unknown.removeAll(published);
    if (!unknown.isEmpty()) {
      LOG.warn("data.prompts names {}, but the domains are {}", unknown, prepared.allDomainNames());
    }
  }

  private void checkReference(RetrieverSource stored, RetrieverSettings settings) {
    checkSameTokens("dro.reference", stored, settings);
    checkCuts(settings);
  }

  private void checkGuide(RetrieverSource stored) {
    var settings = stored.settings();
    checkSameTokens(GUIDE, stored, settings);
    if (!settings.prompts().equals(resolved.config().data().everyPrompt())) {
      LOG.warn("{} reads the texts with the prompts of the data, which are not its own", GUIDE);
    }
  }

  /** Returns whether proxy and reference are adapters of the same published weights. */
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

  private void checkSameTokens(String key, RetrieverSource stored, RetrieverSettings settings) {
    if (!fingerprint(stored, settings).equals(prepared.tokenizer().fingerprint())) {
      throw new ConfigException(
          List.of("%s: %s %s has another tokenizer than the data; give data.tokenizer=%s"
              .formatted(
                  resolved.origin(key),
                  key,
                  stored.path(),
                  stored.path().resolve("tokenizer.json"))));
    }
    int positions = settings.spec().architecture().maxPositions();
    var data = resolved.config().data();
    if (Math.max(data.queryLength(), data.passageLength()) > positions) {
      throw new ConfigException(List.of("%s: %s %s takes texts of at most %d tokens"
          .formatted(resolved.origin(key), key, stored.path(), positions)));
    }
  }

  /** Returns the hash of a retriever's tokenizer, with the end token that its pooling needs. */
  private static String fingerprint(RetrieverSource reference, RetrieverSettings settings) {
    return TemporaryFolder.with(folder ->
        reference.tokenizer(settings.spec().pooling(), folder).map(Sha256::of).orElse("none"));
  }

  /** Checks that the reference's embeddings can be cut as the proxy's are, and warns if it was not trained for that. */
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
