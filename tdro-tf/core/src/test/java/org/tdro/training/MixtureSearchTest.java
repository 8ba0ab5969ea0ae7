package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.io.Json;
import org.tdro.mixing.WeightsFile;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.runs.RunRecord;
import org.tdro.testing.Checkout;
import org.tdro.training.MixtureSearch.Found;
import org.tdro.training.MixtureSearch.Method;
import org.tdro.training.config.RunConfig;

/** Each search on a collection of three domains. */
class MixtureSearchTest {
  private static final ConfigComposer<RunConfig> COMPOSER =
      new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")));

  @TempDir
  private static Path folder;

  private static int trained;

  @BeforeAll
  static void write() throws IOException {
    SmallCollection.write(folder);
  }

  /** Trains the runs in this process; those that are complete are left alone. */
  static Optional<List<Path>> train(List<String> arguments, List<Path> weights, Path runs) {
    var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var folders = new ArrayList<Path>();
    for (var file : weights) {
      var run = runs.resolve(file.getFileName().toString().replace(".json", ""));
      var all = new ArrayList<>(arguments);
      all.add("data.weights=" + file);
      all.add("output=" + run);
      var outcome =
          new StageTraining(COMPOSER.composeForRun(all), silent, new SimpleMeterRegistry()).run();
      trained += outcome == StageTraining.Outcome.TRAINED ? 1 : 0;
      folders.add(run);
    }
    return Optional.of(folders);
  }

  private static Found search(Method method, String... more) {
    trained = 0;
    var arguments = new ArrayList<>(List.of(
        "data=" + folder.resolve("train"),
        "data.vocabulary=400",
        "data.cache=" + folder.resolve("cache"),
        "model.hidden=16",
        "train.steps=500",
        "stages.finetune.train.steps=400",
        "train.batch-size=8",
        "train.learning-rate=0.05",
        "eval.data=[" + folder.resolve("eval") + "]",
        "eval.dev-share=0.6",
        "mixture.steps=12"));
    arguments.addAll(List.of(more));
    return new MixtureSearch(COMPOSER, arguments, MixtureSearchTest::train)
        .run(method, folder.resolve(method.word()))
        .orElseThrow();
  }

  @Test
  void leaveOneOutTrainsARunMoreThanThereAreDomainsAndMovesAnotherAside() {
    var found = search(Method.LEAVE_ONE_OUT);
    assertThat(trained).isEqualTo(4);
    assertThat(found.steps()).isEqualTo(48);
    assertThat(WeightsFile.read(found.weights()).domains())
        .anyMatch(domain -> domain.name().equals("capitals"));
    assertThat(Json.read(folder.resolve("leave-one-out/search.json")).path("left_out"))
        .hasSize(3);

    search(Method.LEAVE_ONE_OUT, "model.hidden=8");
    assertThat(trained).isEqualTo(4);
    assertThat(folder.resolve("leave-one-out.replaced/weights.json")).exists();
  }

  @Test
  void aRegressionFindsAMixtureOnceItKnowsEnough() {
    var little = search(Method.REGRESSION, "mixture.runs=9", "mixture.kl=0");
    assertThat(trained).isEqualTo(9);
    assertThat(little.steps()).isEqualTo(108);
    assertThat(WeightsFile.read(little.weights()).domains())
        .allMatch(domain -> domain.weight() == 1 / 3.0);
    assertThat(json().at("/found/0").asText()).contains("the weights stay those of data.weights");

    var found = search(Method.REGRESSION, "mixture.kl=0");
    assertThat(trained).isEqualTo(3);
    var search = json();
    assertThat(search.path("runs")).hasSize(12);
    assertThat(search.at("/sets/capitals_test/coefficients")).hasSize(3);
    assertThat(search.at("/predicted/weights").asDouble())
        .isGreaterThan(search.at("/predicted/prior").asDouble());

    assertThat(search(Method.REGRESSION, "mixture.kl=0")).isEqualTo(found);
    search(Method.REGRESSION, "mixture.kl=0.1");
    assertThat(trained).isZero();
    assertThat(json().at("/predicted/weights").asDouble())
        .isLessThanOrEqualTo(search.at("/predicted/weights").asDouble());
  }

  private static JsonNode json() {
    return Json.read(folder.resolve("regression/search.json"));
  }

  @Test
  void aMergeIsARunAndContinuesAfterItsLastEvaluation() throws IOException {
    var found = search(Method.MERGE, "mixture.merges=20");
    assertThat(trained).isEqualTo(3);
    assertThat(found.model()).hasValue(folder.resolve("merge/merged"));
    assertThat(RunRecord.isComplete(found.model().orElseThrow())).isTrue();

    var weights = Files.readAllBytes(found.weights());
    var merged = RetrieverFolder.of(found.model().orElseThrow()).fingerprint();
    var merges = folder.resolve("merge/merges.csv");
    var all = Files.readAllLines(merges);
    assertThat(all).hasSize(21);

    // As a process leaves it that was killed while it wrote the line of the tenth merge.
    Files.writeString(merges, String.join("\n", all.subList(0, 10)) + "\n9,0.12");
    Files.delete(found.weights());
    var continued = search(Method.MERGE, "mixture.merges=20");
    assertThat(trained).isZero();
    assertThat(merges).hasContent(String.join("\n", all));
    assertThat(continued.weights()).hasBinaryContent(weights);
    assertThat(RetrieverFolder.of(continued.model().orElseThrow()).fingerprint())
        .isEqualTo(merged);

    // As a build leaves it that went through the mixtures in another order.
    var other = new ArrayList<>(all.subList(0, 7));
    other.add(other.set(5, other.get(6).replaceFirst("5", "4")));
    Files.write(merges, other);
    Files.delete(found.weights());
    search(Method.MERGE, "mixture.merges=20");
    assertThat(merges).hasContent(String.join("\n", all));
  }

  @Test
  void withoutDevelopmentQueriesThereIsNothingToSearchBy() {
    assertThatThrownBy(() -> search(Method.MERGE, "eval.dev-share=0"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there are none: give eval.dev-share=0.5");
  }
}
