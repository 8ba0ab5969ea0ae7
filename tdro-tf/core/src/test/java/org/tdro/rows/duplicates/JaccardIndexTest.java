package org.tdro.rows.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.tdro.io.CounterRandom;

class JaccardIndexTest {
  private static Map<Integer, Double> found(List<Shingles> known, Shingles asked, double least) {
    var found = new HashMap<Integer, Double>();
    new JaccardIndex(known.iterator(), least)
        .forEachSimilar(
            asked, (number, jaccard) -> assertThat(found.put(number, jaccard)).isNull());
    return found;
  }

  /** Compared with each of the known texts. */
  private static Map<Integer, Double> naive(List<Shingles> known, Shingles asked, double least) {
    return IntStream.range(0, known.size())
        .filter(i -> known.get(i).size() > 0 && known.get(i).jaccard(asked) >= least)
        .boxed()
        .collect(Collectors.toMap(i -> i, i -> known.get(i).jaccard(asked)));
  }

  private static Shingles shingles(String text) {
    return NormalText.of(text).shingles();
  }

  /** Few words, so that many are shared and repeated, frequent and rare ones, among texts of very different lengths. */
  private static Shingles text(long seed, int number, int words) {
    int length = CounterRandom.below(
        1 + CounterRandom.below(30, CounterRandom.bits(seed, number)),
        CounterRandom.bits(seed, number, 1));
    return shingles(IntStream.range(0, length)
        .mapToObj(i -> {
          double uniform = (CounterRandom.bits(seed, number, 2, i) >>> 11) * 0x1p-53;
          return "w" + (int) Math.pow(words, uniform);
        })
        .collect(Collectors.joining(" ")));
  }

  /** Thresholds that similarities of short texts hit exactly, and any others. */
  @Provide
  static Arbitrary<Double> least() {
    return Arbitraries.oneOf(
        Arbitraries.of(1.0, 0.5, 2 / 3.0, 0.75, 0.8, 0.9, 19 / 21.0, 0.1, 1 / 3.0),
        Arbitraries.doubles().between(0.01, 1));
  }

  @Property(tries = 150)
  void findsAllThatAreSimilarAndNoOther(
      @ForAll long seed,
      @ForAll("least") double least,
      @ForAll @IntRange(max = 80) int count,
      @ForAll @IntRange(min = 2, max = 60) int words) {
    var known = IntStream.range(0, count).mapToObj(i -> text(seed, i, words)).toList();
    for (int i = 0; i < count + 10; i++) {
      var asked = text(seed, i, words);
      assertThat(found(known, asked, least)).isEqualTo(naive(known, asked, least));
    }
  }

  @Property(tries = 200)
  void findsAllAmongTextsOfAnyCharacters(
      @ForAll("least") double least,
      @ForAll("texts") List<String> texts,
      @ForAll("texts") List<String> others) {
    var known = texts.stream().map(JaccardIndexTest::shingles).toList();
    for (var text : others) {
      assertThat(found(known, shingles(text), least))
          .isEqualTo(naive(known, shingles(text), least));
    }
  }

  @Provide
  static Arbitrary<List<String>> texts() {
    return Arbitraries.strings()
        .withChars("ab 漢字のは한국ไทय")
        .ofMaxLength(20)
        .list()
        .ofMaxSize(20);
  }

  @Test
  void thresholdsAreReachedAsTheyAreWritten() {
    // 8 of 10, 9 of 10: neither is a number of the binary system.
    var ten = shingles("a b c d e f g h i j");
    assertThat(found(List.of(ten), shingles("a b c d e f g h"), 0.8)).containsEntry(0, 0.8);
    assertThat(found(List.of(ten), shingles("a b c d e f g h i"), 0.9)).containsEntry(0, 0.9);
    assertThat(found(List.of(ten), shingles("a b c d e f g"), 0.8)).isEmpty();
  }
}
