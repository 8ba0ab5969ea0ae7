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
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.io.AtomicWrite;
import org.tdro.io.StepLog;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.testing.Checkout;
import org.tdro.training.StageTraining.Outcome;
import org.tdro.training.config.RunConfig;

class StageTrainingTest {
  @TempDir
  static Path folder;

  @BeforeAll
  static void makeDataAndReference() throws IOException {
    var random = new SplittableRandom(5);
    Files.createDirectories(folder.resolve("data"));
    for (var domain : List.of("one", "two", "three")) {
      var lines = new ArrayList<String>();
      for (int i = 0; i < 40; i++) {
        var query = words(random, 3);
        lines.add("""
            {"query_id": "%s%d", "query": "%s", "positive_passages": [{"docid": "p", "text": "%s"}], "negative_passages": [{"docid": "m", "text": "%s"}, {"docid": "n", "text": "%s"}]}""".formatted(
                domain, i, query, query + words(random, 2), words(random, 5), words(random, 5)));
      }
      Files.write(folder.resolve("data/" + domain + ".jsonl"), lines);
    }
    assertThat(training("reference", "whole").run()).isEqualTo(Outcome.TRAINED);
    assertThat(training("reference", "static", staticModel().toArray(String[]::new))
            .run())
        .isEqualTo(Outcome.TRAINED);
  }

  @Test
  void aVocabularySmallerThanTheTokenizersIsRefusedBeforeTraining() {
    assertThatThrownBy(
            () -> training("reference", "small", "model.vocabulary=100").run())
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching("command line: model.vocabulary=100: model.vocabulary must be at least"
            + " \\d+, the tokenizer's number of ids, was 100");
    assertThat(folder.resolve("reference-small")).doesNotExist();
  }

  private static String words(SplittableRandom random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(26))).append(random.nextInt(10)).append(' ');
    }
    return text.toString();
  }

  private static StageTraining training(String stage, String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "stage=" + stage,
        "data=" + folder.resolve("data"),
        "data.cache=" + folder.resolve("cache"),
        "data.vocabulary=300",
        "data.passages-per-query=3",
        "train.batch-size=8",
        "train.accumulation-steps=2",
        "train.steps=30",
        "train.save-every=7",
        "model=mini",
        "model.hidden=8",
        "model.feed-forward=16",
        "model.layers=1",
        "model.heads=2",
        "model.dropout=0.2",
        "output=" + folder.resolve(stage + "-" + output)));
    if (stage.equals("dro")) {
      arguments.add("dro.reference=" + folder.resolve("reference-whole"));
    }
    arguments.addAll(List.of(further));
    var configs = Checkout.path("configs");
    return new StageTraining(
        new ConfigComposer<>(RunConfig.SCHEMA, List.of(configs)).composeForRun(arguments),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        new SimpleMeterRegistry());
  }

  /** Interrupts a training after a step. */
  static Callback stoppingAt(long stop) {
    return new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step == stop) {
          model.stopTraining();
        }
      }
    };
  }

  /** The run has dropout and accumulation, and is stopped between two backups and at one. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "dro"})
  void aStoppedRunGoesOnToTheSameBits(String stage) {
    if (stage.equals("dro")) {
      assertThat(training(stage, "whole").run()).isEqualTo(Outcome.TRAINED);
    }
    assertThat(training(stage, "parts").with(stoppingAt(10)).run()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(training(stage, "parts").with(stoppingAt(21)).run()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(training(stage, "parts").run()).isEqualTo(Outcome.TRAINED);
    var whole = new RunFolder(folder.resolve(stage + "-whole"));
    var parts = new RunFolder(folder.resolve(stage + "-parts"));
    var weights = "weights/variables.data-00000-of-00001";
    assertThat(parts.model().resolve(weights))
        .hasSameBinaryContentAs(whole.model().resolve(weights));
    assertThat(parts.trajectory()).hasSameTextualContentAs(whole.trajectory());
    if (stage.equals("dro")) {
      assertThat(parts.weights().resolve("curr_weights.json"))
          .hasSameTextualContentAs(whole.weights().resolve("curr_weights.json"));
    }
    assertThat(parts.backup()).doesNotExist();
  }

  /** A step has two micro-batches, each of one domain. */
  @Test
  void theTrajectoryHoldsTheRowsAndLossesOfAllMicroBatches() {
    var run = new RunFolder(folder.resolve("reference-whole"));
    var steps = StepLog.rows(run.trajectory());
    var log = StepLog.rows(run.log());
    assertThat(steps).hasSize(30);
    assertThat(steps.get(0).keySet())
        .containsExactly(
            "step", "rows/one", "loss/one", "rows/three", "loss/three", "rows/two", "loss/two");
    int ofTwoDomains = 0;
    for (int i = 0; i < 30; i++) {
      double rows = 0;
      double losses = 0;
      int domains = 0;
      for (var domain : List.of("one", "two", "three")) {
        double drawn = Double.parseDouble(steps.get(i).get("rows/" + domain));
        var loss = steps.get(i).get("loss/" + domain);
        assertThat(loss.isEmpty()).isEqualTo(drawn == 0);
        if (drawn > 0) {
          rows += drawn;
          losses += drawn * Double.parseDouble(loss);
          domains++;
        }
      }
      assertThat(rows).isEqualTo(16);
      ofTwoDomains += domains == 2 ? 1 : 0;
      double loss = Double.parseDouble(log.get(i).get("loss"));
      assertThat(losses / rows).isCloseTo(loss, within(1e-5 * loss));
      assertThat(Double.parseDouble(log.get(i).get("gradient_norm"))).isPositive();
    }
    assertThat(ofTwoDomains).isPositive();
  }

  /** The texts of a micro-batch, 32, in chunks, the last of 2, or in groups; layers run again in the backward pass. */
  @ParameterizedTest
  @ValueSource(strings = {"chunk-size=5", "length-groups=3"})
  void aStoppedRunInPartsOfTheBatchGoesOnToTheSameBits(String way) {
    var name = way.replace("=", "-");
    var settings = new String[] {
      "train.steps=8", "train.save-every=3", "train." + way, "train.gradient-checkpointing=true"
    };
    assertThat(training("dro", name + "-whole", settings).run()).isEqualTo(Outcome.TRAINED);
    assertThat(training("dro", name + "-parts", settings).with(stoppingAt(4)).run())
        .isEqualTo(Outcome.INTERRUPTED);
    assertThat(training("dro", name + "-parts", settings).run()).isEqualTo(Outcome.TRAINED);
    var whole = new RunFolder(folder.resolve("dro-" + name + "-whole"));
    var parts = new RunFolder(folder.resolve("dro-" + name + "-parts"));
    var weights = "weights/variables.data-00000-of-00001";
    assertThat(parts.model().resolve(weights))
        .hasSameBinaryContentAs(whole.model().resolve(weights));
    assertThat(parts.trajectory()).hasSameTextualContentAs(whole.trajectory());
  }

  private static String[] online(String method) {
    // Blocks of 4 steps of 2 batches; the backups, every 7 steps, lie within blocks and at their
    // ends.
    // The reference is of all rows, so that nothing is cross-fitted.
    var arguments = new ArrayList<>(staticModel());
    arguments.addAll(List.of(
        "dro=" + method,
        "dro.online-every=4",
        "dro.step-size=2",
        "dro.cross-fit=false",
        "dro.reference=" + folder.resolve("reference-static")));
    return arguments.toArray(String[]::new);
  }

  /** The layers of a model, and their dropout, have no part in which rows a mixture draws. */
  private static List<String> staticModel() {
    return List.of(
        "model=static",
        "model.layers=0",
        "model.heads=0",
        "model.feed-forward=0",
        "model.dropout=0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"paper", "doremi", "group-dro", "robust"})
  void aStoppedOnlineRunGoesOnToTheSameBits(String method) {
    var name = "online-" + method;
    var parts = name + "-parts";
    assertThat(training("dro", name, online(method)).run()).isEqualTo(Outcome.TRAINED);
    assertThat(training("dro", parts, online(method)).with(stoppingAt(10)).run())
        .isEqualTo(Outcome.INTERRUPTED);
    assertThat(training("dro", parts, online(method)).with(stoppingAt(12)).run())
        .isEqualTo(Outcome.INTERRUPTED);
    assertThat(training("dro", parts, online(method)).run()).isEqualTo(Outcome.TRAINED);
    var whole = new RunFolder(folder.resolve("dro-" + name));
    var resumed = new RunFolder(folder.resolve("dro-" + parts));
    var weights = "weights/variables.data-00000-of-00001";
    assertThat(resumed.model().resolve(weights))
        .hasSameBinaryContentAs(whole.model().resolve(weights));
    assertThat(resumed.trajectory()).hasSameTextualContentAs(whole.trajectory());
    assertThat(resumed.weights().resolve("mean_weights.json"))
        .hasSameTextualContentAs(whole.weights().resolve("mean_weights.json"));
  }

  /** The rows of a block are drawn by the α with which the block before ended, rounded down or up. */
  @Test
  void theRowsOfABlockFollowTheWeightsBeforeIt() {
    var weights = new ArrayList<float[]>();
    var rows = new ArrayList<float[]>();
    var watch = new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        weights.add(logs.get(MixtureLearner.WEIGHT));
        rows.add(logs.get(ContrastiveModel.DOMAIN_ROWS));
      }
    };
    var settings = new ArrayList<>(List.of(online("group-dro")));
    settings.add("train.accumulation-steps=1");
    training("dro", "followed", settings.toArray(String[]::new)).with(watch).run();
    for (int block = 1; block < 7; block++) {
      var before = weights.get(4 * block - 1);
      for (int domain = 0; domain < 3; domain++) {
        float drawn = 0;
        for (int step = 4 * block; step < 4 * block + 4; step++) {
          drawn += rows.get(step)[domain];
        }
        assertThat((double) drawn)
            .isBetween(
                Math.floor(32 * before[domain] - 1e-4), Math.ceil(32 * before[domain] + 1e-4));
      }
    }
    // They moved: the last block differs from the first.
    assertThat(weights.get(27)).isNotEqualTo(weights.get(3));
  }

  /** Makes the record of a run as a build wrote it that drew rows one by one. */
  private static void asOfAnEarlierBuild(RunFolder run) {
    var record = RunRecord.read(run).orElseThrow();
    var versions = new TreeMap<>(record.versions());
    assertThat(versions.remove("sampler")).isEqualTo("" + MixtureSampler.VERSION);
    new RunRecord(
            record.status(),
            record.stage(),
            record.seed(),
            record.inputs(),
            versions,
            record.started(),
            record.seconds(),
            record.peakMemoryMiB(),
            record.modelStep(),
            record.domains())
        .write(run);
  }

  @Test
  void anUnfinishedRunOfAnotherSamplerIsNotContinued() {
    assertThat(training("reference", "early").with(stoppingAt(10)).run())
        .isEqualTo(Outcome.INTERRUPTED);
    asOfAnEarlierBuild(new RunFolder(folder.resolve("reference-early")));
    assertThatThrownBy(() -> training("reference", "early").run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("reference-early holds another run")
        .hasMessageContaining("sampler version 1 there, " + MixtureSampler.VERSION + " here")
        .hasMessageContaining("finish it with that build, or train it anew");
    assertThat(training("reference", "early").replacingOther().run()).isEqualTo(Outcome.TRAINED);
    assertThat(folder.resolve("reference-early.replaced/backup")).exists();
  }

  @Test
  void aCompleteRunOfAnotherSamplerStaysUsable() {
    var settings = new String[] {"train.steps=2"};
    assertThat(training("reference", "earlier", settings).run()).isEqualTo(Outcome.TRAINED);
    asOfAnEarlierBuild(new RunFolder(folder.resolve("reference-earlier")));
    assertThat(training("reference", "earlier", settings).run()).isEqualTo(Outcome.UNCHANGED);
    var reference = "dro.reference=" + folder.resolve("reference-earlier");
    assertThat(training("dro", "of-earlier", "train.steps=2", reference).run())
        .isEqualTo(Outcome.TRAINED);
  }

  @Test
  void doReMiNeedsItsSmoothing() {
    assertThatThrownBy(() -> training("dro", "bad", "dro=doremi", "dro.method=tdro"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dro.smoothing belongs to method doremi");
  }

  @Test
  void aCompleteRunIsNotTrainedAgain() {
    assertThat(training("reference", "whole").run()).isEqualTo(Outcome.UNCHANGED);
  }

  /** Somebody may have deleted results to save space; whoever trains again wants them back. */
  @Test
  void aCompleteRunWhoseResultsWereDeletedIsTrainedAgainToTheSameBits() throws IOException {
    var run = new RunFolder(folder.resolve("dro-gutted"));
    var stage = new String[] {"train.steps=2"};
    assertThat(training("dro", "gutted", stage).run()).isEqualTo(Outcome.TRAINED);
    var weights = run.model().resolve("weights/variables.data-00000-of-00001");
    var before = Files.readAllBytes(weights);
    for (var deleted : List.of(run.model(), run.weights())) {
      AtomicWrite.delete(deleted);
      assertThat(training("dro", "gutted", stage).run()).isEqualTo(Outcome.TRAINED);
      assertThat(weights).hasBinaryContent(before);
      assertThat(StepLog.numbers(run.log(), "loss")).hasSize(2);
      assertThat(run.weights()).isDirectory();
      assertThat(training("dro", "gutted", stage).run()).isEqualTo(Outcome.UNCHANGED);
    }
  }

  @Test
  void aFolderOfAnotherConfigurationIsLeftAlone() {
    assertThatThrownBy(() -> training("reference", "whole", "seed=43").run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("holds another run")
        .hasMessageContaining("seed");
  }

  @Test
  void anotherRunIsMovedAsideWhereItMayBeReplaced() {
    assertThat(training("reference", "again", "train.steps=2").run()).isEqualTo(Outcome.TRAINED);
    var other = training("reference", "again", "train.steps=3").replacingOther();
    assertThat(other.run()).isEqualTo(Outcome.TRAINED);
    assertThat(folder.resolve("reference-again.replaced/model")).exists();
    assertThat(other.run()).isEqualTo(Outcome.UNCHANGED);
    var third = training("reference", "again", "train.steps=4").replacingOther();
    assertThat(third.run()).isEqualTo(Outcome.TRAINED);
    for (var name : List.of("again.replaced", "again.replaced-2", "again")) {
      assertThat(RunRecord.isComplete(folder.resolve("reference-" + name))).isTrue();
    }
  }

  @Test
  void whatIsWrongShowsBeforeAnotherRunIsMoved() {
    assertThatThrownBy(() -> training("reference", "whole", "loss.hard-only-domains=[four]")
            .replacingOther()
            .run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("four");
    assertThat(RunRecord.isComplete(folder.resolve("reference-whole"))).isTrue();
  }

  @Test
  void whatIsWrongShowsBeforeTheFolderIsMade() {
    var dro = training("dro", "wrong", "loss.hard-only-domains=[four]");
    assertThatThrownBy(dro::run).isInstanceOf(ConfigException.class).hasMessageContaining("four");
    assertThat(folder.resolve("dro-wrong")).doesNotExist();
  }
}
