package org.tdro.mixing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.GradientTape;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A learner in a graph of its own, fed with the losses that a model would have. */
final class LearnerRun implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final MixtureLearner learner;
  private final StepCounter counter;
  private final Placeholder<TInt32> domainIds;
  private final Placeholder<TFloat32> loss;
  private final Placeholder<TFloat32> reference;
  private final Operand<TFloat32> rowWeights;
  private final List<Op> writes = new ArrayList<>();
  private long updates;

  LearnerRun(MixtureLearner learner, int domains) {
    this.learner = learner;
    var tf = Ops.create(graph);
    var variables = new Variables(graph, "");
    learner.build(tf, variables);
    counter = new StepCounter(tf);
    var vector = Placeholder.shape(Shape.of(-1));
    domainIds = tf.placeholder(TInt32.class, vector);
    loss = tf.placeholder(TFloat32.class, vector);
    reference = tf.placeholder(TFloat32.class, vector);
    var weighted = learner.weigh(
        new GradientTape(graph, tf),
        counter,
        new RowLosses(
            domainIds,
            loss,
            learner.needsReference() ? Optional.of(reference) : Optional.empty(),
            domains));
    rowWeights = weighted.weights();
    var reads = new ArrayList<Op>(weighted.assignments().values());
    reads.add(rowWeights);
    var gated = tf.withControlDependencies(reads);
    weighted.assignments().forEach((weight, value) -> writes.add(weight.assign(gated, value)));
    Variables.initialize(tf, session, variables.all(), 0);
  }

  /** Runs an update of one micro-batch and returns the weights of its rows. */
  List<Float> update(int[] ids, float[] losses, float[] references) {
    return microBatch(ids, losses, references, true);
  }

  /** Runs a micro-batch and returns the weights of its rows. */
  List<Float> microBatch(int[] ids, float[] losses, float[] references, boolean last) {
    var values = new ArrayList<Float>();
    try (var idTensor = TInt32.vectorOf(ids);
        var lossTensor = TFloat32.vectorOf(losses);
        var referenceTensor = TFloat32.vectorOf(references)) {
      var runner = session
          .runner()
          .feed(domainIds, idTensor)
          .feed(loss, lossTensor)
          .feed(reference, referenceTensor)
          .fetch(rowWeights);
      writes.forEach(runner::addTarget);
      counter.feed(runner, updates + 1, 0, last, () -> {
        try (var result = runner.run()) {
          values.addAll(LearnedMixture.values((TFloat32) result.get(0)));
        }
      });
    }
    updates += last ? 1 : 0;
    return values;
  }

  LearnedMixture learned() {
    return learner.learned(session);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
