package org.tdro.search.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;
import org.tdro.search.Query;
import org.tdro.search.ScoredDocument;

class Bm25IndexTest {
  @TempDir
  private Path folder;

  private static final List<Passage> DOCUMENTS = List.of(
      document("d1", "red fox red fox red dog"),
      document("d2", "fox"),
      document("d3", "dog " + "cat ".repeat(43)),
      document("d4", "dog " + "cat ".repeat(44)),
      document("d5", ""),
      new Passage("d6", "Fox", "bird"));

  private static Passage document(String id, String text) {
    return new Passage(id, "", text);
  }

  private Bm25Index index(List<Passage> documents) {
    return index(documents, Bm25.DEFAULT);
  }

  private Bm25Index index(List<Passage> documents, Bm25 parameters) {
    var place = folder.resolve("index");
    Bm25Index.write(place, documents::stream);
    return Bm25Index.open(place, parameters);
  }

  /** The formula of {@link Bm25} over words separated by blanks, in double precision. */
  private static double score(List<Passage> documents, Passage document, String query, Bm25 bm25) {
    var texts = documents.stream()
        .map(Bm25IndexTest::words)
        .filter(words -> !words.isEmpty())
        .toList();
    double mean = texts.stream().mapToInt(List::size).average().orElseThrow();
    var words = words(document);
    double sum = 0;
    for (var word : query.split(" ", -1)) {
      long with = texts.stream().filter(text -> text.contains(word)).count();
      double idf = Math.log(1 + (texts.size() - with + 0.5) / (with + 0.5));
      int count = Collections.frequency(words, word);
      double length = 1 - bm25.b() + bm25.b() * words.size() / mean;
      sum += count == 0 ? 0 : idf * count / (count + bm25.k1() * length);
    }
    return sum;
  }

  private static List<String> words(Passage document) {
    return Arrays.stream(document.content().toLowerCase(Locale.ROOT).split(" ", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** Lengths 44 and 45 are the same to Lucene's own BM25; "dog dog" counts twice. */
  @ParameterizedTest
  @CsvSource({"0.9, 0.4", "1.2, 0.75", "0, 0", "2, 1"})
  void scoresAreThoseOfTheFormula(double k1, double b) {
    var bm25 = new Bm25(k1, b);
    try (var index = index(DOCUMENTS, bm25)) {
      for (var query : List.of("fox", "dog", "red dog", "dog cat dog", "bird fox unknown")) {
        var found = index.search(query, 10);
        var expected = DOCUMENTS.stream()
            .map(document ->
                new ScoredDocument(document.id(), score(DOCUMENTS, document, query, bm25)))
            .filter(document -> document.score() > 0)
            .sorted(ScoredDocument.RANKING)
            .toList();
        assertThat(found).hasSameSizeAs(expected);
        var byId =
            expected.stream().collect(Collectors.toMap(ScoredDocument::id, ScoredDocument::score));
        found.forEach(document ->
            assertThat(document.score()).isCloseTo(byId.get(document.id()), within(1e-6)));
      }
    }
  }

  @Test
  void lengthsThatLuceneRoundsAreToldApart() {
    try (var index = index(DOCUMENTS)) {
      assertThat(index.search("dog", 3).stream().map(ScoredDocument::id))
          .containsExactly("d1", "d3", "d4");
      assertThat(index.search("dog", 3).get(1).score())
          .isGreaterThan(index.search("dog", 3).get(2).score());
    }
  }

  /** Few words, so that most scores are equal, in more documents than Lucene counts before it skips some. */
  @Test
  void theFirstDocumentsAreThoseThatTrecEvalRanksFirst() {
    var documents = new ArrayList<Passage>();
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder();
      for (int word = 0; word < 4; word++) {
        text.append('w').append(CounterRandom.bits(7, 4 * i + word) >>> 62).append(' ');
      }
      documents.add(document((i % 2 == 0 ? "\uffee" : "𝄞") + i, text.toString()));
    }
    try (var index = index(documents)) {
      for (var query : List.of("w0", "w1 w2", "w0 w1 w2 w3 w3")) {
        var all = index.search(query, documents.size());
        assertThat(all).isSortedAccordingTo(ScoredDocument.RANKING).hasSizeGreaterThan(1500);
        for (int k : new int[] {1, 10, 100, 1100}) {
          assertThat(index.search(query, k)).isEqualTo(all.subList(0, k));
        }
      }
    }
  }

  @Test
  void rankingsDoNotDependOnTheOrderOfDocuments() {
    var queries = List.of(new Query("q", "fox dog cat"), new Query("p", "red"));
    var reversed = new ArrayList<>(DOCUMENTS);
    Collections.reverse(reversed);
    try (var index = index(DOCUMENTS)) {
      var run = index.search(queries, 3);
      try (var other = index(reversed)) {
        for (var query : run.queries()) {
          assertThat(other.search(queries, 3).of(query))
              .isEqualTo(run.of(query))
              .isNotEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text:fox", "(fox", "\"fox", "fox~ ^ [a TO b]", "+fox -AND", "\\fox*?"})
  void queriesHaveNoSyntax(String query) {
    try (var index = index(DOCUMENTS)) {
      assertThat(index.search(query, 10)).isEqualTo(index.search("fox", 10)).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "?!", "the", "unknown"})
  void queriesWithoutKnownWordsFindNothing(String query) {
    try (var index = index(DOCUMENTS)) {
      assertThat(index.search(query, 10)).isEmpty();
      assertThat(index.search(List.of(new Query("q", query)), 10).queries()).containsExactly("q");
    }
  }

  @Test
  void aQueryMayHaveThousandsOfWords() {
    var words = IntStream.range(0, 5000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    try (var index = index(List.of(document("a", words), document("b", "w17")))) {
      assertThat(index.search(words, 2).stream().map(ScoredDocument::id)).containsExactly("a", "b");
    }
  }

  @Test
  void aDocumentsRowIsItsPlaceAmongThoseWritten() {
    try (var index = index(DOCUMENTS)) {
      assertThat(index.size()).isEqualTo(6);
      for (int row = 0; row < DOCUMENTS.size(); row++) {
        assertThat(index.row(DOCUMENTS.get(row).id())).isEqualTo(row);
      }
      assertThatThrownBy(() -> index.row("d")).hasMessageEndingWith("there is no document 'd'");
    }
  }

  @Test
  void damageIsSaidWithoutLucenesWords() throws IOException {
    index(DOCUMENTS).close();
    var place = folder.resolve("index");
    Path words;
    try (var files = Files.list(place)) {
      words = files.filter(file -> file.toString().endsWith(".si")).findFirst().orElseThrow();
    }
    var whole = Files.readAllBytes(words);
    Files.write(words, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> Bm25Index.open(place, Bm25.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(
            place + ": the index is damaged, a file is missing or was changed; write it again");
    Files.delete(words);
    assertThatThrownBy(() -> Bm25Index.open(place, Bm25.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the index is damaged");
  }

  @Test
  void whatIsWrongWithAnIndexIsSaid() {
    var twice = List.of(document("a", "x"), document("b", "x"), document("a", "y"));
    assertThatThrownBy(() -> index(twice))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("index: document 'a' was added twice");
    assertThat(folder.resolve("index")).doesNotExist();
    assertThatThrownBy(() -> index(List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("there are no documents to index");
    assertThatThrownBy(() -> Bm25Index.open(folder.resolve("none"), Bm25.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("none: no such folder");
    assertThatThrownBy(() -> Bm25Index.open(folder, Bm25.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("holds no index");
    index(DOCUMENTS).close();
    assertThatThrownBy(() -> HnswIndex.open(folder.resolve("index"), 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is an index of the kind 2 bm25 multilingual-1, not 2 hnsw");
  }

  @Test
  void aRankerNeedsNoFolder() {
    var run =
        new Bm25Ranker(Bm25.DEFAULT).rank(List.of(new Query("q", "fox")), DOCUMENTS::stream, 2);
    assertThat(run.of("q").stream().map(ScoredDocument::id)).containsExactly("d1", "d2");
  }

  @Test
  void wrongParametersAreNamed() {
    assertThatThrownBy(() -> new Bm25(-1, 0)).hasMessage("k1 of BM25 must be at least 0, was -1.0");
    assertThatThrownBy(() -> new Bm25(1, Double.NaN))
        .hasMessage("b of BM25 must be from 0 to 1, was NaN");
  }
}
