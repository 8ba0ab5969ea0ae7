package org.tdro.rows.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShinglesTest {
  private static Shingles of(String text) {
    return NormalText.of(text).shingles();
  }

  @ParameterizedTest
  @CsvSource({
    // Words; pairs of characters of a run, the character of a run of one; both in one text.
    "who wrote Faust, 3",
    "喀喇汗國, 3",
    "漢, 1",
    "GPT模型的參數, 5",
    "データベース, 5",
    "한국어 문장, 3",
    "ภาษาไทย, 6",
    "Паритет и равенство, 3",
    "'', 0",
  })
  void areCounted(String text, int shingles) {
    assertThat(of(text).size()).isEqualTo(shingles);
  }

  @Test
  void similarityIsOfBagsOfWords() {
    assertThat(of("a b c d").jaccard(of("a b c e"))).isEqualTo(3 / 5.0);
    assertThat(of("a a b").jaccard(of("a b b"))).isEqualTo(2 / 4.0);
    assertThat(of("b a").jaccard(of("A, b!"))).isEqualTo(1);
    assertThat(of("a").jaccard(of("b"))).isZero();
  }

  /** 64 φ / π bits on the average: of 40 words, 20 are shared, so cos φ is 0.5 and φ is π / 3. */
  @Test
  void simHashesDifferByTheAngle() {
    double bits = IntStream.range(0, 200)
        .map(i -> Long.bitCount(words(i, 0).simHash() ^ words(i, 20).simHash()))
        .average()
        .orElseThrow();
    assertThat(bits).isCloseTo(64 / 3.0, within(0.8));
  }

  private static Shingles words(int text, int from) {
    return Shingles.of(IntStream.range(from, from + 40)
        .mapToObj(word -> "t" + text + "w" + word)
        .collect(Collectors.joining(" ")));
  }
}
