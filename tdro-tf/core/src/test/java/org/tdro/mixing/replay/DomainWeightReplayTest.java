package org.tdro.mixing.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.testing.Shared;

/** Trajectories of the published code, {@code golden/tdro}; see the README there. */
class DomainWeightReplayTest {
  private static final double TOLERANCE = 2e-5;
  private static final JsonMapper JSON = new JsonMapper();

  static List<Path> scenarios() throws IOException {
    try (var files = Files.list(Shared.path("golden/tdro"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void replaysThePublishedTrajectory(Path file, @TempDir Path folder) throws IOException {
    var output = folder.resolve("trajectory.json");
    try (var replay = new DomainWeightReplay(ReplayScenario.read(file))) {
      replay.run().write(output);
    }
    var expected = JSON.readTree(file.toFile());
    var actual = JSON.readTree(output.toFile());
    var differences = new ArrayList<String>();
    compareRows(
        expected.get("micro_batches"),
        actual.get("micro_batches"),
        List.of("domain_ids", "lm_loss", "ref_loss"),
        differences);
    compareRows(expected.get("updates"), actual.get("updates"), List.of(), differences);
    compare("final_files", expected.get("final_files"), actual.get("final_files"), differences);
    assertThat(differences).isEmpty();
  }

  private static void compareRows(
      JsonNode expected, JsonNode actual, List<String> inputs, List<String> differences) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int row = 0; row < expected.size(); row++) {
      for (var field : expected.get(row).properties()) {
        if (!inputs.contains(field.getKey())) {
          var path = "[" + row + "]." + field.getKey();
          compare(path, field.getValue(), actual.get(row).path(field.getKey()), differences);
        }
      }
    }
  }

  /** Numbers within 2e-5 relative, absolute below 1; everything else equal, order of keys included. */
  private static void compare(
      String path, JsonNode expected, JsonNode actual, List<String> differences) {
    if (expected.isNumber() && actual.isNumber()) {
      double tolerance = TOLERANCE * Math.max(1, Math.abs(expected.doubleValue()));
      if (!(Math.abs(expected.doubleValue() - actual.doubleValue()) <= tolerance)) {
        differences.add(path + ": expected " + expected + ", was " + actual);
      }
    } else if (expected.isArray() && actual.size() == expected.size()) {
      for (int i = 0; i < expected.size(); i++) {
        compare(path + "[" + i + "]", expected.get(i), actual.path(i), differences);
      }
    } else if (expected.isObject() && names(expected).equals(names(actual))) {
      names(expected)
          .forEach(name ->
              compare(path + "." + name, expected.get(name), actual.get(name), differences));
    } else {
      differences.add(path + ": expected " + expected + ", was " + actual);
    }
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "paper_nonuniform_accum4",
        "adamw_linear_warmup",
        "adagrad_cosine_warmup_accum4",
        "rmsprop_clip_value"
      })
  void aReplayThatWasSavedAndRestoredGivesTheSameBits(String name, @TempDir Path folder) {
    var scenario = ReplayScenario.read(Shared.path("golden/tdro/" + name + ".json"));
    int half = scenario.run().updates() / 2;
    try (var first = new DomainWeightReplay(scenario)) {
      first.run(0, half);
      first.save(folder);
    }
    try (var whole = new DomainWeightReplay(scenario);
        var second = new DomainWeightReplay(scenario)) {
      second.restore(folder);
      var all = whole.run();
      var resumed = second.run(half, scenario.run().updates());
      assertThat(resumed.updates())
          .isEqualTo(all.updates().subList(half, scenario.run().updates()));
      assertThat(resumed.finalFiles()).isEqualTo(all.finalFiles());
    }
  }
}
