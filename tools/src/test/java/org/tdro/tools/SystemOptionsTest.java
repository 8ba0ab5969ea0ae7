package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tdro evaluate} without a model. */
class SystemOptionsTest {
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeSets() throws IOException {
    for (var name : List.of("a", "b")) {
      var set = Files.createDirectories(folder.resolve("sets").resolve(name));
      Files.createDirectory(set.resolve("qrels"));
      Files.writeString(
          set.resolve("corpus.jsonl"),
          "{\"_id\": \"d1\", \"text\": \"dog\"}\n{\"_id\": \"d2\", \"title\": \"Dogs\", \"text\": \"and cats\"}\n");
      Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"the dog\"}\n");
      Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\td2\t1\n");
    }
  }

  private int evaluate(String... further) {
    var arguments = new ArrayList<>(
        List.of("evaluate", "--data", folder.resolve("sets").toString(), "--quiet"));
    arguments.addAll(List.of(further));
    return Main.run(arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void bm25NeedsNoModel() throws IOException {
    assertThat(evaluate(
            "--systems",
            "bm25",
            "--measures",
            "recip_rank",
            "--run-file",
            folder.resolve("r").toString()))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).isEqualTo("""
            | set | recip_rank |
            |---|--:|
            | a | 0.5000 |
            | b | 0.5000 |
            | average (2 sets) | 0.5000 |
            """);
    assertThat(Files.readAllLines(folder.resolve("r/b.trec"))).hasSize(2);
  }

  /** With b = 0 lengths do not count, and of equal documents the larger id is first. */
  @Test
  void parametersReachBm25() {
    assertThat(evaluate("--systems", "bm25", "--bm25-b", "0", "--measures", "recip_rank"))
        .isZero();
    assertThat(out.toString()).contains("| a | 1.0000 |");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--measures,map | --model is missing; without a model, --systems bm25 ranks by words",
        "--systems,bm25,--systems,rrf-10 | --systems: rrf-10 needs --model",
        "--systems,bm52 | bm52 is not a system; there are dense, hnsw, bm25",
        "--systems,weighted-1.5 | weighted-1.5: the weight of dense must be from 0 to 1",
        "--model,m,--systems,bm25 | --model: none of the systems bm25 uses it",
        "--model,m,--systems,rerank | --systems: rerank needs the run file --rerank",
        "--model,m,--rerank,r,--systems,dense | --rerank: none of the --systems uses it",
        "--systems,bm25,--run-file,x.trec | --run-file x.trec: several sets are written into a folder, a file NAME.trec for each; name the folder without .trec",
        "--model,m,--rerank,nowhere | --rerank: there is no file nowhere/a.trec, the rankings of the set a",
        "--model,m,--rerank,r,--rerank-depth,0 | --rerank-depth must be at least 1, was 0",
        "--model,m,--bm25-b,0.4 | --bm25-b: none of the --systems uses it",
        "--systems,bm25,--hnsw-ef,5 | --hnsw-ef: none of the --systems uses it",
        "--systems,bm25,--bm25-k1,-1 | k1 of BM25 must be at least 0, was -1.0",
        "--model,m,--systems,hnsw,--hnsw-m,1 | M of HNSW must be from 2 to 512, was 1",
        "--systems,bm25,--dimension,8 | --dimension is that of a model; name one by --model",
      })
  void wrongUsageIsSaid(String arguments, String message) {
    assertThat(evaluate(arguments.split(",", -1))).isEqualTo(2);
    assertThat(err.toString()).startsWith(message);
  }
}
