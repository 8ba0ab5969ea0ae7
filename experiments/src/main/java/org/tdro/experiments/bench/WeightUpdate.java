package org.tdro.experiments.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Initializer;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.mixing.tdro.DomainWeightOptions;
import org.tdro.mixing.tdro.DomainWeights;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/** The part of a dro step that comes after the losses and before the gradients: the domain weights. Owns its graph. */
final class WeightUpdate implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final Optimizer optimizer;
  private final StepCounter counter;
  private final DomainWeights.Step step;
  private long updates;

  /**
   * Builds the graph.
   *
   * @param domainIds domains of the rows of a micro-batch, whose losses are synthetic
   */
  WeightUpdate(
      DomainWeightOptions options,
      Optimizer optimizer,
      List<Double> initialWeights,
      int[] domainIds) {
    this.optimizer = optimizer;
    var tf = Ops.create(graph);
    var variables = new Variables(graph, "");
    counter = new StepCounter(tf);
    optimizer.build(tf, variables);
    var weights = new DomainWeights(options, optimizer, initialWeights);
    weights.build(tf, variables);
    var losses = new float[domainIds.length];
    IntStream.range(0, losses.length).forEach(i -> losses[i] = 1 + i % 7);
    // Variables, not constants: the losses of a step are not known when its graph is prepared.
    var loss = variables.add("loss", Shape.of(losses.length), Initializer.values(losses));
    var reference =
        variables.add("reference_loss", Shape.of(losses.length), Initializer.values(losses));
    step = weights.step(
        new GradientTape(graph, tf),
        counter,
        new RowLosses(
            tf.constant(domainIds),
            loss.read(tf),
            Optional.of(reference.read(tf)),
            initialWeights.size()));
    Variables.initialize(tf, session, variables.all(), 0);
  }

  /** Runs one update of the weights, over as many micro-batches as it takes. */
  void run() {
    int microBatches = optimizer.gradientAccumulationSteps();
    for (int micro = 0; micro < microBatches; micro++) {
      var runner = session.runner();
      // The values that a dro step reports or uses further.
      List.of(step.robustLoss(), step.loss(), step.groupLoss(), step.weights())
          .forEach(runner::fetch);
      step.referenceLoss().ifPresent(runner::fetch);
      boolean last = micro == microBatches - 1;
      var rate = optimizer.feed(runner, updates);
      try {
        counter.feed(
            runner,
            updates + 1,
            updates * microBatches + micro,
            last,
            () -> runner.run().close());
      } finally {
        rate.close();
      }
    }
    updates++;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
