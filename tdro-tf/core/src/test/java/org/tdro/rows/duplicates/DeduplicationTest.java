package org.tdro.rows.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;
import org.tdro.rows.RowOutput;
import org.tdro.rows.duplicates.Deduplication.Counts;
import org.tdro.rows.duplicates.Deduplication.Within;

class DeduplicationTest {
  private static final Optional<Nearness> NEAR =
      Optional.of(new Nearness(0.9, OptionalInt.empty()));

  @TempDir
  private Path folder;

  private final KnownTexts.Builder queries = new KnownTexts.Builder();
  private final KnownTexts.Builder documents = new KnownTexts.Builder();

  private static String row(String id, String query, String... positives) {
    return "{\"query_id\":\"%s\",\"query\":\"%s\",\"positive_passages\":[%s],\"negative_passages\":[]}"
        .formatted(
            id,
            query,
            List.of(positives).stream()
                .map("{\"text\":\"%s\"}"::formatted)
                .collect(Collectors.joining(",")));
  }

  private static KnownText text(String id, String text) {
    return new KnownText("set", id, text);
  }

  private SortedMap<String, Counts> run(Optional<Within> within, Optional<Nearness> nearness) {
    var rows = DomainRows.of(
        List.of(folder.resolve("rows")), RowOptions.RECOGNISE, skipped -> {}, 2, read -> {});
    return new Deduplication(queries.build(nearness), documents.build(nearness), within)
        .write(rows, folder.resolve("out"), counts -> counts);
  }

  private void domain(String name, String... lines) {
    ImportedRows.write(folder.resolve("rows").resolve(name + ".jsonl"), lines);
  }

  private List<String> kept(String domain) throws IOException {
    return Files.readAllLines(folder.resolve("out").resolve(domain + ".jsonl"));
  }

  private List<String> removed(String domain) throws IOException {
    return Files.readAllLines(folder.resolve("out/removed").resolve(domain + ".jsonl"));
  }

  /** Twenty words, of which one may be another. */
  private static String words(int other) {
    return IntStream.range(0, 20)
        .mapToObj(i -> (i == other ? "other" : "word") + i)
        .collect(Collectors.joining(" "));
  }

  @Test
  void rowsOfEvaluationSetsGoAndOthersStayAsTheyAre() throws IOException {
    queries.add(new KnownText("set", "q1", "Who wrote Faust?"));
    documents.add(new KnownText("set", "d1", "By Goethe."));
    var kept = row("3", "What is it?", "Not that", "nor this");
    domain(
        "a", row("1", "who wrote FAUST", "someone"), kept, row("4", "else", "this", "by goethe"));
    var counts = run(Optional.empty(), Optional.empty());
    assertThat(kept("a")).containsExactly(kept);
    assertThat(removed("a")).hasSize(2);
    var first = Json.object(removed("a").get(0), "removed").path("duplicate");
    assertThat(first.path("part").asText()).isEqualTo("query");
    assertThat(first.path("set").asText()).isEqualTo("set");
    assertThat(first.path("id").asText()).isEqualTo("q1");
    assertThat(first.path("text").asText()).isEqualTo("Who wrote Faust?");
    assertThat(first.path("jaccard").asDouble()).isEqualTo(1);
    assertThat(counts.get("a").equal()).isEqualTo(Map.of("query", 1L, "positive", 1L));
    assertThat(counts.get("a").bySet()).isEqualTo(Map.of("set", 2L));
    assertThat(RowOutput.isOne(folder.resolve("out"))).isTrue();
  }

  @Test
  void everyTextWithOneOtherWordInTwentyIsFound() {
    var known =
        new KnownTexts.Builder().add(new KnownText("set", "q", words(-1))).build(NEAR);
    assertThat(IntStream.range(0, 20).mapToObj(DeduplicationTest::words).map(known::find))
        .allSatisfy(match ->
            assertThat(match).hasValue(new Match(text("q", words(-1)), false, 19 / 21.0)));
  }

  @Test
  void theMostSimilarIsFoundAndOfSeveralTheFirst() {
    var known = new KnownTexts.Builder()
        .add(text("two differ", words(3).replace("word4", "x")))
        .add(text("one differs", words(3)))
        .add(text("another differs", words(4)))
        .build(Optional.of(new Nearness(0.8, OptionalInt.empty())));
    assertThat(known.find(words(-1)).orElseThrow().text().id()).isEqualTo("one differs");
    assertThat(
            known.findAll(words(-1)).stream().map(found -> found.match().text().id()))
        .containsExactly("one differs", "another differs", "two differ");
  }

  private static List<Match> nearSimHash(double jaccard) {
    var known = new KnownTexts.Builder()
        .add(text("q", words(-1)))
        .build(Optional.of(new Nearness(jaccard, OptionalInt.of(6))));
    return IntStream.range(0, 20)
        .mapToObj(DeduplicationTest::words)
        .flatMap(text -> known.find(text).stream())
        .toList();
  }

  @Test
  void simHashesMayHaveToBeNearInAddition() {
    // Some of the twenty changed words give a SimHash that differs in at most 6 bits; the texts are
    // not the same.
    assertThat(nearSimHash(1)).isEmpty();
    assertThat(nearSimHash(0.9))
        .hasSizeBetween(1, 19)
        .allSatisfy(match -> assertThat(match.jaccard()).isEqualTo(19 / 21.0));
  }

  @Test
  void repeatedRowsGoIfTheEarlierOneStays() throws IOException {
    queries.add(new KnownText("set", "q", "evaluated"));
    domain(
        "a",
        row("1", "evaluated", "p"),
        row("2", "x", "p"),
        row("3", "X!", "q", "P"),
        row("4", "x", "r"),
        row("5", "y", "p"));
    domain("b", row("6", "x", "r"), row("7", "evaluated", "p"));
    run(Optional.of(new Within(NEAR)), NEAR);
    assertThat(kept("a").stream().map(line -> line.substring(13, 14)))
        .containsExactly("2", "4", "5");
    // Commands that read rows refuse a file that has none.
    assertThat(folder.resolve("out/b.jsonl")).doesNotExist();
    var repeated = Json.object(removed("b").get(0), "removed").path("duplicate");
    assertThat(repeated.path("part").asText()).isEqualTo("row");
    assertThat(repeated.path("set").asText()).isEqualTo("a");
    assertThat(repeated.path("id").asText()).isEqualTo("4");
  }

  @Test
  void wrongRowsOfAllFilesAreToldAndNothingIsWritten() {
    domain("a", row("1", "x", "p"), "{}");
    domain("b", "7", row("2", "x", "p"));
    assertThatThrownBy(() -> run(Optional.of(new Within(NEAR)), NEAR))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("a.jsonl:2: ", "b.jsonl:1: ");
    assertThat(folder.toFile().list()).containsExactly("rows");
  }
}
