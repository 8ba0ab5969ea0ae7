package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.experiments.sweep.SweepPlan.Job;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

class SweepPlanTest {
  @TempDir
  private Path folder;

  @BeforeEach
  void writeData() throws IOException {
    Files.createDirectories(folder.resolve("train"));
    Files.writeString(folder.resolve("train/alpha.jsonl"), "{}\n");
    Files.createDirectories(folder.resolve("eval/set"));
    Files.writeString(folder.resolve("eval/set/corpus.jsonl"), "{}\n");
    Files.createDirectories(folder.resolve("own/experiment"));
  }

  private List<String> arguments(String... further) {
    var all = new ArrayList<>(List.of(
        "data.train=" + folder.resolve("train"),
        "eval.data=[\"%s\"]".formatted(folder.resolve("eval")),
        "output=" + folder.resolve("sweep")));
    all.addAll(List.of(further));
    return all;
  }

  private ConfigComposer<RunConfig> composer() {
    return new ConfigComposer<>(
        RunConfig.SCHEMA, List.of(folder.resolve("own"), Checkout.path("configs")));
  }

  private SweepPlan plan(SweptCommand command, String... further) {
    return new SweepPlan(command, composer(), arguments(further));
  }

  private static List<String> references(SweepPlan plan) {
    return plan.rungs().get(0).stream()
        .map(job -> job.outline().reference().orElseThrow().identity())
        .toList();
  }

  @Test
  void theMistakesOfAllJobsAreReportedBeforeAnyStarts() {
    assertThatThrownBy(() -> plan(
            SweptCommand.PIPELINE,
            "seed=1,x",
            "train.stps=3",
            "train.batch-size=8,0",
            "pipeline.weightings=[top33]"))
        .isInstanceOf(ConfigException.class)
        .satisfies(
            failure -> assertThat(((ConfigException) failure).problems())
                .containsExactlyInAnyOrder(
                    "command line: train.stps=3: train.stps is not known; did you mean train.steps?",
                    "command line: train.batch-size=0: train.batch-size must be at least 1, was 0 (in 2 of 4 jobs, the first is seed=1 train.batch-size=0)",
                    "command line: seed=x: seed must be a whole number, was \"x\" (in 2 of 4 jobs, the first is seed=x train.batch-size=8)"));
  }

  @Test
  void aSweptKeyThatIsNotKnownIsRefusedWithASuggestion() {
    assertThatThrownBy(() -> plan(SweptCommand.TRAIN, "train.stps=1,2"))
        .hasMessageContaining("did you mean train.steps?");
  }

  @Test
  void jobsOfTheSameReferenceShareIt() {
    var references = references(plan(SweptCommand.PIPELINE, "seed=1,2", "dro.step-size=0.01,0.02"));
    assertThat(references.get(0)).isEqualTo(references.get(1)).isNotEqualTo(references.get(2));
    assertThat(references.get(2)).isEqualTo(references.get(3));
    assertThat(references(plan(SweptCommand.PIPELINE, "dro.cross-fit=true,false")))
        .doesNotHaveDuplicates();
  }

  @Test
  void methodsWithoutReferenceTrainNone() {
    assertThat(plan(SweptCommand.PIPELINE, "dro=raw,paper").rungs().get(0))
        .extracting(job -> job.outline().reference().isPresent())
        .containsExactly(false, true);
  }

  @Test
  void aJobIsWhatItsModelsFollowFrom() throws IOException {
    var before = plan(SweptCommand.PIPELINE, "seed=1,2").rungs().get(0).get(1).outline();
    var elsewhere = plan(SweptCommand.PIPELINE, "seed=2,3", "train.save-every=7", "sweep.jobs=3")
        .rungs()
        .get(0)
        .get(0)
        .outline();
    assertThat(elsewhere.identity()).isEqualTo(before.identity());
    assertThat(elsewhere.evaluation()).isEqualTo(before.evaluation());
    Files.writeString(folder.resolve("eval/set/corpus.jsonl"), "{\"a\":1}\n");
    Files.writeString(folder.resolve("train/alpha.jsonl"), "{\"a\":1}\n");
    var changed = plan(SweptCommand.PIPELINE, "seed=2,3").rungs().get(0).get(0).outline();
    assertThat(changed.identity()).isNotEqualTo(before.identity());
    assertThat(changed.evaluation()).isNotEqualTo(before.evaluation());
  }

  @Test
  void jobsThatWouldBeTheSameRunAreRefused() {
    assertThatThrownBy(() -> plan(SweptCommand.TRAIN, "stage=reference", "dro.ema=0.1,0.2"))
        .hasMessage(
            "jobs dro.ema=0.1 and dro.ema=0.2 would train the same models: sweep settings that the result of training follows from");
  }

  @Test
  void aFileMaySweep() throws IOException {
    Files.writeString(
        folder.resolve("own/experiment/rates.conf"),
        "sweep { params = [\"train.learning-rate=1e-3,5e-3\", \"seed=range(1,3)\"], jobs = 2 }\n");
    var plan = plan(SweptCommand.TRAIN, "experiment=rates", "seed=9");
    assertThat(plan.settings().jobs()).isEqualTo(2);
    assertThat(plan.rungs().get(0))
        .extracting(Job::title)
        .containsExactly("train.learning-rate=1e-3", "train.learning-rate=5e-3");
    assertThat(plan.rungs().get(0).get(1).outline().base().config().seed()).isEqualTo(9);
  }

  @Test
  void aGridHasNoIntervals() {
    assertThatThrownBy(() -> plan(SweptCommand.TRAIN, "dro.ema=interval(0.1,0.2)"))
        .hasMessageContaining("give sweep.sampler=random");
  }

  @Test
  void halvingGivesFewerJobsMoreSteps() {
    var plan = plan(
        SweptCommand.PIPELINE,
        "seed=range(0,9)",
        "sweep.sampler=halving",
        "train.steps=900",
        "stages.dro.train.steps=90");
    assertThat(plan.rungs()).hasSize(3);
    assertThat(plan.rungs())
        .extracting(rung -> rung.get(0).steps())
        .containsExactly(
            List.of(100, 10, 100, 100), List.of(300, 30, 300, 300), List.of(900, 90, 900, 900));
    assertThat(plan.describeRungs())
        .containsExactly(
            "rung 1 of 3: 9 jobs, reference 100, dro 10, finetune 100 steps",
            "rung 2 of 3: the best 3 by loss, reference 300, dro 30, finetune 300 steps",
            "rung 3 of 3: the best 1 by loss, reference 900, dro 90, finetune 900 steps");
    assertThat(plan.keptOf(9)).isEqualTo(3);
    assertThat(plan.keptOf(4)).isEqualTo(2);
    assertThat(plan(
                SweptCommand.TRAIN,
                "seed=range(0,9)",
                "sweep.sampler=halving",
                "train.steps=900",
                "sweep.min-steps=200")
            .rungs())
        .hasSize(2);
  }

  @Test
  void nothingIsChosenByTestSets() {
    assertThatThrownBy(() -> plan(
            SweptCommand.TRAIN, "seed=1,2", "sweep.sampler=halving", "sweep.metric=ndcg_cut_10"))
        .hasMessageContaining("nothing is chosen by test sets");
    assertThatThrownBy(() -> plan(
            SweptCommand.TRAIN,
            "seed=1,2",
            "sweep.sampler=halving",
            "sweep.metric=dev/ndcg_cut_10"))
        .hasMessageContaining("there are no development queries");
    assertThat(plan(
                SweptCommand.TRAIN,
                "seed=range(0,3)",
                "sweep.sampler=halving",
                "sweep.metric=dev/ndcg_cut_10",
                "eval.dev-share=0.5")
            .rungs())
        .hasSize(2);
  }

  @Test
  void anOutputThatFollowsFromASweptKeyIsRefused() {
    assertThatThrownBy(() -> plan(
            SweptCommand.TRAIN,
            "train.steps=5,6",
            "seed=1,2",
            "output=" + folder.resolve("runs") + "/${seed}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("output follows from seed, which is swept; name one folder");
  }

  @Test
  void aSweepOfNothingSaysSo() {
    var sweep = new Sweep(SweptCommand.TRAIN, composer(), List.of(), arguments("seed=1"));
    assertThat(sweep.describe())
        .startsWith(
            "1 job, 1 at a time, in " + folder.resolve("sweep"),
            "nothing is swept, so there is one job; give several values, such as seed=1,2 or seed=range(1,6)",
            "  0    new");
  }

  /** Results that were deleted make a job one that is run again. */
  @Test
  void aJobIsCompleteAsLongAsItsModelIsThere() throws IOException {
    var one = plan(SweptCommand.TRAIN, "seed=1,2").rungs().get(0).get(0);
    var run = new RunFolder(folder.resolve("sweep/0"));
    Files.createDirectories(run.path());
    RunRecord.begun("reference", 1, Map.of(), Map.of()).completed(1).write(run);
    JobRecord.writeAll(
        folder.resolve("sweep"),
        List.of(new JobRecord(
            0,
            List.of("seed=1"),
            List.of(1),
            one.outline().identity(),
            "",
            null,
            JobRecord.Status.COMPLETE,
            1.0,
            0,
            null)));
    var sweep = new Sweep(SweptCommand.TRAIN, composer(), List.of(), arguments("seed=1,2"));
    assertThat(sweep.describe()).contains("  0    continues seed=1");
    Files.createDirectories(run.model());
    assertThat(sweep.describe()).contains("  0    complete  seed=1", "  1    new       seed=2");
  }

  @Test
  void sectionsAreValuesToo() {
    assertThat(plan(SweptCommand.TRAIN, "train={steps: 5},{steps: 6, batch-size: 4}")
            .rungs()
            .get(0))
        .extracting(Job::steps)
        .containsExactly(List.of(5), List.of(6));
  }

  @Test
  void jobsAtTheSameTimeDoNotShareAPort() {
    assertThatThrownBy(() ->
            plan(SweptCommand.TRAIN, "seed=1,2", "sweep.jobs=2", "telemetry.prometheus.port=9000"))
        .hasMessageContaining("is one port, which 2 jobs cannot share");
  }
}
