package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.keras.CallContext;
import org.tdro.keras.GradientTape;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.testing.PlainSessions;
import org.tdro.models.Architecture;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Constant;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Queries and passages of a transformer of three layers with dropout, against a frozen one of the same shape. */
class GradientCheckpointingTest {
  private static final int[][] QUERIES = {{3, 4, 5, 0}, {6, 7, 0, 0}};
  private static final int[][] PASSAGES = {{3, 4, 9, 8, 7}, {1, 2, 3, 0, 0}};

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void gradientsAreThoseOfAPassThatKeepsActivations(Pooling pooling) {
    assertGradients(SmallRetriever.bert(20, 3, 8, 0.2f), pooling, PlainSessions.OPTIONS);
  }

  /** Its relative positions are a weight that all blocks share. */
  @Test
  void soAreThoseOfMpnet() {
    assertGradients(SmallRetriever.mpnet(20, 3, 8, 0.2f), Pooling.MEAN, PlainSessions.OPTIONS);
  }

  @Test
  void soAreThoseOfModernBert() {
    assertGradients(SmallRetriever.modernBert(20, 3, 0.2f), Pooling.MEAN, PlainSessions.OPTIONS);
  }

  /** Operations of the two passes could be merged. */
  @Test
  void soAreThoseOfAGraphThatTensorFlowRewrites() {
    assertGradients(
        SmallRetriever.bert(20, 3, 8, 0.2f), Pooling.MEAN, ConfigProto.getDefaultInstance());
  }

  private static void assertGradients(Architecture shape, Pooling pooling, ConfigProto options) {
    try (var graph = new Graph();
        var session = new Session(graph, options)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var frozen = new Variables(graph, "frozen/");
      var counter = new StepCounter(tf);
      var spec = new RetrieverSpec(shape, pooling, 12, true);
      var encoder = new Encoder(variables.scope(), spec);
      var reference = new Encoder(frozen.scope(), spec);
      Variables.initialize(tf, session, variables.all(), 1);
      Variables.initialize(tf, session, frozen.all(), 2);

      var weights = variables.trainable();
      var fetches = new ArrayList<Operand<TFloat32>>();
      var tape = new GradientTape(graph, tf);
      var keeping = CallContext.training(tf, 5, counter);
      for (var context : List.of(keeping, keeping.withCheckpointing(tape))) {
        var excess = tf.math.sub(
            losses(context, encoder),
            tf.stopGradient(losses(CallContext.inference(tf), reference)));
        var loss = tf.math.mean(excess, tf.constant(0));
        fetches.addAll(tape.weightGradients(loss, weights));
      }
      var gradients = values(session, counter, fetches);
      // Of the largest of all: the gradient of a key's bias is zero but for rounding.
      float largest = 0;
      for (var expected : gradients.subList(0, weights.size())) {
        for (float value : expected) {
          largest = Math.max(largest, Math.abs(value));
        }
      }
      for (int i = 0; i < weights.size(); i++) {
        assertThat(gradients.get(weights.size() + i))
            .as(weights.get(i).name())
            .containsExactly(gradients.get(i), within(1e-6f * largest));
      }
    }
  }

  private static Operand<TFloat32> losses(CallContext context, Encoder encoder) {
    var tf = context.tf();
    var queries = encoder.call(context, tf.constant(QUERIES), mask(tf, QUERIES));
    var passages = encoder.call(context, tf.constant(PASSAGES), mask(tf, PASSAGES));
    return new ContrastiveLoss(0.5f, ContrastiveLoss.Negatives.IN_BATCH)
        .call(
            tf,
            new ContrastiveLoss.Rows(queries, passages, 1, false),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private static Constant<TInt32> mask(Ops tf, int[][] ids) {
    var mask = new int[ids.length][ids[0].length];
    for (int i = 0; i < ids.length; i++) {
      for (int j = 0; j < ids[i].length; j++) {
        mask[i][j] = Math.min(1, ids[i][j]);
      }
    }
    return tf.constant(mask);
  }

  private static List<float[]> values(
      Session session, StepCounter counter, List<Operand<TFloat32>> operands) {
    var values = new ArrayList<float[]>();
    var runner = session.runner();
    operands.forEach(runner::fetch);
    counter.feed(runner, 1, 3, true, () -> {
      try (var fetched = runner.run()) {
        for (int i = 0; i < operands.size(); i++) {
          var tensor = (TFloat32) fetched.get(i);
          var array = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(array);
          values.add(array);
        }
      }
    });
    return values;
  }
}
