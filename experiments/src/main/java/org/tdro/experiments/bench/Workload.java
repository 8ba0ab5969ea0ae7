package org.tdro.experiments.bench;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.Optimizer;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.DomainWeights;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.contrastive.ContrastiveDataset;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.training.TrainingBatches;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/** The models and the rows of a benchmark, as a configuration describes them; owns the rows. */
public final class Workload implements AutoCloseable {
  /** The number of domains of synthetic rows, that of the paper. */
  private static final int DOMAINS = 25;

  private final RunConfig config;
  private final ContrastiveBatch.Source batches;
  private final int vocabulary;
  private final int domains;
  private final Runnable close;

  private Workload(
      RunConfig config,
      ContrastiveBatch.Source batches,
      int vocabulary,
      int domains,
      Runnable close) {
    this.config = config;
    this.batches = batches;
    this.vocabulary = vocabulary;
    this.domains = domains;
    this.close = close;
  }

  /** Returns a workload of texts of such lengths; the caller closes it. */
  public static Workload of(ResolvedConfig<RunConfig> resolved, TextLengths lengths) {
    return switch (lengths) {
      case FIXED -> fixed(resolved.config());
      case REAL -> real(resolved);
    };
  }

  /** Returns a workload without files: synthetic tokens, all texts of the longest length. */
  static Workload fixed(RunConfig config) {
    var data = config.data();
    var batches = new SyntheticBatches(
        config.seed(),
        config.train().batchSize(),
        data.queryLength(),
        data.passageLength(),
        data.passagesPerQuery(),
        data.vocabulary(),
        DOMAINS,
        config.loss().distillation().isOn());
    return new Workload(config, batches, data.vocabulary(), DOMAINS, () -> {});
  }

  private static Workload real(ResolvedConfig<RunConfig> resolved) {
    var rows = TrainingBatches.open(resolved);
    return new Workload(
        resolved.config(), rows, rows.vocabulary(), rows.domains().size(), rows::close);
  }

  /** Returns a compiled model that takes plain steps. */
  public ContrastiveModel plainModel() {
    var model = new ContrastiveModel(spec(), options(), config.seed(), session());
    try {
      model.compile(optimizer());
      guide().ifPresent(model::loadGuide);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Returns a compiled model that takes dro steps against a frozen reference of its own shape. */
  ContrastiveModel droModel() {
    var weights = domainWeightOptions();
    boolean needsReference = weights.measure().needsReference();
    // Adapters of proxy and reference share the same weights.
    var reference = new ContrastiveModel.Reference(spec(), spec().lora().adapts());
    var model = new ContrastiveModel(
        spec(),
        needsReference ? options().against(reference) : options(),
        new DomainWeights(weights, weightOptimizer(weights), initialWeights()),
        config.seed(),
        session());
    try {
      model.compile(optimizer());
      guide().ifPresent(model::loadGuide);
      if (needsReference) {
        model.drawReference(config.seed() + 1);
      }
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Returns the update of the domain weights alone, on the losses of as many rows as a micro-batch has. */
  WeightUpdate weightUpdate() {
    var options = domainWeightOptions();
    return new WeightUpdate(
        options, weightOptimizer(options), initialWeights(), batches.batch(0).domainIds());
  }

  /** Returns the rows, through the same threads and tensors as in training. */
  public ContrastiveDataset dataset() {
    return new ContrastiveDataset(batches, Set.of(), Math.max(1, config.data().prefetch()), 1);
  }

  /** Returns a micro-batch, counted from 0 over all steps. */
  public ContrastiveBatch batch(long number) {
    return batches.batch(number);
  }

  /** Returns the texts that a step reads, counted from 0. */
  List<TokenMatrix> texts(long step) {
    return LongStream.range(step * microBatches(), (step + 1) * microBatches())
        .mapToObj(batches::batch)
        .flatMap(batch -> Stream.of(batch.queries(), batch.passages()))
        .toList();
  }

  /** Returns what a step reads, counted from 0. */
  public StepLoad load(long step) {
    return StepLoad.of(texts(step), spec().architecture());
  }

  /** Returns the shape of the model. */
  public RetrieverSpec spec() {
    return config.model().spec(vocabulary);
  }

  /** Returns the number of micro-batches of a step. */
  int microBatches() {
    return config.train().accumulationSteps();
  }

  private ContrastiveOptions options() {
    var options = new ContrastiveOptions(
        config.loss(), config.data().passagesPerQuery(), domains, false, config.compute());
    return guide()
        .map(stored -> options.guidedBy(stored.settings().comparedByProduct().spec()))
        .orElse(options);
  }

  private Optional<RetrieverSource> guide() {
    return config.loss().falseNegatives().guide().map(StoredRetrievers::of);
  }

  private Optimizer optimizer() {
    return config.train().optimizer();
  }

  private DomainWeightOptions domainWeightOptions() {
    return config.dro().learning();
  }

  private Optimizer weightOptimizer(DomainWeightOptions options) {
    return options.optimizer(config.train().steps(), microBatches());
  }

  private List<Double> initialWeights() {
    return Collections.nCopies(domains, 1.0 / domains);
  }

  private ConfigProto session() {
    return config.device().session();
  }

  @Override
  public void close() {
    close.run();
  }
}
