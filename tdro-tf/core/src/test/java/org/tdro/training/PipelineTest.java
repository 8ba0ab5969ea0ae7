package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.StepLog;
import org.tdro.mixing.WeightsFile;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

class PipelineTest {
  private static final ByteArrayOutputStream SHOWN = new ByteArrayOutputStream();

  @TempDir
  private static Path folder;

  private static SimpleMeterRegistry registry;
  private static PipelineReport report;

  @BeforeAll
  static void runOnce() throws IOException {
    SmallCollection.write(folder);
    registry = new SimpleMeterRegistry();
    report = run();
  }

  private static PipelineReport run(String... more) {
    var arguments = new ArrayList<>(List.of(
        "data=" + folder.resolve("train"),
        "data.vocabulary=400",
        "data.cache=" + folder.resolve("cache"),
        "data.passages-per-query=3",
        "model.hidden=16",
        "train.steps=12",
        "train.batch-size=8",
        "eval.data=[" + folder.resolve("eval") + "]",
        "output=" + folder.resolve("out")));
    arguments.addAll(List.of(more));
    var composer = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")));
    var progress = new PrintStream(SHOWN, true, StandardCharsets.UTF_8);
    return new Pipeline(composer, arguments, progress, registry, MixtureSearchTest::train)
        .run()
        .orElseThrow();
  }

  @Test
  void evaluatesEveryWeighting() {
    assertThat(report.evaluations()).containsOnlyKeys("uniform", "curr", "top70");
    assertThat(report.table("ndcg_cut_10").rows())
        .singleElement()
        .satisfies(row -> assertThat(row.values()).allMatch(value -> value >= 0 && value <= 1));
    assertThat(report.mixtures()).containsOnlyKeys("uniform", "curr", "top70");
    assertThat(report.mixtures().get("top70").shares())
        .containsOnlyKeys("capitals", "sums", "colours")
        .containsValues(0.5, 0.0);
  }

  /** Uniform fine-tuning is the reference, so there are four. */
  @Test
  void everyLineSaysWhichStageItIsOfAndWhenAllAreDone() {
    assertThat(SHOWN.toString(StandardCharsets.UTF_8))
        .containsPattern(
            "stage 1/4 reference step 12/12: loss .*, ETA 0:00:00, whole 0:\\d\\d:\\d\\d")
        .containsPattern("stage 2/4 dro step 12/12: .* whole ")
        .containsPattern("stage 4/4 finetune-top70 step 12/12: .*, ETA 0:00:00\\R");
  }

  @Test
  void theReferenceIsTheBaseline() {
    assertThat(report.runs()).containsEntry("uniform", folder.resolve("out").resolve("reference"));
  }

  @Test
  void aReferenceThatIsGivenIsTaken() {
    var reference = folder.resolve("out").resolve("reference");
    var swept = run(
        "dro.reference=" + reference,
        "dro.step-size=0.5",
        "pipeline.weightings=[uniform,curr]",
        "output=" + folder.resolve("swept"));
    assertThat(swept.runs()).containsEntry("uniform", reference);
    assertThat(folder.resolve("swept/reference")).doesNotExist();
    assertThat(folder.resolve("swept/dro/weights")).exists();
  }

  @Test
  void aReferenceOfAnotherConfigurationIsRefused() throws IOException {
    var reference = folder.resolve("out").resolve("reference");
    assertThatThrownBy(() -> run(
            "dro.reference=" + reference, "model.hidden=8", "output=" + folder.resolve("refused")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dro.reference names " + reference)
        .hasMessageContaining("model.hidden: 8 here, 16 there");
    assertThatThrownBy(
            () -> run("dro.reference=" + folder.resolve("train"), "output=" + folder.resolve("no")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("which holds no complete run");
    var gutted = Files.createDirectories(folder.resolve("gutted"));
    for (var file : List.of("run.json", "config.conf")) {
      Files.copy(reference.resolve(file), gutted.resolve(file));
    }
    assertThatThrownBy(() -> run("dro.reference=" + gutted, "output=" + folder.resolve("refused")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(gutted + ", whose model was deleted; train it again");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void crossFittingTrainsItsBaselineOnAllRows() {
    var crossed = run(
        "dro.cross-fit=true",
        "output=" + folder.resolve("crossed"),
        "pipeline.weightings=[uniform,curr]");
    assertThat(crossed.runs())
        .containsEntry("uniform", folder.resolve("crossed").resolve("finetune-uniform"));
    assertThat(crossed.evaluations().get("uniform"))
        .isEqualTo(report.evaluations().get("uniform"));
  }

  /** Rows: capitals 90, colours 30, sums 60; 12 steps of 8 rows each. */
  @Test
  void weightsOfAllKindsAreComparedInOnePipeline() {
    var weights = folder.resolve("own.json");
    WeightsFile.of(
            List.of(new DomainSize("capitals", 90), new DomainSize("sums", 60)), List.of(.5f, .5f))
        .write(weights);
    var out = folder.resolve("all");
    var all = run(
        "output=" + out,
        "pipeline.weightings=[uniform, proportional, temperature(2), \"" + weights
            + "\", group-dro, doremi, top70(robust)]");
    assertThat(all.mixtures().get("proportional").shares().get("capitals")).isEqualTo(0.5);
    assertThat(all.mixtures().get("temperature(2)").shares().get("sums"))
        .isCloseTo(Math.sqrt(60) / (Math.sqrt(90) + Math.sqrt(30) + Math.sqrt(60)), within(1e-12));
    assertThat(all.mixtures().get(weights.toString()).shares()).containsEntry("colours", 0.0);
    // DoReMi compares with the reference that is also the baseline, dro=robust with another, of
    // half the rows.
    assertThat(out.resolve("reference-first/model")).exists();
    assertThat(all.runs()).containsEntry("uniform", out.resolve("reference"));
    assertThat(all.runs()).containsEntry("top70(robust)", out.resolve("finetune-top70-robust"));
    assertThat(out.resolve("dro-doremi/weights")).exists();
    assertThat(all.mixtures().get("uniform").searchSteps()).isZero();
    assertThat(all.mixtures().get("group-dro").searchSteps()).isEqualTo(12);
    assertThat(all.mixtures().get("doremi").searchSteps()).isEqualTo(24);
    assertThat(all.mixtures().get("uniform").effectiveDomains()).isCloseTo(3, within(1e-9));
    assertThat(all.mixtures().get("uniform").rows())
        .isEqualTo(drawn(out, "capitals", 90) + drawn(out, "colours", 30) + drawn(out, "sums", 60))
        .isLessThan(96); // there are fewer colours than were drawn
  }

  @Test
  void mixturesAreSearchedForMergedAndAudited() {
    var out = folder.resolve("searched");
    var arguments = new String[] {
      "output=" + out,
      "pipeline.weightings=[uniform, leave-one-out, merge, merged, audited]",
      "eval.dev-share=0.6",
      "mixture.steps=4",
      "mixture.merges=8"
    };
    var searched = run(arguments);
    assertThat(searched.runs())
        .containsEntry("merged", out.resolve("merge/merged"))
        .containsEntry("merge", out.resolve("finetune-merge"));
    var mixtures = searched.mixtures();
    assertThat(mixtures.get("leave-one-out").searchSteps()).isEqualTo(4 * 4);
    assertThat(mixtures.get("merged").searchSteps()).isEqualTo(3 * 4);
    assertThat(mixtures.get("merged").steps()).isZero();
    assertThat(mixtures.get("merged").shares()).isEqualTo(mixtures.get("merge").shares());
    assertThat(mixtures.get("audited").searchSteps()).isEqualTo(2 * 12);
    assertThat(out.resolve("audit/audit.md")).exists();
    assertThat(run(arguments)).isEqualTo(searched);
  }

  @Test
  void searchesWithoutDevelopmentQueriesAreRefused() {
    var nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> run("pipeline.weightings=[uniform, merged]", "output=" + nowhere))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("look at development queries, and there are none");
    assertThat(nowhere).doesNotExist();
  }

  /** Returns the different rows of a domain in the reference's batches, which draw all before any again. */
  private static long drawn(Path out, String domain, long size) {
    return StepLog.rows(out.resolve("reference/trajectory.csv")).stream()
        .map(row -> row.get("rows/" + domain))
        .reduce(
            0L,
            (sum, rows) -> Math.min(size, sum + Math.round(Double.parseDouble(rows))),
            Math::addExact);
  }

  @Test
  void everythingWrongWithWeightingsIsSaidBeforeTheFirstStep() throws IOException {
    var nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() ->
            run("pipeline.weightings=[uniform, top33, top33(robust), dorime]", "output=" + nowhere))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pipeline.weightings has top33, but dro.top-percents has only [20, ")
        .hasMessageContaining("pipeline.weightings has top33(robust), but dro.top-percents")
        .hasMessageContaining("pipeline.weightings has dorime, which is none of uniform")
        .hasMessageContaining("doremi");
    assertThatThrownBy(
            () -> run("pipeline.weightings=[uniform, missing.json]", "output=" + nowhere))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pipeline.weightings names missing.json, which is not a file");
    var mine = Files.writeString(
        folder.resolve("mine.json"), "{\"domain_weights\": {\"capitals\": 1, \"sumz\": 1}}");
    assertThatThrownBy(
            () -> run("pipeline.weightings=[uniform, " + mine + "]", "output=" + nowhere))
        .isInstanceOf(InputException.class)
        .hasMessage(mine
            + ": domain sumz has a weight, but the data have no such domain; did you mean sums?");
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void topSeventyKeepsTwoOfThreeDomains() {
    var top = folder.resolve("out/dro/weights/top70_weights.json");
    assertThat(WeightsFile.read(top).domains())
        .hasSize(2)
        .allMatch(domain -> domain.weight() == 0.5);
  }

  @Test
  void aCompletePipelineIsNotRunAgain() throws IOException {
    var record = folder.resolve("out/dro/run.json");
    var written = Files.getLastModifiedTime(record);
    assertThat(run()).isEqualTo(report);
    assertThat(Files.getLastModifiedTime(record)).isEqualTo(written);
  }

  @Test
  void bm25IsAddedToTheResultsOfACompletePipeline() throws IOException {
    var record = folder.resolve("out/dro/run.json");
    var written = Files.getLastModifiedTime(record);
    var without = run("eval.bm25=false");
    assertThat(Files.getLastModifiedTime(record)).isEqualTo(written);
    assertThat(without.bm25()).isEmpty();
    assertThat(run()).isEqualTo(report);
    assertThat(without.evaluations()).isEqualTo(report.evaluations());
    var bm25 = report.bm25().orElseThrow();
    assertThat(bm25.tests()).isEqualTo(report.evaluations().get("uniform").tests());
    assertThat(folder.resolve("out/results.md"))
        .content()
        .contains("| ndcg_cut_10 | uniform | curr | top70 | bm25 |");
    try (var cached = Files.newDirectoryStream(folder.resolve("cache/evaluation"), "bm25-*.json")) {
      assertThat(cached)
          .anySatisfy(file -> assertThat(Json.read(file, ModelEvaluation.class)).isEqualTo(bm25));
    }
  }

  @Test
  void aSuiteChoosesSetsSplitsAndMeasures() throws IOException {
    var suite = folder.resolve("own.conf");
    Files.writeString(suite, """
        measures = [recip_rank_at_10], top-k = 10
        sets { capitals { folder = "cap*", split = dev }, nq {} }
        """);
    var set = folder.resolve("eval/capitals_test");
    Files.copy(set.resolve("qrels/test.tsv"), set.resolve("qrels/dev.tsv"));
    var cache = "data.cache=" + folder.resolve("suite-cache");
    var one = new String[] {
      cache,
      "eval.suite=" + suite,
      "eval.partial=true",
      "pipeline.weightings=[uniform]",
      "output=" + folder.resolve("suite")
    };
    var report = run(one);
    assertThat(report.measures()).containsExactly("recip_rank_at_10");
    assertThat(report.evaluations().get("uniform").tests()).hasEntrySatisfying("capitals", test -> {
      assertThat(test.content().split()).isEqualTo("dev");
      assertThat(test.topK()).isEqualTo(10);
    });
    assertThat(report.toMarkdown()).contains("| average (1 of 2 sets) |");
    assertThatThrownBy(() -> run("eval.suite=" + suite))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "command line: eval.suite=%s: eval.suite %s: 1 of the 2 sets and parts", suite, suite);
    assertThatThrownBy(() -> run("eval.suite=bier"))
        .hasMessageContaining("eval.suite: bier: there is no such suite");
    assertThatThrownBy(() -> run("eval.split=\"test,capitals=dev\""))
        .hasMessageContaining("a split is given for capitals, by --split or in eval.split");
    assertThat(run(
                cache,
                "eval.split=test,capitals_test=dev",
                "pipeline.weightings=[uniform]",
                "output=" + folder.resolve("suite"))
            .evaluations()
            .get("uniform")
            .tests()
            .get("capitals_test")
            .content()
            .split())
        .isEqualTo("dev");
  }

  @Test
  void aChangedStageIsSetAsideAndTrainedAnew() {
    var output = "output=" + folder.resolve("changing");
    run(output, "pipeline.weightings=[uniform]", "dro=raw");
    run(output, "pipeline.weightings=[uniform]", "dro=raw", "train.steps=6");
    assertThat(folder.resolve("changing/finetune-uniform.replaced/run.json")).exists();
    assertThat(folder.resolve("changing/finetune-uniform/run.json")).exists();
  }

  @Test
  void domainLossesAndWeightsAreMetered() {
    var weight =
        registry.get("tdro.domain.weight").tags("run", "dro", "domain", "sums").gauge();
    assertThat(weight.value()).isBetween(0.0, 1.0);
    var steps = registry
        .get("tdro.step")
        .tags("run", "dro", "phase", "forward-backward")
        .timer();
    assertThat(steps.count()).isEqualTo(12);
  }

  /** A trace costs time, and writes to standard error. */
  @Test
  void updatesAreTimedOnlyWhenAsked() {
    assertThat(updates("dro")).isZero();
    run(
        "output=" + folder.resolve("traced"),
        "pipeline.weightings=[uniform]",
        "dro=raw",
        "train.trace-every=3");
    assertThat(updates("finetune-uniform")).isPositive();
  }

  private long updates(String run) {
    return registry.get("tdro.step").tags("run", run, "phase", "update").timer().count();
  }
}
