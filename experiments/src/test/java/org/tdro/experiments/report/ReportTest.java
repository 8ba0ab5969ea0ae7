package org.tdro.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.experiments.ledger.MadeRuns;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;

class ReportTest {
  /** Of {@code dist/echarts.min.js} in the npm package echarts 6.1.0. */
  private static final String ECHARTS =
      "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0";

  @TempDir
  private Path folder;

  private JsonNode data(Path... folders) throws IOException {
    var page = folder.resolve("report.html");
    Report.of(List.of(folders)).write(page);
    var text = Files.readString(page);
    var start = "id=\"data\">";
    int from = text.indexOf(start) + start.length();
    return Json.object(text.substring(from, text.indexOf("</script>", from)), "data");
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void theLibraryIsTheOneThatIsNamed() throws IOException {
    try (var script = Report.class.getResourceAsStream("echarts.min.js")) {
      assertThat(Sha256.of(script.readAllBytes())).isEqualTo(ECHARTS);
    }
  }

  @Test
  void whatAllRunsShareIsSaidOnce() throws IOException {
    var runs = new MadeRuns(folder.resolve("runs"));
    runs.complete("a", "train.steps=100");
    runs.complete("b", "train.steps=200");
    var data = data(folder.resolve("runs"));
    assertThat(data.at("/runs/rows/values/0/train.steps").asInt()).isEqualTo(100);
    assertThat(data.at("/runs/columns/train.steps").asText()).isEqualTo("CONFIG");
    assertThat(texts(data.at("/runs/settings"))).containsExactly("train.steps");
    assertThat(data.at("/runs/columns").has("train.batch-size")).isFalse();
    assertThat(StreamSupport.stream(data.at("/runs/shared").spliterator(), false)
            .map(fact -> fact.path("name").asText()))
        .contains("train.batch-size", "inputs.data", "versions.java")
        .doesNotContain("train.steps", "status");
  }

  @Test
  void curvesAreMeansWithoutAbsentValues() throws IOException {
    var run = new MadeRuns(folder.resolve("runs")).complete("a");
    MadeRuns.write(
        run.log(),
        IntStream.rangeClosed(1, 2000)
            .mapToObj(step -> step + "," + step + "," + (step % 10 == 0 ? "0.5" : ""))
            .collect(Collectors.joining("\n", "step,loss,dev/ndcg_cut_10\n", "\n2001,9")));
    MadeRuns.write(
        run.trajectory(),
        "step,rows/news,loss/news,rows/a/b,loss/a/b\n1,3,0.5,0,\n2,4,0.25,1,NaN\n");
    var curves = data(folder.resolve("runs")).at("/curves/0");
    assertThat(curves.at("/log/every").asInt()).isEqualTo(4);
    assertThat(curves.at("/log/steps").size()).isEqualTo(500);
    assertThat(curves.at("/log/steps/499").asInt()).isEqualTo(2000);
    assertThat(curves.at("/log/columns/loss/0").asDouble()).isEqualTo(2.5);
    assertThat(curves.at("/log/columns/loss/499").asDouble()).isEqualTo(1998.5);
    assertThat(curves.at("/log/columns").path("dev/ndcg_cut_10").get(0).isNull())
        .isTrue();
    assertThat(curves.at("/log/columns").path("dev/ndcg_cut_10").get(2).asDouble())
        .isEqualTo(0.5);
    assertThat(texts(curves.at("/domains/names"))).containsExactly("news", "a/b");
    assertThat(texts(curves.at("/domains/rows"))).containsExactly("7.0", "1.0");
    assertThat(curves.at("/domains/values/loss").toString()).isEqualTo("[[0.5,0.25],[null,null]]");
    assertThat(curves.at("/domains/last/loss").toString()).isEqualTo("[0.25,null]");
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    var runs = new MadeRuns(folder.resolve("runs"));
    var run = runs.complete("a");
    MadeRuns.write(run.log(), "step,loss\n1,0.5\n2\n");
    MadeRuns.write(folder.resolve("runs/b/run.json"), "{");
    MadeRuns.write(runs.complete("c").log(), "step,loss\nx,0.5\n");
    MadeRuns.write(runs.complete("d").trajectory(), "step,loss\n1,0.5\n");
    MadeRuns.write(runs.complete("e").trajectory(), "step,loss/a,loss/a\n1,0.5,1\n");
    assertThat(texts(data(folder.resolve("runs")).at("/notes")))
        .anyMatch(note -> note.startsWith(run.log() + ":3: has 1 cells"))
        .anyMatch(note -> note.contains("runs/b/run.json"))
        .anyMatch(note -> note.endsWith("c/log.csv: expected the number of a step, found: x"))
        .anyMatch(note -> note.endsWith("d/trajectory.csv:1: the column loss names no domain"))
        .anyMatch(note -> note.endsWith("e/trajectory.csv:1: a column is there twice"));
    assertThatThrownBy(() -> Report.of(List.of(folder.resolve("nothing"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nothing");
    Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> Report.of(List.of(folder.resolve("empty"))))
        .hasMessageContaining("holds no runs");
  }

  @Test
  void jobsWithoutResultsAreNamed() throws IOException {
    new MadeRuns(folder.resolve("runs")).complete("eta/0");
    MadeRuns.write(folder.resolve("runs/eta/jobs.jsonl"), """
        {"job": 0, "overrides": ["seed=1"], "steps": [9], "identity": "a", "evaluation": "", "status": "complete"}
        {"job": 1, "overrides": ["seed=2"], "steps": [9], "identity": "b", "evaluation": "", "status": "failed", "exit_code": 1}
        """);
    assertThat(texts(data(folder.resolve("runs")).at("/notes")))
        .containsExactly(
            folder.resolve("runs/eta") + ": 1 of 2 jobs complete",
            "%s: job 1 (seed=2) failed; see %s"
                .formatted(folder.resolve("runs/eta"), folder.resolve("runs/eta/1/job.log")));
  }

  @Test
  void aSharedReferenceHasOfTheSweptKeysThoseThatMatterToIt() throws IOException {
    var runs = new MadeRuns(folder.resolve("runs"));
    runs.complete(
        "eta/shared/reference-1", "stage=reference", "dro.step-size=0.5", "train.steps=7");
    runs.complete(
        "eta/0",
        "stage=dro",
        "dro=excess",
        "dro.step-size=0.5",
        "train.steps=7",
        "dro.reference=r");
    MadeRuns.write(folder.resolve("runs/eta/jobs.jsonl"), """
        {"job": 0, "overrides": ["dro=excess", "dro.step-size=0.5", "train.steps=7"], "steps": [7], "identity": "a", "evaluation": "", "status": "complete"}
        """);
    var data = data(folder.resolve("runs"));
    assertThat(texts(data.at("/runs/settings")))
        .containsExactly("dro", "dro.step-size", "train.steps");
    var job = data.at("/runs/rows/values/0");
    var reference = data.at("/runs/rows/values/1");
    assertThat(job.path("dro").asText()).isEqualTo("excess");
    assertThat(job.path("dro.step-size").asDouble()).isEqualTo(0.5);
    assertThat(reference.path("stage").asText()).isEqualTo("reference");
    assertThat(reference.has("dro")).isFalse();
    assertThat(reference.has("dro.step-size")).isFalse();
    // Both have it: it is said once.
    assertThat(data.at("/runs/shared").toString()).contains("train.steps");
  }

  @Test
  void aFolderGivenTwiceCountsOnce() throws IOException {
    new MadeRuns(folder.resolve("runs")).complete("a");
    var data = data(folder.resolve("runs"), folder.resolve("runs/a"));
    assertThat(data.at("/runs/rows/values").size()).isEqualTo(1);
  }
}
