package org.tdro.experiments.bench;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.Optimizer;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.DomainWeights;
import org.tdro.retriever.ContrastiveDataset;
import org.tdro.retriever.ContrastiveModel;
import org.tdro.retriever.ContrastiveOptions;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/** The models and the rows of a benchmark, as a configuration describes them, without files. */
final class Workload {
  /** The number of domains, that of the paper. */
  private static final int DOMAINS = 25;

  private final RunConfig config;
  private final SyntheticBatches batches;

  /**
   * Creates a workload.
   *
   * @param variedLengths whether texts have from an eighth of the longest length to all of it, or all the longest
   */
  Workload(RunConfig config, boolean variedLengths) {
    this.config = config;
    batches = new SyntheticBatches(
        config.seed(),
        config.train().batchSize(),
        config.data().queryLength(),
        config.data().passageLength(),
        config.data().passagesPerQuery(),
        config.data().vocabulary(),
        DOMAINS,
        config.loss().distillation().isOn(),
        variedLengths);
  }

  /** Returns a compiled model that takes plain steps. */
  ContrastiveModel plainModel() {
    var model = new ContrastiveModel(spec(), options(), config.seed(), session());
    model.compile(optimizer());
    return model;
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
  ContrastiveDataset dataset() {
    return new ContrastiveDataset(
        batches::batch, Set.of(), Math.max(1, config.data().prefetch()), 1);
  }

  /** Returns the texts that the first step reads. */
  List<TokenMatrix> texts() {
    return LongStream.range(0, microBatches())
        .mapToObj(batches::batch)
        .flatMap(batch -> Stream.of(batch.queries(), batch.passages()))
        .toList();
  }

  RetrieverSpec spec() {
    return config.model().spec(config.data().vocabulary());
  }

  /** Returns the number of micro-batches of a step. */
  int microBatches() {
    return config.train().accumulationSteps();
  }

  /** Returns the number of tokens that the first step reads, without padding. */
  long tokens() {
    return lengths().asLongStream().sum();
  }

  /** Returns the floating-point operations of the encoder's matrix products in a forward pass over the texts of the first step. */
  long forwardFlops() {
    var architecture = spec().architecture();
    return lengths().mapToLong(length -> architecture.forwardFlops(1, length)).sum();
  }

  private IntStream lengths() {
    return texts().stream().flatMapToInt(matrix -> Arrays.stream(matrix.lengths()));
  }

  private ContrastiveOptions options() {
    return new ContrastiveOptions(
        config.loss(), config.data().passagesPerQuery(), DOMAINS, false, config.compute());
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

  private static List<Double> initialWeights() {
    return Collections.nCopies(DOMAINS, 1.0 / DOMAINS);
  }

  private ConfigProto session() {
    return config.device().session();
  }
}
