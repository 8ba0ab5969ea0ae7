package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.io.InputException;
import org.tdro.io.Json;

class StoredEvaluationTest {
  private static final ModelEvaluation UNIFORM = values(0.5);
  private static final ModelEvaluation CURR = values(0.25);

  @TempDir
  private Path folder;

  private static final MixtureUse USE =
      new MixtureUse(0, 0, 100, 2.5, Map.of("adi", 0.75, "cisi", 0.25), 640);

  private static ModelEvaluation values(double value) {
    return new ModelEvaluation(
        Map.of("adi", Map.of("map", value)),
        Map.of(),
        Map.of("adi", Map.of("map", Map.of("1", value))));
  }

  /** A pipeline whose runs are not there any more. */
  @BeforeEach
  void writePipeline() {
    var evaluations = new LinkedHashMap<String, ModelEvaluation>();
    evaluations.put("uniform", UNIFORM);
    evaluations.put("curr", CURR);
    var runs = new LinkedHashMap<String, Path>();
    evaluations.keySet().forEach(name -> runs.put(name, pipeline().resolve("finetune-" + name)));
    new PipelineReport(
            List.of("map"),
            evaluations,
            Optional.empty(),
            runs,
            Map.of("uniform", USE, "curr", USE),
            List.of())
        .write(pipeline());
  }

  private Path pipeline() {
    return folder.resolve("runs/first");
  }

  private static ModelEvaluation only(Path path) {
    return only(path.toString());
  }

  private static ModelEvaluation only(String named) {
    var read = StoredEvaluation.read(named);
    assertThat(read).hasSize(1);
    return read.get(0).values();
  }

  private static Path run(Path run, String status) throws IOException {
    Files.createDirectories(run);
    return Files.writeString(run.resolve("run.json"), """
        {"status": "%s", "stage": "finetune", "seed": 42, "inputs": {}, "versions": {}, "started": "2026-11-26T10:00:00Z"}
        """.formatted(status));
  }

  @Test
  void aFolderOfFilesHoldsTheResultsOfEach() throws IOException {
    var systems = Files.createDirectories(folder.resolve("systems"));
    assertThatThrownBy(() -> StoredEvaluation.read(systems.toString()))
        .hasMessageContaining("nor does it hold a file of tdro evaluate --output");
    Json.write(systems.resolve("dense.json"), UNIFORM);
    Json.write(systems.resolve("bm25.json"), CURR);
    Files.writeString(systems.resolve("other.json"), "{}");
    assertThat(StoredEvaluation.read(systems.toString()))
        .extracting(StoredEvaluation::name, StoredEvaluation::values)
        .containsExactly(
            tuple(systems.resolve("bm25.json").toString(), CURR),
            tuple(systems.resolve("dense.json").toString(), UNIFORM));
  }

  @Test
  void aPipelineHoldsTheResultsOfItsWeightings() {
    assertThat(StoredEvaluation.read(pipeline().toString()))
        .extracting(StoredEvaluation::name)
        .containsExactly(pipeline() + ":uniform", pipeline() + ":curr");
    assertThat(StoredEvaluation.read(pipeline().toString()))
        .extracting(StoredEvaluation::mixture)
        .containsExactly(Optional.of(USE), Optional.of(USE));
    assertThat(only(pipeline() + ":curr")).isEqualTo(CURR);
    assertThat(only(pipeline() + "/results.json:uniform")).isEqualTo(UNIFORM);
  }

  @Test
  void resultsOfARunThatIsStillThereAreItsOwn() throws IOException {
    var run = pipeline().resolve("finetune-curr");
    run(run, "complete");
    Json.write(RunEvaluation.file(run), new RunEvaluation("key", "model", List.of(), values(0.75)));
    assertThat(only(pipeline() + ":curr")).isEqualTo(values(0.75));
    assertThat(StoredEvaluation.read(pipeline() + ":curr").get(0).record()).isPresent();
  }

  @Test
  void aFolderOfFoldersHoldsAllThatWasEvaluatedInIt() throws IOException {
    run(folder.resolve("runs/never-evaluated"), "complete");
    run(folder.resolve("runs/second/deep"), "complete");
    var run = folder.resolve("runs/second/deep");
    Json.write(RunEvaluation.file(run), new RunEvaluation("key", "model", List.of(), values(0.75)));
    assertThat(StoredEvaluation.read(folder.toString()))
        .extracting(StoredEvaluation::values)
        .containsExactly(UNIFORM, CURR, values(0.75));
  }

  @Test
  void filesOfEveryFormAreRead() throws IOException {
    var output = folder.resolve("output.json");
    Json.write(output, UNIFORM);
    assertThat(only(output)).isEqualTo(UNIFORM);
    var means = folder.resolve("means.json");
    Json.write(means, UNIFORM.sets());
    assertThat(only(means)).isEqualTo(new ModelEvaluation(UNIFORM.sets(), Map.of(), Map.of()));
    var older = folder.resolve("older.json");
    Files.writeString(
        older, "{\"evaluation\": {\"curr\": {\"adi\": {\"map\": 0.5}}}, \"weights\": {}}");
    assertThat(only(older).value("adi", "map")).isEqualTo(0.5);
  }

  @Test
  void resultsOfARunThatIsBeingTrainedAnewAreNotShown() throws IOException {
    var run = folder.resolve("again");
    run(run, "started");
    Json.write(RunEvaluation.file(run), new RunEvaluation("key", "model", List.of(), CURR));
    assertThat(StoredEvaluation.ofRun(run)).isEmpty();
    assertThatThrownBy(() -> StoredEvaluation.read(run.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is of an earlier run in this folder");
    run(run, "complete");
    assertThat(StoredEvaluation.ofRun(run)).map(StoredEvaluation::values).contains(CURR);
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() throws IOException {
    var file = Files.writeString(
        folder.resolve("damaged.json"),
        "{\"sets\": {\"s\": {\"map\": 0.5}, \"t\": {\"map\": 0.5}}, \"queries\": {\"s\": {\"map\": {\"1\": \"NaN\"}}}}");
    refuses(file.toString(), "s: map of query 1 is NaN");
    refuses(file.toString(), "t: has means, but no values of queries");
  }

  @Test
  void whatHoldsNoResultsIsNamed() throws IOException {
    var run = folder.resolve("runs/never-evaluated");
    run(run, "complete");
    var config = Files.writeString(folder.resolve("other.json"), "{\"hidden_size\": 32}");
    var empty = Files.createDirectories(folder.resolve("empty"));
    refuses(run.toString(), "this run has no results");
    refuses(config.toString(), "holds no results of an evaluation");
    refuses(empty.toString(), "nor do the folders in it");
    refuses(folder + "/none", "there is no such file or folder");
    refuses(folder + "/none:curr", "there is no such file or folder");
    refuses(pipeline() + ":top70", "there are the weightings uniform, curr");
  }

  private static void refuses(String named, String because) {
    assertThatThrownBy(() -> StoredEvaluation.read(named))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(named)
        .hasMessageContaining(because);
  }
}
