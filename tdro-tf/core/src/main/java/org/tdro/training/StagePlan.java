package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.EqualTexts;
import org.tdro.data.mixture.EpochOrder;
import org.tdro.data.mixture.MixtureBatches;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.data.mixture.MixtureSchedule;
import org.tdro.data.mixture.SpreadOrder;
import org.tdro.io.AtomicWrite;
import org.tdro.keras.Callback;
import org.tdro.mixing.DoReMi;
import org.tdro.mixing.GroupDro;
import org.tdro.mixing.MixtureLearner;
import org.tdro.mixing.OnlineMixture;
import org.tdro.mixing.ScaledLosses;
import org.tdro.mixing.SizeShares;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.tdro.DomainWeights;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.RowWeighting;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.Fold;
import org.tdro.runs.DomainTrajectory;
import org.tdro.runs.RunFolder;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.DroConfig;
import org.tdro.training.config.RunConfig;
import org.tensorflow.Session;

/**
 * A stage as a value: the rows that it draws, their weighting, the reference of their losses, and the mixture that it learns. It is made
 * anew for each training, because a weighting belongs to one model.
 *
 * @param fold the part of each domain's rows that is drawn from
 * @param sampler the sampler of the rows of each batch
 * @param weighting the weighting of a micro-batch's rows in the loss
 * @param reference the frozen model that losses are compared with, where the weighting compares them
 * @param learned the mixture that is learned along with the model, if one is
 * @param callbacks callbacks that move the sampler, record the course of the domains and warn of it
 */
record StagePlan(
    Fold fold,
    MixtureSampler sampler,
    RowWeighting weighting,
    Optional<RetrieverSource> reference,
    Optional<Learned> learned,
    List<Callback> callbacks) {
  private static final Logger LOG = LoggerFactory.getLogger(StagePlan.class);

  /**
   * The mixture that a stage learns, and the files that are written of it.
   *
   * @param learner the method that learns it
   * @param topPercents percentages of the domains that selections keep
   */
  record Learned(MixtureLearner learner, List<Integer> topPercents) {

    /** Writes the weights files into {@code folder}; {@code session} is that of the model. */
    void write(Session session, PreparedData prepared, Path folder) {
      var sizes = prepared.data().domains().stream()
          .map(domain -> new DomainSize(domain.name(), domain.size(Fold.ALL)))
          .toList();
      AtomicWrite.folder(folder, beside -> {
        var mixture = learner.learned(session);
        mixture
            .files(sizes, topPercents)
            .forEach((name, weights) -> weights.write(beside.resolve(name)));
        mixture.result(sizes).aboveLargestGap().write(beside.resolve("gap_weights.json"));
      });
    }
  }

  /**
   * Returns the plan of the stage that a configuration describes.
   *
   * @throws ConfigException if the reference does not fit the configuration
   * @throws org.tdro.io.InputException if a domain with a weight has no rows
   */
  static StagePlan of(ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    return resolved
        .config()
        .learning()
        .map(dro -> learning(resolved, dro, prepared))
        .orElseGet(() -> plain(resolved, prepared));
  }

  private static StagePlan plain(ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    var config = resolved.config();
    var fold = config.data().fold();
    boolean scaled = config.data().weightsApplyTo() == DataConfig.WeightsApplyTo.LOSS;
    var weights = weights(config, prepared, fold);
    if (scaled && weights.stream().filter(weight -> weight > 0).distinct().count() == 1) {
      LOG.info("data.weights-apply-to=loss changes nothing: the weights of all domains are equal");
    }
    return new StagePlan(
        fold,
        sampler(
            resolved,
            prepared,
            fold,
            MixtureSchedule.constant(scaled ? ScaledLosses.sampling(weights) : weights),
            MixtureBatches.BLOCK),
        ofRows(config, scaled ? new ScaledLosses(weights) : RowWeighting.uniform()),
        Optional.empty(),
        Optional.empty(),
        List.of(trajectory(config, prepared)));
  }

  private static DomainTrajectory trajectory(RunConfig config, PreparedData prepared) {
    return new DomainTrajectory(new RunFolder(config.output()).trajectory(), prepared.domainNames())
        .column(DomainTrajectory.ROWS, ContrastiveModel.DOMAIN_ROWS)
        .column(DomainTrajectory.LOSS, ContrastiveModel.DOMAIN_LOSS);
  }

  private static StagePlan learning(
      ResolvedConfig<RunConfig> resolved, DroConfig dro, PreparedData prepared) {
    var config = resolved.config();
    var initialWeights = initialWeights(dro.initialWeights(), prepared);
    var learner = learner(config, dro, initialWeights);
    var fold = fold(resolved, dro);
    var weights = weights(config, prepared, fold);
    var callbacks = new ArrayList<Callback>();
    MixtureSampler sampler;
    RowWeighting weighting;
    if (dro.onlineEvery() > 0) {
      sampler = sampler(
          resolved,
          prepared,
          fold,
          MixtureSchedule.open(weights),
          dro.onlineEvery() * config.train().accumulationSteps());
      weighting = OnlineMixture.equalRows(learner);
      callbacks.add(new OnlineMixture(sampler, dro.onlineEvery()));
    } else {
      sampler = sampler(
          resolved, prepared, fold, MixtureSchedule.constant(weights), MixtureBatches.BLOCK);
      weighting = learner;
    }
    callbacks.add(trajectory(config, prepared)
        .column(DomainTrajectory.WEIGHT, MixtureLearner.WEIGHT)
        .column(DomainTrajectory.MEASURE, MixtureLearner.MEASURE)
        .column(DomainTrajectory.REFERENCE_LOSS, ContrastiveModel.DOMAIN_REFERENCE_LOSS));
    callbacks.add(new MixtureWarnings(config, dro, prepared.domainNames(), initialWeights));
    return new StagePlan(
        fold,
        sampler,
        ofRows(config, weighting),
        learner.needsReference() ? dro.reference().map(StoredRetrievers::of) : Optional.empty(),
        Optional.of(new Learned(learner, dro.topPercents())),
        List.copyOf(callbacks));
  }

  /** Returns a weighting under which rows weigh the same in batches of unlike sizes, where there are such. */
  private static RowWeighting ofRows(RunConfig config, RowWeighting weighting) {
    return config.data().batchSizes().isEmpty()
        ? weighting
        : weighting.countingRows(config.train().batchSize());
  }

  private static MixtureSampler sampler(
      ResolvedConfig<RunConfig> resolved,
      PreparedData prepared,
      Fold fold,
      MixtureSchedule schedule,
      int batchesOfBlock) {
    var config = resolved.config();
    var sizes = prepared.data().sizes(fold);
    var batches = new MixtureBatches(
        config.data().batching(),
        config.train().batchSize(),
        batchSizes(resolved, prepared),
        batchesOfBlock);
    var order = switch (config.data().equalPassages()) {
      case MASK -> EpochOrder.shuffled(sizes, config.seed());
      case SPREAD ->
        new SpreadOrder(
            sizes,
            batches.rowsOfDomains(schedule),
            (domain, most) ->
                EqualTexts.of(prepared.data().domains().get(domain), fold).groups(most),
            config.seed());
    };
    return new MixtureSampler(sizes, schedule, batches, order, config.seed());
  }

  /** Returns the sizes of batches of single domains, by the positions of these. */
  private static Map<Integer, Integer> batchSizes(
      ResolvedConfig<RunConfig> resolved, PreparedData prepared) {
    var problems = new ArrayList<String>();
    var sizes = new HashMap<Integer, Integer>();
    resolved.config().data().batchSizes().forEach((domain, size) -> {
      if (!prepared.allDomainNames().contains(domain)) {
        var key = "data.batch-sizes." + domain;
        problems.add("%s: %s is not a domain; there are %s"
            .formatted(resolved.origin(key), key, String.join(", ", prepared.allDomainNames())));
      } else if (prepared.domainNames().contains(domain)) {
        sizes.put(prepared.domainNames().indexOf(domain), size);
      }
    });
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return sizes;
  }

  private static List<Double> weights(RunConfig config, PreparedData prepared, Fold fold) {
    return Arrays.stream(DomainProbabilities.of(config.data(), prepared, fold))
        .boxed()
        .toList();
  }

  private static MixtureLearner learner(
      RunConfig config, DroConfig dro, List<Double> initialWeights) {
    return switch (dro.method()) {
      case TDRO -> {
        var options = dro.learning();
        yield new DomainWeights(
            options,
            options.optimizer(config.train().steps(), config.train().accumulationSteps()),
            initialWeights);
      }
      case GROUP_DRO ->
        new GroupDro(dro.learning().stepSize(), dro.learning().ema(), initialWeights);
      case DOREMI ->
        new DoReMi(
            dro.learning().stepSize(),
            dro.smoothing().orElseThrow(),
            dro.learning().ema(),
            initialWeights);
    };
  }

  private static List<Double> initialWeights(String source, PreparedData prepared) {
    return SizeShares.parse(source)
        .map(shares -> normalized(shares.of(prepared.data().sizes(Fold.ALL))))
        .orElseGet(() -> DomainProbabilities.fromFile(
            Path.of(source), weights -> weights.weightsOf(prepared.domainNames())));
  }

  private static List<Double> normalized(double[] shares) {
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).mapToObj(share -> share / sum).toList();
  }

  /** Returns the part of each domain's rows that a run draws from, and so has seen when it is complete. */
  static Fold fold(ResolvedConfig<RunConfig> resolved) {
    return resolved
        .config()
        .learning()
        .map(dro -> fold(resolved, dro))
        .orElse(resolved.config().data().fold());
  }

  /** Returns the part of each domain's rows that is drawn from: with cross-fitting, the part that the reference has not seen. */
  private static Fold fold(ResolvedConfig<RunConfig> resolved, DroConfig dro) {
    if (!dro.crossFit() || dro.reference().isEmpty()) {
      return resolved.config().data().fold();
    }
    var referenceConfig = new RunFolder(dro.reference().get()).config();
    var seen =
        ResolvedConfig.read(RunConfig.SCHEMA, referenceConfig).config().data().fold();
    if (seen == Fold.ALL) {
      throw new ConfigException(List.of(
          "%s: dro.cross-fit needs a reference that was trained on one half of the rows, but data.fold is all in %s; train it with data.fold=first"
              .formatted(resolved.origin("dro.cross-fit"), referenceConfig)));
    }
    return seen == Fold.FIRST ? Fold.SECOND : Fold.FIRST;
  }
}
