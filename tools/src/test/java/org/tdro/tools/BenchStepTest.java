package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Checkout;

class BenchStepTest {
  private static final String TINY = "8,6,16,2,32,2,300";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void useTheRepositorysConfiguration() {
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private JsonNode lastLine() throws IOException {
    return new JsonMapper().readTree(out.toString().lines().reduce((a, b) -> b).orElseThrow());
  }

  @Test
  void theLastLineIsJson() throws IOException {
    assertThat(run("bench", "step", "--shape", TINY, "--steps", "3", "--warmup", "1", "--json"))
        .isZero();
    var json = lastLine();
    assertThat(json.at("/steps").asInt()).isEqualTo(3);
    assertThat(json.at("/tokens").asInt()).isEqualTo(8 * 6);
    assertThat(json.at("/padding_share").asDouble(-1)).isZero();
    for (var kind : List.of("forward", "train", "dro", "weight_update", "matrix_product")) {
      assertThat(json.get(kind + "_min_ms").asDouble())
          .as(kind)
          .isPositive()
          .isLessThanOrEqualTo(json.get(kind + "_ms").asDouble());
      assertThat(json.get(kind + "_cpu_ms").isNumber()).as(kind).isTrue();
    }
    for (var positive : List.of(
        "tokens_per_second", "gflops", "forward_gflops", "dro_gflops", "matrix_product_gflops")) {
      assertThat(json.get(positive).asDouble()).as(positive).isPositive();
    }
    assertThat(json.get("input_wait_share").asDouble()).isBetween(0.0, 1.0);
    assertThat(json.get("dro_to_train").asDouble()).isPositive();
  }

  @Test
  void theKernelsOfTrainingAreNamed() {
    assertThat(run(
            "bench",
            "step",
            "--shape",
            TINY,
            "--steps",
            "1",
            "--warmup",
            "1",
            "--kinds",
            "forward,train,dro",
            "--kernels"))
        .as(err.toString())
        .isZero();
    var tables = out.toString().split("kernel +ms +share +number");
    assertThat(tables).hasSize(3);
    assertThat(tables[0]).contains("train").doesNotContain("ResourceApply");
    for (var table : List.of(tables[1], tables[2])) {
      // The shape is without dropout.
      assertThat(table)
          .doesNotContain("Random")
          .contains("MatMul")
          .contains("ResourceApply")
          .containsPattern("others +\\d");
    }
  }

  /** 2 passages of 8 tokens and a query of 4 for each of 3 rows, twice. */
  @Test
  void measuresTheConfiguredModel() throws IOException {
    assertThat(run(
            "bench",
            "step",
            "--steps=2",
            "--warmup=0",
            "--json",
            "model=static",
            "train.batch-size=3",
            "train.accumulation-steps=2",
            "data.query-length=4",
            "data.passage-length=8",
            "data.passages-per-query=2",
            "loss.matryoshka-dimensions=[8]",
            "loss.distillation.weight=0.5"))
        .isZero();
    assertThat(lastLine().get("tokens").asInt()).isEqualTo(2 * 3 * (4 + 2 * 8));
  }

  /** 4 queries of 1 token with passages of 2 and 5: the batch has 4 · (1 + 2 · 5) positions. */
  @Test
  void realLengthsAreThoseOfTheRows(@TempDir Path folder) throws IOException {
    var rows = IntStream.range(0, 20).mapToObj(i -> """
            {"query_id": "%d", "query": "a", "positive_passages": [{"docid": "p", "text": "b c"}], "negative_passages": [{"docid": "n", "text": "d e f g h"}]}""".formatted(i)).toList();
    Files.createDirectories(folder.resolve("data"));
    Files.write(folder.resolve("data/rows.jsonl"), rows);
    assertThat(run(
            "bench",
            "step",
            "--lengths=real",
            "--steps=2",
            "--warmup=1",
            "--json",
            "data=" + folder.resolve("data"),
            "data.cache=" + folder.resolve("cache"),
            "data.vocabulary=300",
            "data.pad-multiple=1",
            "model=mini",
            "model.hidden=8",
            "model.heads=2",
            "train.batch-size=4",
            "train.length-groups=3"))
        .as(err.toString())
        .isZero();
    var json = lastLine();
    double tokens = json.get("tokens").asDouble();
    assertThat(json.get("padding_share").asDouble()).isBetween(0.2, 0.5);
    assertThat(tokens).isPositive();
    assertThat(json.get("tokens_per_second").asDouble()).isPositive();
  }

  @Test
  void aShapeHasSevenNumbers() {
    assertThat(run("bench", "step", "--shape", "8,6,16")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("a shape is seven whole numbers batch,length,hidden,heads,ff,layers,vocabulary,"
            + " was 8,6,16");
  }

  @Test
  void aBatchDividesIntoQueriesAndPassages() {
    assertThat(run("bench", "step", "--shape", TINY, "--passages", "2")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("a batch of 8 texts cannot be divided into queries with 2 passages each");
  }

  @Test
  void memoryIsReadAtIntervals() {
    assertThat(run("bench", "memory", "--steps", "6", "--every", "2")).isZero();
    assertThat(out.toString().lines()).hasSize(5);
    assertThat(out.toString()).contains("bytes a step");
  }
}
