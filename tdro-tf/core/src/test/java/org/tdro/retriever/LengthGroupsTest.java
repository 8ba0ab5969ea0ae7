package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.CallContext;
import org.tdro.keras.Callback;
import org.tdro.keras.ComputeType;
import org.tdro.keras.Dimension;
import org.tdro.keras.Execution;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.RowEncoder;
import org.tdro.keras.StepCounter;
import org.tdro.keras.testing.PlainSessions;
import org.tdro.keras.testing.Values;
import org.tdro.models.DecoderArchitecture;
import org.tdro.retriever.contrastive.ContrastiveDataset;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** 5 queries with 3 passages each, of 1 to 12 tokens, in groups of like length and all at once. */
class LengthGroupsTest {
  private static final int QUERIES = 5;
  private static final int PASSAGES = 3;
  private static final int TEXTS = QUERIES * (1 + PASSAGES);
  private static final int LONGEST = 12;
  private static final int VOCABULARY = 20;

  static Stream<Arguments> models() {
    var bert = SmallRetriever.bert(VOCABULARY, 2, 16, 0);
    return Stream.of(
        Arguments.of(new RetrieverSpec(bert, Pooling.MEAN, 12, true), 2, 1),
        Arguments.of(new RetrieverSpec(bert, Pooling.LASTTOKEN, 0, true), 4, 8),
        // More groups than texts.
        Arguments.of(new RetrieverSpec(bert, Pooling.CLS, 0, false), TEXTS + 2, 5),
        Arguments.of(
            new RetrieverSpec(
                SmallRetriever.mpnet(VOCABULARY, 1, 16, 0), Pooling.WEIGHTEDMEAN, 0, true),
            3,
            1),
        Arguments.of(
            new RetrieverSpec(SmallRetriever.modernBert(VOCABULARY, 2, 0), Pooling.MAX, 0, true),
            6,
            1),
        Arguments.of(new RetrieverSpec(decoder(), Pooling.LASTTOKEN, 0, true), 3, 1),
        Arguments.of(SmallRetriever.staticOf(VOCABULARY), 7, 1));
  }

  private static DecoderArchitecture decoder() {
    return DecoderArchitecture.builder(VOCABULARY, 16, 2, 4)
        .keyValueHeads(2)
        .feedForward(32)
        .maxPositions(16)
        .initializerRange(0.2f)
        .build();
  }

  @ParameterizedTest
  @MethodSource("models")
  void lossesAndGradientsAreThoseOfTheWholeBatch(RetrieverSpec spec, int groups, int multiple) {
    var random = new SplittableRandom(groups);
    assertSame(spec, groups, multiple, row -> 1 + random.nextInt(LONGEST));
  }

  @Test
  void soAreThoseOfTextsThatAreEquallyLong() {
    var spec = new RetrieverSpec(decoder(), Pooling.MEAN, 0, true);
    assertSame(spec, 3, 1, row -> 7);
  }

  @Test
  void soAreThoseOfTwoEncoders() {
    var spec = new RetrieverSpec(SmallRetriever.bert(VOCABULARY, 1, 16, 0), Pooling.MEAN, 0, true);
    assertSame(spec.untied(true), 2, 1, row -> 1 + row % LONGEST);
  }

  /** With graphs as TensorFlow rewrites them, which it does in real runs. */
  @ParameterizedTest
  @EnumSource(Negatives.class)
  void soAreThoseOfARewrittenGraphWhoseLayersRunTwice(Negatives negatives) {
    var spec = new RetrieverSpec(SmallRetriever.bert(VOCABULARY, 1, 16, 0), Pooling.MEAN, 0, true);
    var batch = batch(row -> 1 + row % LONGEST);
    var session = ConfigProto.getDefaultInstance();
    var groups = ComputeOptions.inLengthGroups(3, 8);
    assertSame(
        Step.of(spec, ComputeOptions.PLAIN, negatives, batch, session),
        Step.of(
            spec,
            new ComputeOptions(groups, true, ComputeType.FLOAT32),
            negatives,
            batch,
            session));
  }

  private static void assertSame(
      RetrieverSpec spec, int groups, int multiple, IntUnaryOperator lengths) {
    var batch = batch(lengths);
    assertSame(
        Step.of(spec, Execution.direct(), batch),
        Step.of(spec, ComputeOptions.inLengthGroups(groups, multiple), batch));
  }

  private static void assertSame(Step expected, Step actual) {
    assertThat(actual.losses()).containsExactly(expected.losses(), within(1e-6f));
    assertThat(expected.largest()).isPositive();
    assertThat(actual.gradients())
        .containsExactly(expected.gradients(), within(1e-6f * expected.largest()));
  }

  private static ContrastiveBatch batch(IntUnaryOperator lengths) {
    var random = new SplittableRandom(1);
    return new ContrastiveBatch(
        texts(random, QUERIES, lengths),
        texts(random, QUERIES * PASSAGES, lengths),
        new int[] {0, 1, 2, 1, 2},
        PASSAGES);
  }

  private static TokenMatrix texts(SplittableRandom random, int count, IntUnaryOperator lengths) {
    var texts = new int[count][];
    for (int i = 0; i < count; i++) {
      texts[i] = random.ints(lengths.applyAsInt(i), 1, VOCABULARY).toArray();
    }
    return TokenMatrix.pad(texts, 0, 4, 16);
  }

  /**
   * What a step computes.
   *
   * @param losses means over the rows of each domain
   * @param gradients with respect to all weights
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by the test
  private record Step(float[] losses, float[] gradients) {

    static Step of(RetrieverSpec spec, Execution execution, ContrastiveBatch batch) {
      return of(
          spec,
          new ComputeOptions(execution, false, ComputeType.FLOAT32),
          Negatives.IN_BATCH,
          batch,
          PlainSessions.OPTIONS);
    }

    static Step of(
        RetrieverSpec spec,
        ComputeOptions compute,
        Negatives negatives,
        ContrastiveBatch batch,
        ConfigProto session) {
      var loss = new ContrastiveLoss(0.5f, negatives);
      var options = new ContrastiveOptions(loss, PASSAGES, 3, false, compute);
      var losses = new ArrayList<float[]>();
      var collect = new Callback() {
        @Override
        public void onTrainBatchEnd(Model model, long step, Logs logs) {
          losses.add(logs.get(ContrastiveModel.DOMAIN_LOSS));
        }
      };
      try (var model = new ContrastiveModel(spec, options, 3, session);
          var dataset = new ContrastiveDataset(index -> batch, Set.of(), 1, 1)) {
        model.compile(new KeptGradients());
        model.fit(dataset, FitOptions.steps(1).withCallbacks(collect));
        var gradients = new ArrayList<Float>();
        for (var weight : model.encoders().weights()) {
          for (float value : KeptGradients.of(model, weight)) {
            gradients.add(value);
          }
        }
        var values = new float[gradients.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = gradients.get(i);
        }
        return new Step(losses.get(0), values);
      }
    }

    float largest() {
      float largest = 0;
      for (float value : gradients) {
        largest = Math.max(largest, Math.abs(value));
      }
      return largest;
    }
  }

  /** Gives each text its first id, and the rows and width of what it is encoded with. */
  private record Shapes() implements RowEncoder {
    @Override
    public Operand<TFloat32> call(CallContext context, List<Operand<?>> rows) {
      var tf = context.tf();
      var ids = rows.get(0).asOutput().expect(TInt32.class);
      var first = tf.gather(ids, tf.constant(0), tf.constant(1));
      var count = tf.fill(tf.shape(first), Dimension.of(tf, ids, 0));
      var width = tf.fill(tf.shape(first), Dimension.of(tf, ids, 1));
      return tf.dtypes.cast(
          tf.stack(List.of(first, count, width), org.tensorflow.op.core.Stack.axis(1L)),
          TFloat32.class);
    }

    @Override
    public int dimension() {
      return 3;
    }
  }

  /** Texts 1 to 5 have 2, 7, 1, 9 and 2 tokens: the groups are {4, 2}, {1}, {5, 3} or so. */
  @Test
  void groupsAreAsWideAsTheirLongestTextAndNoWiderThanTheBatch() {
    var ids = new int[5][10];
    var mask = new int[5][10];
    var lengths = new int[] {2, 7, 1, 9, 2};
    for (int row = 0; row < 5; row++) {
      for (int position = 0; position < lengths[row]; position++) {
        ids[row][position] = row + 1;
        mask[row][position] = 1;
      }
    }
    assertThat(shapes(new LengthGroups(2, 1), ids, mask))
        .containsExactly(1, 3, 2, 2, 2, 9, 3, 3, 2, 4, 2, 9, 5, 3, 2);
    assertThat(shapes(new LengthGroups(2, 4), ids, mask))
        .containsExactly(1, 3, 4, 2, 2, 10, 3, 3, 4, 4, 2, 10, 5, 3, 4);
    // Four of nine groups are empty.
    assertThat(shapes(new LengthGroups(9, 1), ids, mask))
        .containsExactly(1, 1, 2, 2, 1, 7, 3, 1, 1, 4, 1, 9, 5, 1, 2);
  }

  private static float[] shapes(LengthGroups groups, int[][] ids, int[][] mask) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var texts = new LengthGroups.Texts(tf.constant(ids), tf.constant(mask));
      var shapes = groups.vectors(CallContext.inference(tf), new Shapes(), texts);
      return Values.of(session, shapes);
    }
  }

  /** Padding on the left cannot be cut off, but texts keep their vectors. */
  @Test
  void textsThatArePaddedOnTheLeftKeepTheirVectors() {
    var ids = new int[][] {{0, 0, 5, 9, 3}, {0, 7, 2, 4, 1}, {8, 6, 0, 0, 0}};
    var mask = new int[][] {{0, 0, 1, 1, 1}, {0, 1, 1, 1, 1}, {1, 1, 0, 0, 0}};
    try (var model =
        new EncoderModel(new RetrieverSpec(decoder(), Pooling.LASTTOKEN, 0, true), 3)) {
      var tf = model.tf();
      var encoder = model.encoders().passage();
      var texts = new LengthGroups.Texts(tf.constant(ids), tf.constant(mask));
      var context = CallContext.inference(tf);
      var expected = encoder.call(context, texts.ids(), texts.mask());
      var actual = new LengthGroups(2, 1).vectors(context, encoder, texts);
      assertThat(Values.of(model.session(), actual))
          .containsExactly(Values.of(model.session(), expected), within(1e-6f));
    }
  }

  /** Two equal texts: with the same random numbers they would have the same vectors. */
  @Test
  void groupsDrawDifferentRandomNumbers() {
    var text = new int[][] {{5, 9, 3, 4}, {5, 9, 3, 4}};
    var mask = new int[][] {{1, 1, 1, 1}, {1, 1, 1, 1}};
    var spec =
        new RetrieverSpec(SmallRetriever.bert(VOCABULARY, 1, 8, 0.3f), Pooling.MEAN, 0, true);
    try (var model = new EncoderModel(spec, 3)) {
      var tf = model.tf();
      var counter = new StepCounter(tf);
      var vectors = new LengthGroups(2, 1)
          .vectors(
              CallContext.training(tf, 5, counter),
              model.encoders().passage(),
              new LengthGroups.Texts(tf.constant(text), tf.constant(mask)));
      var runner = model.session().runner().fetch(vectors);
      counter.feed(runner, 1, 3, true, () -> {
        try (var fetched = runner.run()) {
          var values = (TFloat32) fetched.get(0);
          assertThat(values.getFloat(0, 0)).isNotEqualTo(values.getFloat(1, 0));
        }
      });
    }
  }

  @Test
  void oneGroupIsNoGrouping() {
    assertThatThrownBy(() -> ComputeOptions.inLengthGroups(1, 8))
        .hasMessage(
            "there must be at least 2 groups, and the multiple of lengths at least 1, were 1 and 8");
  }
}
