package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tdro.text.TextKind;

class TokenEncodingTest {
  private static final int MAX_LENGTH = 64;

  /** Sums over other shapes are taken in another order. */
  private static final float ROUNDING = 2e-6f;

  private static EncoderModel model;
  private static int[][] texts;

  @BeforeAll
  static void makeTexts() {
    model = new EncoderModel(SmallRetriever.mini(), 7);
    var random = new SplittableRandom(3);
    texts = IntStream.range(0, 37)
        .mapToObj(i ->
            random.ints(1 + random.nextInt(70), 2, SmallRetriever.VOCABULARY).toArray())
        .toArray(int[][]::new);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static float[] encode(TokenEncoding batches, int[][] texts) {
    return batches.encode(model, TextKind.PASSAGE, texts, 0, MAX_LENGTH).values();
  }

  @Test
  void batchSizesDoNotChangeEmbeddings() {
    var alone = encode(new TokenEncoding(1, 1), texts);
    for (int tokens : new int[] {100, 700, 16_384}) {
      assertThat(encode(new TokenEncoding(tokens, 8), texts))
          .usingComparatorWithPrecision(ROUNDING)
          .containsExactly(alone);
    }
  }

  /** They are, even though matrix products may differ in the last bit between the rows of a batch. */
  @Test
  void equalTextsHaveTheSameBitsWhereverTheyAre() {
    var twice = IntStream.range(0, 2 * texts.length)
        .mapToObj(i -> texts[i * 5 % texts.length].clone())
        .toArray(int[][]::new);
    var embeddings = TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, twice, 0, MAX_LENGTH);
    for (int i = 0; i < texts.length; i++) {
      assertThat(embeddings.row(i)).containsExactly(embeddings.row(i + texts.length));
    }
  }

  @Test
  void embeddingsAreInTheOrderOfTheTexts() {
    int size = model.spec().dimension();
    var inOrder = encode(TokenEncoding.DEFAULT, texts);
    var reversed = new int[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      reversed[texts.length - 1 - i] = texts[i];
    }
    var backwards = TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, reversed, 0, MAX_LENGTH);
    for (int i = 0; i < texts.length; i++) {
      assertThat(backwards.row(texts.length - 1 - i))
          .usingComparatorWithPrecision(ROUNDING)
          .containsExactly(java.util.Arrays.copyOfRange(inOrder, i * size, (i + 1) * size));
    }
  }

  @Test
  void embeddingsHaveUnitLength() {
    var embeddings = TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, texts, 0, MAX_LENGTH);
    for (int i = 0; i < texts.length; i++) {
      double squares = 0;
      for (float value : embeddings.row(i)) {
        squares += (double) value * value;
      }
      assertThat(squares).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5));
    }
  }

  @Test
  void nothingIsEncodedToNothing() {
    assertThat(TokenEncoding.DEFAULT
            .encode(model, TextKind.PASSAGE, new int[0][], 0, MAX_LENGTH)
            .rows())
        .isZero();
  }
}
