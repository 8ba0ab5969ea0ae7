package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.CallContext;
import org.tdro.keras.ComputeType;
import org.tdro.keras.FitOptions;
import org.tdro.keras.GradientTape;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.optimizers.Sgd;
import org.tdro.keras.testing.Values;
import org.tdro.retriever.contrastive.ContrastiveDataset;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** Two queries of 2 and 4 tokens and two passages of 5 and 3, in chunks of 3 texts: the longest first. */
class ChunkDropoutTest {
  private static final int[][] QUERIES = {{3, 4}, {6, 7, 1, 5}};
  private static final int[][] PASSAGES = {{3, 4, 9, 8, 7}, {1, 2, 3}};
  private static final long SEED = 3;
  /** Chunk i of micro-batch n draws the numbers of n · 2²⁰ + i. */
  private static final long SECOND_MICRO_BATCH = 1 << 20;

  private static final ContrastiveLoss LOSS =
      new ContrastiveLoss(0.5f, ContrastiveLoss.Negatives.IN_BATCH);

  private final RetrieverSpec spec =
      new RetrieverSpec(SmallRetriever.bert(20, 2, 8, 0.3f), Pooling.MEAN, 12, true);

  @Test
  void chunksLearnWithTheRandomNumbersThatTheirVectorsWereMadeWith() {
    var first = directGradients(0, 1);
    var second = directGradients(SECOND_MICRO_BATCH, SECOND_MICRO_BATCH + 1);
    assertThat(first).isNotEqualTo(second);
    var steps = movedByOneUpdate();
    float largest = 0;
    var expected = new float[first.length];
    for (int i = 0; i < first.length; i++) {
      expected[i] = (first[i] + second[i]) / 2;
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    assertThat(steps).containsExactly(expected, within(1e-5f * largest));
  }

  /** The gradients of an update at a learning rate of 1: what the weights move by, with the same batch twice. */
  private float[] movedByOneUpdate() {
    var chunks = new ComputeOptions(ComputeOptions.inChunks(3, 1), false, ComputeType.FLOAT32);
    var options = new ContrastiveOptions(LOSS, 1, 1, false, chunks);
    var batch = new ContrastiveBatch(
        TokenMatrix.pad(QUERIES, 0, 8, 8),
        TokenMatrix.pad(PASSAGES, 0, 8, 8),
        new int[2],
        1,
        Optional.empty());
    try (var model = new ContrastiveModel(spec, options, SEED, ConfigProto.getDefaultInstance());
        var dataset = new ContrastiveDataset(index -> batch, Set.of(), 1, 1)) {
      var before = Values.of(model);
      model.compile(new Sgd(LearningRateSchedule.constant(1)).gradientAccumulationSteps(2));
      model.fit(dataset, FitOptions.steps(1));
      var after = Values.of(model);
      var moved = new float[before.length];
      for (int i = 0; i < moved.length; i++) {
        moved[i] = before[i] - after[i];
      }
      return moved;
    }
  }

  /** Gradients of a graph that encodes each chunk by an encoder with a counter of its own and the same weights. */
  private float[] directGradients(long firstCounter, long secondCounter) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = List.of(new Variables(graph, "first/"), new Variables(graph, "second/"));
      var counters = List.of(new StepCounter(tf), new StepCounter(tf));
      var longTexts =
          encode(tf, variables.get(0), counters.get(0), PASSAGES[0], QUERIES[1], PASSAGES[1]);
      var shortText = encode(tf, variables.get(1), counters.get(1), QUERIES[0]);
      var queries = tf.concat(List.of(shortText, rows(tf, longTexts, 1)), tf.constant(0));
      var losses = LOSS.call(
          tf,
          new ContrastiveLoss.Rows(queries, rows(tf, longTexts, 0, 2), 1, false),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
      var loss = tf.math.mean(losses, tf.constant(0));

      var tape = new GradientTape(graph, tf);
      var gradients = new ArrayList<Operand<TFloat32>>();
      var first = tape.weightGradients(loss, variables.get(0).trainable());
      var second = tape.weightGradients(loss, variables.get(1).trainable());
      for (int i = 0; i < first.size(); i++) {
        var sum = tf.math.add(first.get(i), second.get(i));
        gradients.add(tf.reshape(sum, tf.constant(new int[] {-1})));
      }
      var flat = tf.concat(gradients, tf.constant(0));
      variables.forEach(set -> Variables.initialize(tf, session, set.all(), SEED));
      var runner = session.runner().fetch(flat);
      var values = new ArrayList<float[]>();
      counters
          .get(0)
          .feed(
              runner,
              1,
              firstCounter,
              false,
              () -> counters.get(1).feed(runner, 1, secondCounter, false, () -> {
                try (var fetched = runner.run()) {
                  var tensor = (TFloat32) fetched.get(0);
                  var array = new float[(int) tensor.size()];
                  tensor.asRawTensor().data().asFloats().read(array);
                  values.add(array);
                }
              }));
      return values.get(0);
    }
  }

  private Operand<TFloat32> encode(
      Ops tf, Variables variables, StepCounter counter, int[]... texts) {
    var matrix = TokenMatrix.pad(texts, 0, 1, 8);
    var ids = new int[matrix.rows()][matrix.length()];
    var mask = new int[matrix.rows()][matrix.length()];
    for (int row = 0; row < matrix.rows(); row++) {
      System.arraycopy(texts[row], 0, ids[row], 0, texts[row].length);
      java.util.Arrays.fill(mask[row], 0, texts[row].length, 1);
    }
    var encoder = new Encoder(variables.scope(), spec);
    return encoder.call(
        CallContext.training(tf, SEED, counter), tf.constant(ids), tf.constant(mask));
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> vectors, int... rows) {
    return tf.gather(vectors, tf.constant(rows), tf.constant(0));
  }
}
