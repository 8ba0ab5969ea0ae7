package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.Json;
import org.tdro.runs.RunFolder;

class RunSettingTest {
  @TempDir
  private Path folder;

  /** Writes a run's configuration and record, as training does. */
  private RunSetting run(String name, Map<String, String> inputs, String... arguments)
      throws IOException {
    var run = new RunFolder(folder.resolve(name));
    Files.createDirectories(run.path());
    Files.createDirectories(folder.resolve("train"));
    var all = new ArrayList<>(List.of(arguments));
    all.add("output=" + run.path());
    var config = SmallCollection.config(folder, all.toArray(String[]::new));
    Files.writeString(run.config(), config.render());
    Files.writeString(run.record(), """
        {"status": "complete", "stage": "finetune", "seed": %d, "inputs": %s, "versions": {}, "started": "2026-11-26T10:00:00Z"}
        """.formatted(config.config().seed(), Json.line(inputs)));
    return RunSetting.of(run).orElseThrow();
  }

  private RunSetting finetune(String pipeline, String content, String... arguments)
      throws IOException {
    var all = new ArrayList<>(List.of(arguments));
    var weights = folder.resolve(pipeline).resolve("dro/weights/top70_weights.json");
    Files.createDirectories(weights.getParent());
    Files.writeString(weights, "{}");
    all.add("stage=finetune");
    all.add("data.weights=" + weights);
    return run(
        pipeline + "/finetune",
        Map.of("data", "d", "weights", content),
        all.toArray(String[]::new));
  }

  private void dro(String pipeline, String... arguments) throws IOException {
    run(pipeline + "/dro", Map.of("data", "d"), arguments);
  }

  @Test
  void seedsAndFoldersDoNotCount() throws IOException {
    var one = run("one", Map.of("data", "d", "configuration", "x"), "seed=1");
    var two = run("two", Map.of("data", "d", "configuration", "y"), "seed=2");
    assertThat(one.differences(two)).isEmpty();
    assertThat(two.seed()).isEqualTo(2);
  }

  /** An audit of two runs writes other weights for every seed. */
  private RunSetting audited(String pipeline, String content, String... arguments)
      throws IOException {
    run(pipeline + "/audit/second", Map.of("data", "d"), arguments);
    var audit = folder.resolve(pipeline).resolve("audit");
    RunSetting.write(
        audit,
        1,
        Map.of("audit.rows", "512"),
        Map.of("second", content),
        Map.of("second", audit.resolve("second")));
    var weights = audit.resolve("audited_weights.json");
    Files.writeString(weights, "{}");
    var all = new ArrayList<>(List.of(arguments));
    all.add("stage=finetune");
    all.add("data.weights=" + weights);
    return run(
        pipeline + "/finetune-audited",
        Map.of("data", "d", "weights", content),
        all.toArray(String[]::new));
  }

  @Test
  void mixturesOfAuditsCountByTheRunsThatWereAudited() throws IOException {
    var one = audited("one", "a", "seed=1");
    var two = audited("two", "b", "seed=2");
    assertThat(one.differences(two)).isEmpty();
    assertThat(one.hash()).isEqualTo(two.hash());
    assertThat(audited("longer", "c", "seed=3", "train.steps=77").differences(one))
        .containsExactly(Map.entry("train.steps", "77"));
  }

  @Test
  void settingsAndContentsCount() throws IOException {
    var one = run("one", Map.of("data", "d"), "train.steps=5");
    var two = run("two", Map.of("data", "e"), "train.steps=6");
    assertThat(one.differences(two)).containsKeys("train.steps", "data.train").hasSize(2);
    var drawn = run("drawn", Map.of("data", "d"), "train.steps=5", "data.weights=proportional");
    assertThat(drawn.differences(one)).containsExactly(Map.entry("data.weights", "proportional"));
  }

  /** Fine-tuning takes the learned weights, and does not use the reference, which jobs of a sweep share. */
  @Test
  void aReferenceThatTheStageDoesNotUseDoesNotCount() throws IOException {
    for (var name : List.of("r1", "r2")) {
      Files.createDirectories(folder.resolve(name));
    }
    var one = run("one", Map.of("data", "d"), "seed=1", "dro.reference=" + folder.resolve("r1"));
    var two = run("two", Map.of("data", "d"), "seed=2", "dro.reference=" + folder.resolve("r2"));
    assertThat(one.differences(two)).isEmpty();
  }

  /** The weights that a seed's own run learned differ, but the run was made in the same way. */
  @Test
  void learnedWeightsCountByTheRunThatLearnedThem() throws IOException {
    dro("a", "stage=dro", "dro=raw", "seed=1", "dro.step-size=0.02");
    dro("b", "stage=dro", "dro=raw", "seed=2", "dro.step-size=0.02");
    dro("c", "stage=dro", "dro=raw", "seed=2", "dro.step-size=0.1");
    var first = finetune("a", "content a", "seed=1", "dro.step-size=0.02");
    var second = finetune("b", "content b", "seed=2", "dro.step-size=0.02");
    var other = finetune("c", "content b", "seed=2", "dro.step-size=0.1");
    assertThat(first.differences(second)).isEmpty();
    assertThat(other.differences(first)).containsExactly(Map.entry("dro.step-size", "0.1"));
    assertThat(other.differences(second)).containsExactly(Map.entry("dro.step-size", "0.1"));
  }
}
