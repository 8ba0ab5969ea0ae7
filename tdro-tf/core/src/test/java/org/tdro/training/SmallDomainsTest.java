package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.io.InputException;
import org.tdro.mixing.WeightsFile;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

/** One domain, domains smaller than a batch, and rows that leave each other no negative. */
class SmallDomainsTest {
  private static final PrintStream SILENT =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  @TempDir
  Path folder;

  /** Writes a domain whose row i has query qi, positive pi and, unless there are to be none, the negative ni. */
  private void domain(String name, int rows, String positive, String negative) throws IOException {
    var lines = IntStream.range(0, rows)
        .mapToObj(i -> """
            {"query_id": "%1$d", "query": "query %1$d", "positive_passages": [{"text": "%2$s"}], "negative_passages": [%3$s]}""".formatted(
                i,
                positive.formatted(i),
                negative.isEmpty() ? "" : "{\"text\": \"" + negative.formatted(i) + "\"}"))
        .toList();
    Files.write(Files.createDirectories(folder.resolve("train")).resolve(name + ".jsonl"), lines);
  }

  private StageRows rows(String... settings) {
    var resolved = SmallCollection.config(folder, settings);
    try (var prepared = PreparedData.of(resolved.config())) {
      var rows = new StageRows(resolved, prepared, StagePlan.of(resolved, prepared));
      rows.checkNegatives();
      return rows;
    }
  }

  private Path trained(String... settings) {
    var run = folder.resolve("run");
    var all = new ArrayList<>(List.of(settings));
    all.add("output=" + run);
    var config = SmallCollection.config(folder, all.toArray(String[]::new));
    new StageTraining(config, SILENT, new SimpleMeterRegistry()).run();
    return run;
  }

  private static double lastLoss(Path run) throws IOException {
    var lines = Files.readAllLines(run.resolve("log.csv"));
    int column = List.of(lines.get(0).split(",", -1)).indexOf("loss");
    return Double.parseDouble(lines.get(lines.size() - 1).split(",", -1)[column]);
  }

  @Test
  void rowsThatABatchHoldsTwiceAreNotTheirOwnNegatives() throws IOException {
    domain("tiny", 10, "passage %d", "");
    var run = trained(
        "data.passages-per-query=1",
        "train.batch-size=32",
        "train.steps=60",
        "train.learning-rate=0.05");
    // Each row is in the batch 3.2 times: as its own negative, the loss could not fall below ln
    // 3.2.
    assertThat(lastLoss(run)).isLessThan(0.5 * Math.log(3.2));
  }

  @Test
  void chunksLeaveOutTheSameNegatives() throws IOException {
    domain("tiny", 10, "passage %d", "");
    var settings = List.of("data.passages-per-query=1", "train.batch-size=32", "train.steps=20");
    var whole = lastLoss(trained(settings.toArray(String[]::new)));
    var inChunks = new ArrayList<>(settings);
    inChunks.add("train.chunk-size=4");
    Files.move(folder.resolve("run"), folder.resolve("whole"));
    assertThat(lastLoss(trained(inChunks.toArray(String[]::new)))).isCloseTo(whole, within(1e-3));
  }

  @Test
  void aDomainOfOneRowLearnsFromItsOwnNegative() throws IOException {
    domain("single", 1, "passage", "other");
    var run = trained("data.passages-per-query=2", "train.steps=2");
    assertThat(lastLoss(run)).isPositive();
  }

  @Test
  void thePipelineOfOneDomainRunsToItsEnd() throws IOException {
    SmallCollection.write(folder);
    var arguments = List.of(
        "data=" + folder.resolve("train"),
        "data.domains=[capitals]",
        "data.vocabulary=400",
        "data.cache=" + folder.resolve("cache"),
        "model.hidden=16",
        "train.steps=4",
        "train.batch-size=8",
        "eval.data=[" + folder.resolve("eval") + "]",
        "output=" + folder.resolve("out"));
    var composer = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")));
    var report = new Pipeline(
            composer, arguments, SILENT, new SimpleMeterRegistry(), MixtureSearchTest::train)
        .run()
        .orElseThrow();
    assertThat(report.runs()).containsOnlyKeys("uniform", "curr", "top70");
    assertThat(WeightsFile.read(folder.resolve("out/dro/weights/top70_weights.json"))
            .domains())
        .hasSize(1);
  }

  @Test
  void aBatchOfOneRowWithoutNegativesIsRefused() throws IOException {
    domain("plain", 20, "passage %d", "");
    assertThatThrownBy(() -> rows("data.passages-per-query=1", "train.batch-size=1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train.batch-size=1 with data.passages-per-query=1")
        .hasMessageContaining("give either of them 2 or more");
    assertThatThrownBy(() -> rows("data.passages-per-query=1", "loss.negatives=hard-only"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("give data.passages-per-query=2 or more");
    assertThatThrownBy(() -> rows("data.passages-per-query=1", "loss.hard-only-domains=[plain]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("give data.passages-per-query=2 or more");
  }

  @Test
  void rowsThatAllHaveTheSamePositiveAreRefused() throws IOException {
    domain("same", 20, "passage", "");
    domain("other", 20, "passage %d", "");
    assertThatThrownBy(() -> rows("data.passages-per-query=1"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("domain same: its rows have no passage that could be a negative")
        .hasMessageNotContaining("domain other");
    rows("data.passages-per-query=1", "data.batching=mixed");
  }

  @Test
  void negativesThatEqualThePositiveAreNone() throws IOException {
    domain("same", 20, "passage %d", "passage %d");
    rows("data.passages-per-query=2");
    assertThatThrownBy(() -> rows("data.passages-per-query=2", "loss.negatives=hard-only"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("domain same: ");
  }

  @Test
  void saysHowOftenRowsAreSeen() throws IOException {
    SmallCollection.write(folder);
    var rows = rows("train.steps=90", "train.batch-size=8", "train.accumulation-steps=2");
    assertThat(rows.passes())
        .isEqualTo(
            "90 steps of 16 rows are passes over the data: 16 over colours, 8.0 over sums, 5.3 over capitals");
    assertThat(rows.smallerThanABatch()).isEmpty();
    assertThat(rows("train.batch-size=64").smallerThanABatch())
        .containsExactly("colours (30)", "sums (60)");
    assertThat(rows("train.batch-size=128", "data.batching=mixed").smallerThanABatch())
        .containsExactly("colours (30)");
  }

  @Test
  void ofManyDomainsTheFirstAndTheLastAreNamed() throws IOException {
    for (int i = 1; i <= 7; i++) {
      domain("d" + i, 10 * i, "passage %d", "other %d");
    }
    assertThat(rows("train.steps=70", "train.batch-size=1").passes())
        .isEqualTo(
            "70 steps of 1 row are passes over the data: 1.0 over d1, 0.5 over d2, 0.3 over d3, 0.3 over d4, fewer over 3 others, the least 0.1 over d7");
  }
}
