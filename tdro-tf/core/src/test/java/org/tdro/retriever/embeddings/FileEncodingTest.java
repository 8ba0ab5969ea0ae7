package org.tdro.retriever.embeddings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.TokenEncoding;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.testing.Shared;
import org.tdro.text.TextKind;

class FileEncodingTest {
  @TempDir
  static Path shared;

  @TempDir
  Path folder;

  private static Retriever retriever;

  @BeforeAll
  static void load() {
    SmallRetriever.write(shared.resolve("model"), SmallRetriever.mini());
    retriever = StoredRetrievers.load(shared.resolve("model"));
  }

  @AfterAll
  static void close() {
    retriever.close();
  }

  private long encode(Path input, String output) {
    return new FileEncoding(retriever, TextKind.PASSAGE, "", TokenEncoding.DEFAULT)
        .run(input, folder.resolve(output));
  }

  private Path input(String... lines) throws IOException {
    return Files.write(folder.resolve("input.jsonl"), List.of(lines));
  }

  private static float[] expected(String text) {
    var ids = retriever.tokenize(TextKind.PASSAGE, "", text);
    return retriever.encode(TextKind.PASSAGE, new int[][] {ids}).values();
  }

  private Map<String, float[]> jsonl(String name) throws IOException {
    var rows = new LinkedHashMap<String, float[]>();
    for (var line : Files.readAllLines(folder.resolve(name))) {
      var row = new JsonMapper().readTree(line);
      var values = new float[row.get("embedding").size()];
      for (int i = 0; i < values.length; i++) {
        // What is written is the shortest decimal that reads back as the same float.
        values[i] = Float.parseFloat(row.get("embedding").get(i).asText());
      }
      rows.put(row.get("_id").asText(), values);
    }
    return rows;
  }

  @Test
  void textsTitlesAndTokensComeInTheOrderOfTheInput() throws IOException {
    var input = input(
        "{\"_id\": \"x\", \"title\": \"t\", \"text\": \"a longer body\"}",
        "{\"text\": \"b\"}",
        "",
        "{\"_id\": 7, \"input_ids\": [4, 5, 1]}");
    assertThat(encode(input, "out.jsonl")).isEqualTo(3);
    var rows = jsonl("out.jsonl");
    assertThat(rows.keySet()).containsExactly("x", "2", "7");
    assertThat(rows.get("x"))
        .usingComparatorWithPrecision(2e-6f)
        .containsExactly(expected("t a longer body"));
    assertThat(rows.get("2")).usingComparatorWithPrecision(2e-6f).containsExactly(expected("b"));
    assertThat(rows.get("7"))
        .usingComparatorWithPrecision(2e-6f)
        .containsExactly(retriever
            .encode(TextKind.PASSAGE, new int[][] {{4, 5, 1}})
            .values());
  }

  @Test
  void arrowAndJsonHoldTheSameBits() throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 5000; i++) {
      lines.add("{\"_id\": \"d%d\", \"text\": \"text %d\"}".formatted(i, i % 50));
    }
    var input = folder.resolve("input.jsonl.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(input))) {
      out.write(String.join("\n", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    encode(input, "out.jsonl");
    assertThat(encode(input, "out.arrow")).isEqualTo(5000);
    var expected = jsonl("out.jsonl").entrySet().iterator();
    try (var channel = FileChannel.open(folder.resolve("out.arrow"));
        var allocator = new RootAllocator();
        var reader = new ArrowFileReader(channel, allocator)) {
      var root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        var ids = (VarCharVector) root.getVector("_id");
        var numbers =
            (Float4Vector) ((FixedSizeListVector) root.getVector("embedding")).getDataVector();
        for (int row = 0; row < root.getRowCount(); row++) {
          var json = expected.next();
          assertThat(ids.getObject(row)).hasToString(json.getKey());
          for (int i = 0; i < 12; i++) {
            assertThat(numbers.get(row * 12 + i)).isEqualTo(json.getValue()[i]);
          }
        }
      }
    }
    assertThat(expected).isExhausted();
  }

  @Test
  void allWrongLinesAreListedAndNothingIsWritten() throws IOException {
    var input = input(
        "{\"text\": \"fine\"}",
        "{\"text\": \"cut",
        "{\"title\": \"only\"}",
        "{\"text\": 3}",
        "{\"input_ids\": [2, 258]}",
        "{\"input_ids\": []}",
        "{\"_id\": [], \"text\": \"a\"}",
        "[1]");
    Files.writeString(folder.resolve("out.arrow"), "the last good one");
    assertThatThrownBy(() -> encode(input, "out.arrow"))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .hasSize(7)
                .satisfies(
                    problem -> assertThat(problem)
                        .startsWith(input + ":2: malformed JSON at column ")
                        .doesNotContain("Source"),
                    org.assertj.core.api.Assertions.atIndex(0))
                .endsWith(
                    input + ":3: has neither text nor input_ids, only title",
                    input + ":4: text is a number, expected a string",
                    input + ":5: has token id 258; the model's ids are 0 to 257",
                    input + ":6: input_ids is not a list of whole numbers",
                    input + ":7: _id is neither a string nor a whole number",
                    input + ":8: is not a JSON object, but a list"));
    assertThat(folder.resolve("out.arrow")).hasContent("the last good one");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("input.jsonl", "out.arrow");
  }

  @Test
  void idsAreThoseOfTheInputWhateverTheirKey() throws IOException {
    var input = input(
        "{\"docid\": \"d1\", \"title\": \"t\", \"text\": \"a\"}",
        "{\"id\": 5, \"text\": \"a\"}",
        "{\"query_id\": \"q\", \"text\": \"a\"}",
        "{\"_id\": \"own\", \"id\": 6, \"docid\": \"d2\", \"text\": \"a\"}",
        "{\"_id\": null, \"docid\": \"d3\", \"text\": \"a\"}",
        "{\"text\": \"a\"}");
    encode(input, "out.jsonl");
    assertThat(jsonl("out.jsonl").keySet()).containsExactly("d1", "5", "q", "own", "d3", "6");
  }

  @Test
  void theKeysOfARowWithoutTextAreNamed() throws IOException {
    var input = input("{\"query_id\": \"q7\", \"query\": \"a\"}");
    assertThatThrownBy(() -> encode(input, "out.jsonl"))
        .hasMessage(input + ":1: has neither text nor input_ids, only query_id, query");
  }

  @Test
  void aLoneSurrogateDoesNotChangeTheRestOfItsText() throws IOException {
    encode(Shared.path("field/15-surrogate/in2.jsonl"), "out.jsonl");
    assertThat(jsonl("out.jsonl").get("t1"))
        .usingComparatorWithPrecision(2e-6f)
        .containsExactly(expected("\uD83D\uDE42 cat \uFFFD"));
    encode(input("{\"_id\": \"\\ud83d\", \"text\": \"a\"}"), "ids.jsonl");
    assertThat(jsonl("ids.jsonl")).containsOnlyKeys("\uFFFD");
  }

  @Test
  void noMoreThanTwentyProblemsAreListed() throws IOException {
    var lines = new String[30];
    java.util.Arrays.fill(lines, "{}");
    var input = input(lines);
    assertThatThrownBy(() -> encode(input, "out.jsonl"))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.problems()).hasSize(20));
  }

  @Test
  void anEmptyFileGivesAnEmptyFile() throws IOException {
    assertThat(encode(input(), "out.jsonl")).isZero();
    assertThat(jsonl("out.jsonl")).isEmpty();
  }

  @Test
  void theFormatFollowsFromTheName() {
    assertThatThrownBy(() -> encode(folder.resolve("input.jsonl"), "out.csv"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name an output file .arrow or .jsonl");
  }
}
