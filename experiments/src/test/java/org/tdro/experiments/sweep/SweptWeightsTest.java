package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

/** The jobs of a search, of which each is a process that prints its arguments. */
class SweptWeightsTest {
  @TempDir
  private Path folder;

  @BeforeEach
  void writeData() throws IOException {
    Files.createDirectories(folder.resolve("train"));
    for (var domain : List.of("alpha", "beta")) {
      Files.writeString(folder.resolve("train").resolve(domain + ".jsonl"), "{}\n");
    }
  }

  private Path weights(String name) throws IOException {
    return Files.writeString(folder.resolve(name + ".json"), "{\"" + name + "\": 1}");
  }

  private Optional<List<Path>> train(String process, List<Path> weights) {
    var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var composer = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")));
    var launcher = new JobLauncher(List.of("sh", "-c", process, "sh"));
    return new SweptWeights(composer, List.of("--quiet"), launcher, silent)
        .train(
            List.of(
                "data.train=" + folder.resolve("train"),
                "stage=finetune",
                "data.query-prompt=find, then read: ",
                "sweep.params=[\"seed=1,2\"]",
                "sweep.sampler=random"),
            weights,
            folder.resolve("runs"));
  }

  @Test
  void everyMixtureHasItsRunInTheOrderOfTheFiles() throws IOException {
    var a = weights("a");
    var b = weights("b");
    var c = weights("c");
    var runs = folder.resolve("runs");
    assertThat(train("echo \"$@\"", List.of(a, b)))
        .hasValue(List.of(runs.resolve("0"), runs.resolve("1")));
    assertThat(train("echo \"$@\"", List.of(c, a, b)))
        .hasValue(List.of(runs.resolve("2"), runs.resolve("0"), runs.resolve("1")));
    assertThat(runs.resolve("2/job.log"))
        .content()
        .startsWith("train --quiet ")
        .contains(
            "stage=finetune",
            "data.query-prompt=\"find, then read:\"",
            "data.weights=\"" + c + "\"",
            "output=\"" + runs.resolve("2") + "\"");
  }

  @Test
  void aRunIsThatOfTheContentOfItsFile() throws IOException {
    var a = weights("a");
    var b = weights("b");
    var runs = folder.resolve("runs");
    train("true", List.of(a, b));
    Files.writeString(a, "{\"a\": 2}");
    assertThat(train("true", List.of(a, b)))
        .hasValue(List.of(runs.resolve("2"), runs.resolve("1")));
    weights("a");
    assertThat(train("true", List.of(a, b)))
        .hasValue(List.of(runs.resolve("0"), runs.resolve("1")));
  }

  @Test
  void runsThatFailedAreNamedWithTheirLogs() throws IOException {
    var all = List.of(weights("a"), weights("b"));
    assertThatThrownBy(() -> train("case \"$*\" in *a.json*) exit 1;; esac", all))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("1 of 2 jobs complete")
        .hasMessageContaining("failed; see " + folder.resolve("runs/0/job.log"));
  }
}
