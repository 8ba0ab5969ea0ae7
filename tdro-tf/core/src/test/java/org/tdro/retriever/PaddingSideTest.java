package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.keras.testing.Values;
import org.tdro.models.Architecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.Rope;
import org.tdro.text.TextKind;

/** A text of three tokens, padded to five on the one side or the other. */
class PaddingSideTest {
  private static final Rope ROPE = new Rope(10_000, Rope.Scaling.NONE);

  static Stream<Arguments> models() {
    return Stream.of(
            SmallRetriever.bert(20, 2, 8, 0),
            SmallRetriever.mpnet(20, 2, 8, 0),
            SmallRetriever.modernBert(20, 2, 0),
            decoder(2)
                .gemma(new DecoderArchitecture.Gemma(9, 2, List.of(1), ROPE))
                .build(),
            decoder(0).build(),
            decoder(2).build(),
            decoder(0).headNorms(true).build(),
            decoder(0).bidirectional(true).build(),
            decoder(1).bidirectional(true).build())
        .flatMap(architecture -> Stream.of(Pooling.values())
            .filter(pooling -> pooling != Pooling.CLS)
            .map(pooling -> Arguments.of(architecture, pooling)));
  }

  private static DecoderArchitecture.Builder decoder(int window) {
    return DecoderArchitecture.builder(20, 16, 2, 4)
        .keyValueHeads(2)
        .feedForward(32)
        .maxPositions(8)
        .rope(ROPE)
        .inputBias(true)
        .slidingWindow(window, 0)
        .initializerRange(0.2f);
  }

  @ParameterizedTest
  @MethodSource("models")
  void theEmbeddingIsTheSame(Architecture architecture, Pooling pooling) {
    try (var model = new EncoderModel(new RetrieverSpec(architecture, pooling, 0, true), 3)) {
      var right = embedding(model, new int[] {5, 9, 3, 0, 0}, new int[] {1, 1, 1, 0, 0});
      var left = embedding(model, new int[] {0, 0, 5, 9, 3}, new int[] {0, 0, 1, 1, 1});
      assertThat(left).usingComparatorWithPrecision(1e-6f).containsExactly(right);
    }
  }

  private static float[] embedding(EncoderModel model, int[] ids, int[] mask) {
    var tf = model.tf();
    var embedded = model.embed(
        tf, TextKind.QUERY, tf.constant(new int[][] {ids}), tf.constant(new int[][] {mask}));
    return Values.of(model.session(), embedded);
  }
}
