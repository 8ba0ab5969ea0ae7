package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.io.Json;

class CompareCommandTest {
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeResults() {
    write("bm25.json", 0.5, 0.25, 0.75, 0.5, 0.25);
    write("dense.json", 0.75, 0.75, 1, 0.75, 0.75);
    write("again.json", 1, 0.75, 1, 0.75, 0.5);
  }

  private void write(String file, double... of) {
    var values = new LinkedHashMap<String, Double>();
    double sum = 0;
    for (int i = 0; i < of.length; i++) {
      values.put("q" + i, of[i]);
      sum += of[i];
    }
    Json.write(
        folder.resolve(file),
        new ModelEvaluation(
            Map.of("adi", Map.of("ndcg_cut_10", sum / of.length)),
            Map.of(),
            Map.of("adi", Map.of("ndcg_cut_10", values))));
  }

  private int compare(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    var all = new String[arguments.length + 1];
    all[0] = "compare";
    for (int i = 0; i < arguments.length; i++) {
      all[i + 1] = arguments[i].replace("@", folder + "/");
    }
    return Main.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void filesAreNamedAfterThemselvesOrAsAsked() {
    assertThat(compare("@bm25.json", "minilm=@dense.json", "--baseline", "@bm25.json"))
        .isZero();
    assertThat(out.toString())
        .startsWith("| ndcg_cut_10 | a bm25 | b minilm |\n")
        .contains("| adi | 0.4500 | **0.8000**ᵃ |\n");
  }

  @Test
  void resultsOfOneNameAreOneSystem() {
    assertThat(compare(
            "bm25=@bm25.json", "dense=@dense.json", "dense=@again.json", "--baseline", "bm25"))
        .isZero();
    assertThat(out.toString()).startsWith("| ndcg_cut_10 | a bm25 | b dense (2 runs) |\n");
  }

  @Test
  void theBaselineMayBeTheNameOfAColumn() {
    assertThat(compare("@dense.json", "@bm25.json", "--baseline", "bm25", "--test", "seeds"))
        .isZero();
    assertThat(out.toString())
        .startsWith("| ndcg_cut_10 | a bm25 | b dense |\n")
        .contains("No value is marked: a t-test over seeds needs several runs of both systems.");
    assertThat(compare("@dense.json", "@bm25.json", "--baseline", "bm52")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "--baseline bm52: there is no such column, file or folder; columns are dense, bm25\n");
  }

  @Test
  void otherFormatsAreWritten() throws IOException {
    assertThat(compare("@bm25.json", "@dense.json", "--format", "csv", "--mteb", "@mteb"))
        .isZero();
    assertThat(out.toString()).startsWith("measure,row,kind,").contains("dense,1,0.8,,bm25,0.35");
    assertThat(Json.read(folder.resolve("mteb/dense/adi.json")).at("/scores/test/0/main_score"))
        .isEqualTo(Json.read(folder.resolve("dense.json")).at("/sets/adi/ndcg_cut_10"));
    for (var name : new String[] {"..", ".", " "}) {
      assertThat(compare(name + "=@bm25.json", "--mteb", "@mteb/in")).isEqualTo(2);
      assertThat(err.toString())
          .startsWith("--mteb: no folder can have the name of system '%s'".formatted(name));
    }
    assertThat(compare("..\\b=@bm25.json", ".._b=@dense.json", "--mteb", "@mteb/in"))
        .isZero();
    assertThat(folder.resolve("mteb/in").toFile().list())
        .containsExactlyInAnyOrder("..__b", ".._b");
    assertThat(compare("a\\b=@bm25.json", "a__b=@dense.json", "--mteb", "@mteb/in"))
        .isEqualTo(2);
    assertThat(err.toString()).startsWith("--mteb: two systems would be written to ");
    assertThat(compare("@bm25.json", "--mteb", "@mteb")).isEqualTo(2);
    assertThat(err.toString()).contains("add --overwrite to replace it");
  }

  @Test
  void wrongArgumentsAreRefusedByName() throws IOException {
    assertThat(compare("@bm25.json", "--alpha", "1.5")).isEqualTo(2);
    assertThat(err.toString()).startsWith("alpha must be above 0 and below 1, was 1.5\n");
    assertThat(compare("@bm25.json", "--samples", "5000000")).isEqualTo(2);
    assertThat(err.toString()).startsWith("samples must be from 100 to 1000000, was 5000000\n");
    assertThat(compare("@bm25.json", "--format", "html")).isEqualTo(2);
    assertThat(err.toString()).contains("expected one of markdown, csv, json, latex, was 'html'");
    assertThat(compare("@bm25.json", "--baseline", "@bm25.json")).isEqualTo(2);
    assertThat(err.toString()).startsWith("only the baseline is given");
    assertThat(compare("a=@bm25.json", "b=@bm25.json")).isEqualTo(2);
    assertThat(err.toString()).contains("bm25.json is named twice: a and b");
    assertThat(compare("@none.json", "@bm25.json")).isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString()).contains("none.json: there is no such file or folder");
    assertThat(compare("@bm25.json", "@dense.json", "--measures", "ndcg_cut_20"))
        .isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString())
        .contains("there are no values of ndcg_cut_20; all runs have ndcg_cut_10");
    Files.writeString(folder.resolve("damaged.json"), "{\"sets\": {");
    assertThat(compare("@bm25.json", "@damaged.json")).isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString()).contains("damaged.json:1: not valid JSON");
  }
}
