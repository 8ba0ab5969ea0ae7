package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTrainerTest {
  private static final List<String> TEXTS = List.of(
      "The connection to the npm registry: check the connection, doctor!",
      "Überprüft die Verbindung zur Registrierung; 北平下城池，北平下棋。北平",
      "アーサー・バルフォアはスコットランドのスコットランド州",
      "생체 인식 작업 지원을 받습니다. 생체 인식 데몬 시작",
      "كم عرقلة سجل لوك كوتشلي؟ كم عرقلة");

  @TempDir
  Path folder;

  private static BytePairVocabulary train(int size, List<String> texts) {
    var counts = new WordCounts(true);
    counts.add(texts);
    return new BytePairTrainer(size).train(counts);
  }

  private static int id(char b) {
    return b + BytePairVocabulary.FIRST_BYTE;
  }

  @Test
  void learnsTheTextbookMerges() {
    // "aaabdaaabac" by hand: aa (4 with overlap), then of ab, (aa)a and others at 2 the one with
    // the smallest ids, and so on.
    var merges = train(261, List.of("aaabdaaabac")).merges();
    assertThat(merges.get(0)).isEqualTo(new BytePairVocabulary.Merge(id('a'), id('a')));
    assertThat(merges.get(1)).isEqualTo(new BytePairVocabulary.Merge(id('a'), id('b')));
    assertThat(merges.get(2)).isEqualTo(new BytePairVocabulary.Merge(258, 259));
  }

  /** The definition: count all pairs of all words anew for each merge. */
  private static List<BytePairVocabulary.Merge> byDefinition(int size, List<String> texts) {
    var counts = new WordCounts(true);
    counts.add(texts);
    var words = new ArrayList<List<Integer>>();
    counts.counts().forEach((word, count) -> {
      for (int i = 0; i < count; i++) {
        var ids = new ArrayList<Integer>();
        for (var b : BytePairVocabulary.byteIds(word)) {
          ids.add(b);
        }
        words.add(ids);
      }
    });
    var merges = new ArrayList<BytePairVocabulary.Merge>();
    while (258 + merges.size() < size) {
      var pairs = new TreeMap<Long, Integer>();
      for (var word : words) {
        for (int i = 1; i < word.size(); i++) {
          pairs.merge(PairCounts.pair(word.get(i - 1), word.get(i)), 1, Integer::sum);
        }
      }
      var most = Collections.max(pairs.values());
      if (most < 2) {
        break;
      }
      var pair = pairs.entrySet().stream()
          .filter(e -> e.getValue().equals(most))
          .findFirst()
          .orElseThrow()
          .getKey();
      var merge = new BytePairVocabulary.Merge(PairCounts.left(pair), PairCounts.right(pair));
      for (var word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.get(i) == merge.left() && word.get(i + 1) == merge.right()) {
            word.remove(i);
            word.set(i, 258 + merges.size());
          }
        }
      }
      merges.add(merge);
    }
    return merges;
  }

  @Test
  void equalsTheDefinition() {
    assertThat(train(400, TEXTS).merges()).isEqualTo(byDefinition(400, TEXTS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the registry",
        "CONNECTION",
        "スコットランド",
        "北平下城",
        "생체 인식!",
        "عرقلة",
        "Ｎpm ﬁx 12",
        "naïve 🙂 \n x"
      })
  void theTokenizerMakesWhatTheMergesSay(String text) {
    var vocabulary = train(400, TEXTS);
    vocabulary.write(folder.resolve("tokenizer.json"));
    var expected = new ArrayList<Integer>();
    var words = new WordCounts(true).words(text);
    for (var word : words) {
      var ids = new ArrayList<Integer>();
      for (var b : BytePairVocabulary.byteIds(word)) {
        ids.add(b);
      }
      // Merges apply in the order in which they were learned.
      for (int m = 0; m < vocabulary.merges().size(); m++) {
        var merge = vocabulary.merges().get(m);
        for (int i = 0; i + 1 < ids.size(); i++) {
          if (ids.get(i) == merge.left() && ids.get(i + 1) == merge.right()) {
            ids.remove(i);
            ids.set(i, 258 + m);
          }
        }
      }
      expected.addAll(ids);
    }
    expected.add(BytePairVocabulary.END_ID);
    try (var tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"))) {
      assertThat(tokenizer.encode(text, 1000))
          .containsExactly(expected.stream().mapToInt(id -> id).toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"the connection to 北平下 — スコットランド 생체 🙂", "tabs\tand\nlines", ""})
  void decodingGivesTheNormalisedTextBack(String text) {
    train(400, TEXTS).write(folder.resolve("tokenizer.json"));
    try (var tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"))) {
      assertThat(tokenizer.decode(tokenizer.encode(text, 1000)))
          .isEqualTo(WordCounts.normalized(text));
    }
  }

  @Test
  void theSameTextsGiveTheSameBytes() throws IOException {
    train(400, TEXTS).write(folder.resolve("a.json"));
    var reversed = new ArrayList<>(TEXTS);
    Collections.reverse(reversed);
    train(400, reversed).write(folder.resolve("b.json"));
    assertThat(folder.resolve("a.json")).hasSameBinaryContentAs(folder.resolve("b.json"));
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void stopsWhereNothingRepeats() {
    assertThat(train(10_000, List.of("abc abd")).size()).isLessThan(270);
  }

  @Test
  void theVocabularyMustHoldTheBytes() {
    assertThatThrownBy(() -> new BytePairTrainer(257)).isInstanceOf(IllegalArgumentException.class);
  }
}
