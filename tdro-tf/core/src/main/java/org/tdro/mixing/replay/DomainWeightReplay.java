package org.tdro.mixing.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.keras.Checkpoint;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.mixing.LearnedMixture;
import org.tdro.mixing.WeightsFile;
import org.tdro.mixing.tdro.DomainWeights;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Replay of recorded losses through the graph of {@link DomainWeights}; in training, a model takes the place of the recording. Owns its
 * graph and session. Not thread-safe.
 */
public final class DomainWeightReplay implements AutoCloseable {
  private final ReplayScenario scenario;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Session session = new Session(graph);
  private final Variables variables = new Variables(graph, "");
  private final StepCounter counter = new StepCounter(tf);
  private final Optimizer optimizer;
  private final DomainWeights weights;
  private final RowLosses rows;
  private final DomainWeights.Step step;
  private Checkpoint checkpoint;

  /** A replay before its first micro-batch. */
  public DomainWeightReplay(ReplayScenario scenario) {
    this.scenario = scenario;
    optimizer = scenario.optimizer();
    optimizer.build(tf, variables);
    weights = new DomainWeights(
        scenario.weightOptions(), optimizer, scenario.initial().weights());
    weights.build(tf, variables);
    rows = new RowLosses(
        tf.withName("domain_ids").placeholder(TInt32.class, vector()),
        tf.withName("lm_loss").placeholder(TFloat32.class, vector()),
        scenario.run().referenceLosses()
            ? Optional.of(tf.withName("ref_loss").placeholder(TFloat32.class, vector()))
            : Optional.empty(),
        scenario.domains().size());
    step = weights.step(new GradientTape(graph, tf), counter, rows);
    Variables.initialize(tf, session, variables.all(), 0);
  }

  private static Placeholder.Options vector() {
    return Placeholder.shape(Shape.of(-1));
  }

  /** Replays all micro-batches. */
  public ReplayTrajectory run() {
    return run(0, scenario.run().updates());
  }

  /** Replays the updates after the first {@code done} until {@code end} are done. */
  public ReplayTrajectory run(int done, int end) {
    var microBatches = new ArrayList<ReplayTrajectory.MicroBatch>();
    var updates = new ArrayList<ReplayTrajectory.Update>();
    int accumulation = scenario.run().gradientAccumulationSteps();
    for (int micro = done * accumulation; micro < end * accumulation; micro++) {
      feed(micro, microBatches, updates);
    }
    var files = new LinkedHashMap<String, WeightsFile.Content>();
    weights
        .learned(session)
        .files(scenario.sizes(), scenario.options().droSaveTopPercentUniformWeights())
        .forEach((name, file) -> files.put(name, file.content()));
    return new ReplayTrajectory(microBatches, updates, files);
  }

  private void feed(
      int micro,
      List<ReplayTrajectory.MicroBatch> microBatches,
      List<ReplayTrajectory.Update> updates) {
    int accumulation = scenario.run().gradientAccumulationSteps();
    int update = micro / accumulation;
    boolean last = micro % accumulation == accumulation - 1;
    var batch = scenario.microBatches().get(micro);
    var ints = batch.domainIds().stream().mapToInt(id -> id).toArray();
    try (var ids = TInt32.vectorOf(ints);
        var loss = tensor(batch.lmLoss());
        var reference = rows.reference().isPresent() ? tensor(batch.refLoss()) : null) {
      var runner = session.runner().feed(rows.domainIds(), ids).feed(rows.loss(), loss);
      rows.reference().ifPresent(operand -> runner.feed(operand, reference));
      fetches().forEach(runner::fetch);
      var rate = optimizer.feed(runner, update);
      try {
        counter.feed(runner, update + 1, micro, last, () -> {
          try (var fetched = runner.run()) {
            var values = values(fetched);
            microBatches.add(microBatch(values));
            if (last) {
              updates.add(update(values, update + 1, micro + 1));
            }
          }
        });
      } finally {
        rate.close();
      }
    }
  }

  private static TFloat32 tensor(List<Float> values) {
    return TFloat32.tensorOf(
        Shape.of(values.size()),
        tensor ->
            IntStream.range(0, values.size()).forEach(i -> tensor.setFloat(values.get(i), i)));
  }

  /** Returns the operations to fetch, in the order in which {@link #microBatch} and then {@link #update} read them. */
  private List<Operand<TFloat32>> fetches() {
    var fetches = new ArrayList<>(List.of(step.groupLoss(), step.loss()));
    step.referenceLoss().ifPresent(fetches::add);
    fetches.addAll(List.of(
        step.exampleWeights(),
        step.robustLoss(),
        step.gradientBeforeClipping(),
        step.gradientNorm(),
        step.gradient(),
        step.logWeights(),
        step.weights(),
        step.meanWeights(),
        step.emaWeights()));
    return fetches;
  }

  private ReplayTrajectory.MicroBatch microBatch(Iterator<List<Float>> values) {
    return new ReplayTrajectory.MicroBatch(
        values.next(),
        values.next(),
        step.referenceLoss().isPresent() ? values.next() : null,
        values.next(),
        values.next().get(0));
  }

  private ReplayTrajectory.Update update(
      Iterator<List<Float>> values, int update, int microBatches) {
    boolean clipsNorm = scenario.options().droApplyGradNorm();
    var beforeClipping = values.next();
    var norm = values.next().get(0);
    return new ReplayTrajectory.Update(
        update,
        microBatches,
        optimizer.learningRate().rate(update - 1),
        beforeClipping,
        clipsNorm ? norm : null,
        values.next(),
        values.next(),
        values.next(),
        values.next(),
        values.next());
  }

  private static Iterator<List<Float>> values(Result fetched) {
    return IntStream.range(0, fetched.size())
        .mapToObj(i -> LearnedMixture.values((TFloat32) fetched.get(i)))
        .iterator();
  }

  /** Writes the state between two updates into {@code folder}, which must exist. */
  public void save(Path folder) {
    checkpoint().save(folder);
  }

  /** Restores the state that {@link #save} wrote. */
  public void restore(Path folder) {
    checkpoint().restore(folder);
  }

  private Checkpoint checkpoint() {
    if (checkpoint == null) {
      checkpoint = new Checkpoint(tf, session, variables.all());
    }
    return checkpoint;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
