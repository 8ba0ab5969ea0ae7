package org.tdro.experiments.spoiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.io.InputException;
import org.tdro.io.Json;

class SpoilingTest {
  private static final int ROWS = 400;

  /** With blanks that a JSON writer would leave out, so that a line that is written anew differs. */
  private static final String ROW = """
      {"query_id": "q%1$d", "lang": "en", "query": "question %1$d", "positive_passages": [{"docid": "d%1$d", "text": "answer %1$d", "score": 9}], \
      "negative_passages": [{"docid": "n%1$d", "title": "t", "text": "wrong %1$d", "score": -1}, {"docid": "m%1$d", "text": "false %1$d", "score": -2}]}""";

  @TempDir
  Path folder;

  private Path input;
  private Path other;

  @BeforeEach
  void writeRows() throws IOException {
    input = write("rows.jsonl", IntStream.range(0, ROWS).mapToObj(ROW::formatted));
    other = write(
        "other.jsonl",
        IntStream.range(0, 7)
            .mapToObj(i ->
                "{\"query_id\": %1$d, \"query\": \"x\", \"positive_passages\": [{\"text\": \"elsewhere %1$d\"}]}"
                    .formatted(i)));
  }

  private Path write(String name, Stream<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines.toList());
  }

  private Spoiling spoiling(Junk kind, double share, long seed) {
    return new Spoiling(
        kind, share, seed, kind == Junk.OFF_TOPIC ? Optional.of(other) : Optional.empty());
  }

  private List<String> spoiled(Junk kind, double share, long seed) throws IOException {
    var output = folder.resolve("out.jsonl");
    var counts = spoiling(kind, share, seed).write(input, output);
    var before = Files.readAllLines(input);
    var after = Files.readAllLines(output);
    assertThat(after).hasSameSizeAs(before).hasSize(counts.rows());
    assertThat(IntStream.range(0, after.size())
            .filter(i -> !after.get(i).equals(before.get(i)))
            .count())
        .isEqualTo(counts.spoiled());
    return after;
  }

  /** Returns the rows that were written anew. */
  private List<JsonNode> junk(Junk kind, double share) throws IOException {
    var before = Files.readAllLines(input);
    var junk = new ArrayList<JsonNode>();
    for (var line : spoiled(kind, share, 1)) {
      if (!before.contains(line)) {
        junk.add(Json.object(line, "out"));
      }
    }
    return junk;
  }

  private static String number(JsonNode row) {
    return row.path("query_id").asText().substring(1);
  }

  @ParameterizedTest
  @EnumSource
  void spoilsTheShareAskedForAndLeavesOtherRowsAsTheyAre(Junk kind) throws IOException {
    var before = Files.readAllLines(input);
    assertThat(spoiled(kind, 0.25, 7))
        .filteredOn(line -> !before.contains(line))
        // Four standard deviations around 100.
        .hasSizeBetween(65, 135)
        .allSatisfy(
            line -> assertThat(Json.object(line, "out").path("lang").asText()).isEqualTo("en"));
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBytesForTheSameSeedAlone(Junk kind) throws IOException {
    var first = spoiled(kind, 0.5, 3);
    assertThat(spoiled(kind, 0.5, 3)).isEqualTo(first);
    assertThat(spoiled(kind, 0.5, 4)).isNotEqualTo(first);
  }

  @Test
  void choosesRowsByTheirPlacesWhateverFollows() throws IOException {
    var whole = spoiled(Junk.SWAPPED, 0.5, 3);
    write("rows.jsonl", IntStream.range(0, 50).mapToObj(ROW::formatted));
    assertThat(spoiled(Junk.SWAPPED, 0.5, 3)).isEqualTo(whole.subList(0, 50));
  }

  @Test
  void shufflesAllAnswersAndLeavesNoneInItsPlace() throws IOException {
    var rows = junk(Junk.SHUFFLED, 1);
    assertThat(rows).hasSize(ROWS).allSatisfy(row -> {
      assertThat(row.at("/positive_passages/0/docid").asText()).isNotEqualTo("d" + number(row));
      assertThat(row.at("/negative_passages/0/docid").asText()).isEqualTo("n" + number(row));
      assertThat(row.path("query").asText()).isEqualTo("question " + number(row));
    });
    assertThat(rows)
        .extracting(row -> row.at("/positive_passages/0/text").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void mispairsByExchangingTheAnswerAndANegativeWithScoresInPlace() throws IOException {
    assertThat(junk(Junk.SWAPPED, 0.5)).isNotEmpty().allSatisfy(row -> {
      assertThat(row.at("/positive_passages/0/docid").asText())
          .isIn("n" + number(row), "m" + number(row));
      assertThat(row.path("negative_passages"))
          .hasSize(2)
          .extracting(passage -> passage.path("docid").asText())
          .contains("d" + number(row));
      assertThat(row.at("/positive_passages/0/score").asInt()).isEqualTo(9);
      assertThat(row.path("negative_passages"))
          .extracting(passage -> passage.path("score").asInt())
          .containsExactly(-1, -2);
    });
  }

  @Test
  void takesOffTopicPassagesFromTheOtherFileAlone() throws IOException {
    assertThat(junk(Junk.OFF_TOPIC, 1)).hasSize(ROWS).allSatisfy(row -> {
      assertThat(row.at("/positive_passages/0/text").asText()).startsWith("elsewhere");
      // So that a teacher has scored either all passages or none.
      assertThat(row.at("/positive_passages/0/score").asInt()).isEqualTo(9);
    });
  }

  @Test
  void copiesRowsThatAreLeftUnderIdsOfTheirOwn() throws IOException {
    var before = Files.readAllLines(input);
    var left = spoiled(Junk.COPIES, 0.5, 1).stream()
        .filter(before::contains)
        .map(line -> Json.object(line, "out").path("query").asText())
        .toList();
    assertThat(junk(Junk.COPIES, 0.5)).isNotEmpty().allSatisfy(row -> {
      assertThat(left).contains(row.path("query").asText());
      assertThat(row.path("query").asText()).isNotEqualTo("question " + number(row));
      assertThat(row.at("/positive_passages/0/text").asText())
          .isEqualTo(row.path("query").asText().replace("question", "answer"));
    });
  }

  @Test
  void writesCompressedFilesByTheirName() throws IOException {
    var output = folder.resolve("out.jsonl.gz");
    spoiling(Junk.SHUFFLED, 0.5, 3).write(input, output);
    try (var in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(output)))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList())
          .isEqualTo(spoiled(Junk.SHUFFLED, 0.5, 3));
    }
  }

  @Test
  void namesAllRowsThatCannotBeReadOrMispaired() throws IOException {
    var lines = new ArrayList<>(Files.readAllLines(input));
    lines.set(1, "{\"query_id\": 1, \"query\": \"no answer\", \"positive_passages\": []}");
    lines.set(
        3,
        "{\"query_id\": 3, \"query\": \"no negative\", \"positive_passages\": [{\"text\": \"a\", \"score\": 1}]}");
    Files.write(input, lines);
    assertThatThrownBy(
            () -> spoiling(Junk.SWAPPED, 1, 0).write(input, folder.resolve("none.jsonl")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(input + ":2: has no positive passage")
        .hasMessageContaining(input + ":4: has no negative passage");
    assertThat(folder.resolve("none.jsonl")).doesNotExist();
  }

  @Test
  void refusesAShareThatLeavesNothingToDrawFrom() {
    assertThatThrownBy(() -> spoiling(Junk.COPIES, 1, 0).write(input, folder.resolve("none.jsonl")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("400 of its 400 rows would be spoiled");
    assertThatThrownBy(() -> new Spoiling(Junk.OFF_TOPIC, 1.5, 0, Optional.empty()))
        .hasMessageContaining("share must be above 0 and at most 1, was 1.5")
        .hasMessageContaining("from must be given");
  }
}
