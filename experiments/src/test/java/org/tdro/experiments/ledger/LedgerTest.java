package org.tdro.experiments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.RunSetting;

class LedgerTest {
  @TempDir
  Path folder;

  private Path root;
  private MadeRuns made;

  @BeforeEach
  void make() {
    root = folder.resolve("runs");
    made = new MadeRuns(root);
  }

  private List<String> paths() {
    return Ledger.read(root).runs().stream()
        .map(run -> root.relativize(Path.of(run.path())).toString())
        .toList();
  }

  private LedgerRun run(String path) {
    return Ledger.read(root).runs().stream()
        .filter(run -> run.folder().equals(root.resolve(path)))
        .findFirst()
        .orElseThrow();
  }

  private Path index() {
    return root.resolve(".tdro-runs.jsonl");
  }

  @Test
  void runsAreFoundAtAnyDepthEvenInRuns() {
    made.complete("a");
    made.complete("sweep/1/dro");
    made.complete("a/inner");
    MadeRuns.write(root.resolve("a/model/run.json"), "{}");
    assertThat(paths()).containsExactly("a", "a/inner", "sweep/1/dro");
  }

  @Test
  void aRunShowsWhatItIsAndWhatCameOfIt() {
    var one = made.complete("one", "seed=7", "train.learning-rate=0.002", "data.train=my data");
    MadeRuns.write(
        one.log(), "step,loss,dev/ndcg_cut_10,dev/x/ndcg_cut_10\n1,0.5,0.3,0.2\n2,0.25,,\n");
    MadeRuns.evaluate(one, 0.4);
    var run = run("one");
    assertThat(Map.of(
            "stage", "reference",
            "status", "complete",
            "seed", "7",
            "train.learning-rate", "0.002",
            "data.train", "my data",
            "inputs.data", "d1",
            "domains.news", "n1",
            "versions.java", "17",
            "seconds", "2.5",
            "log.loss", "0.25"))
        .allSatisfy((name, value) -> assertThat(run.value(name)).contains(value));
    assertThat(run.value("dev.ndcg_cut_10")).contains("0.3");
    assertThat(run.value("dev.x.ndcg_cut_10")).contains("0.2");
    assertThat(run.number("eval.ndcg_cut_10").getAsDouble()).isCloseTo(0.4, within(1e-12));
    assertThat(run.number("eval.one.ndcg_cut_10").getAsDouble()).isCloseTo(0.275, within(1e-12));
    assertThat(run.value("model.path")).isEmpty();
  }

  @Test
  void valuesOnDevelopmentQueriesAreThoseOfTheModelThatWasKept() {
    var one = made.complete("one");
    MadeRuns.write(one.log(), "step,loss,dev/ndcg_cut_10\n1,0.5,0.3\n2,0.4,\n3,0.3,0.2\n");
    assertThat(run("one").value("dev.ndcg_cut_10")).contains("0.2");
    RunRecord.read(one).orElseThrow().keeping(1).write(one);
    assertThat(run("one").value("dev.ndcg_cut_10")).contains("0.3");
    assertThat(run("one").value("kept-step")).contains("1");
    assertThat(run("one").value("log.loss")).contains("0.3");
  }

  @Test
  void theLossIsTheMeanOfTheLastTenthAndAModelThatWasDeletedIsNamed() throws IOException {
    var one = made.complete("one");
    var rows = IntStream.rangeClosed(1, 20).mapToObj(step -> step + "," + (100 - step) + "\n");
    MadeRuns.write(one.log(), "step,loss\n" + rows.collect(Collectors.joining()));
    assertThat(run("one").value("loss")).contains("80.5");
    assertThat(run("one").value("log.loss")).contains("80");
    assertThat(run("one").value("model")).isEmpty();
    AtomicWrite.delete(one.model());
    assertThat(run("one").value("model")).contains("deleted");
    assertThat(run("one").value("status")).contains("complete");
  }

  /** Whoever opens a pipe to which nobody writes waits forever. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void pipesAndDevicesAreNamedAndNotRead() throws Exception {
    var pipes = new ArrayList<String>();
    for (var name : List.of("run.json", "config.conf", "log.csv", "evaluation.json")) {
      var run = made.complete("of-" + name);
      MadeRuns.evaluate(run, 0.5);
      Files.delete(run.path().resolve(name));
      pipes.add(run.path().resolve(name).toString());
    }
    var weights = made.complete("weights");
    MadeRuns.evaluate(weights, 0.5);
    MadeRuns.write(weights.model().resolve("retriever.json"), "{}");
    pipes.add(weights.model().resolve("tokenizer.json").toString());
    made.unfinished("locked");
    var command = new ArrayList<>(List.of("mkfifo", root.resolve("locked/.lock").toString()));
    command.addAll(pipes);
    command.add(index().toString());
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    var device = made.complete("device");
    Files.delete(device.log());
    Files.createSymbolicLink(device.log(), Path.of("/dev/zero"));
    pipes.add(device.log().toString());
    var ledger = Ledger.read(root);
    assertThat(paths())
        .containsExactly(
            "device", "locked", "of-config.conf", "of-evaluation.json", "of-log.csv", "weights");
    assertThat(ledger.problems())
        .containsExactlyInAnyOrderElementsOf(
            pipes.stream().map(pipe -> pipe + ": is not a regular file").toList());
  }

  @Test
  void aRunIsRunningWhileItsLockIsHeld() {
    made.unfinished("one");
    assertThat(run("one").is(LedgerRun.Status.UNFINISHED)).isTrue();
    boolean running = FolderLock.whileHeld(
        root.resolve("one"), "training into", () -> run("one").is(LedgerRun.Status.RUNNING));
    assertThat(running).isTrue();
    assertThat(run("one").is(LedgerRun.Status.UNFINISHED)).isTrue();
  }

  @Test
  void whatCannotBeReadIsNamedAndStopsNothing() throws IOException {
    made.complete("good");
    MadeRuns.write(root.resolve("torn/run.json"), "{\"status\": ");
    MadeRuns.write(root.resolve("foreign/run.json"), "{\"id\": 5}");
    MadeRuns.write(made.complete("old").config(), "stage = reference\nunknown.key = 5\n");
    MadeRuns.write(made.complete("log").log(), "step,loss\n1,2,3\n");
    MadeRuns.write(
        made.complete("values").path().resolve("evaluation.json"),
        "{\"key\": \"k\", \"values\": {\"sets\": {}}}");
    Files.createDirectories(root.resolve("killed"));
    MadeRuns.write(root.resolve("killed/config.conf"), "");
    MadeRuns.write(root.resolve("killed/.lock"), "");
    var ledger = Ledger.read(root);
    assertThat(paths()).containsExactly("good", "log", "old", "values");
    for (var name : List.of(
        "torn/run.json",
        "foreign",
        "old/config.conf",
        "log/log.csv",
        "values/evaluation.json",
        "killed")) {
      assertThat(ledger.problems())
          .anySatisfy(problem -> assertThat(problem).contains(root.resolve(name).toString()));
    }
    assertThat(run("old").value("unknown.key")).contains("5");
    // It is named as long as it is so.
    assertThat(Ledger.read(root).problems()).isEqualTo(ledger.problems());
  }

  @Test
  void theIndexIsRefreshedByTimesAndSizesAndMayBeDeletedOrDamaged() throws IOException {
    var one = made.complete("one");
    made.complete("two");
    var first = Ledger.read(root);
    assertThat(index()).exists();
    var written = Files.getLastModifiedTime(index());
    assertThat(Ledger.read(root)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(index())).isEqualTo(written);

    MadeRuns.write(one.log(), "step,loss\n1,0.5\n2,0.125\n");
    assertThat(run("one").value("log.loss")).contains("0.125");

    for (var damage :
        List.of("", "{\"tdro-runs\":0}\n", "x", Files.readString(index()).substring(0, 900))) {
      Files.writeString(index(), damage);
      assertThat(paths()).containsExactly("one", "two");
    }
    Files.delete(index());
    assertThat(paths()).containsExactly("one", "two");

    Files.delete(root.resolve("two/run.json"));
    assertThat(paths()).containsExactly("one");
  }

  @Test
  void severalMayReadAndWriteTheIndexAtOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      made.complete("run" + i, "seed=" + i);
    }
    var threads = Executors.newFixedThreadPool(4);
    var readings = new ArrayList<Future<Integer>>();
    for (int i = 0; i < 12; i++) {
      int number = i;
      readings.add(threads.submit(() -> {
        MadeRuns.write(root.resolve("run" + number + "/log.csv"), "step,loss\n1," + number + "\n");
        return Ledger.read(root).runs().size();
      }));
    }
    for (var reading : readings) {
      assertThat(reading.get()).isEqualTo(20);
    }
    threads.shutdown();
    assertThat(run("run7").value("log.loss")).contains("7");
  }

  @Test
  void theFolderMustExist() {
    assertThatThrownBy(() -> Ledger.read(folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none is not a folder");
    assertThatThrownBy(() -> Ledger.run(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no run");
  }

  @Test
  void runsThatDifferInTheSeedAloneAreOneGroup() {
    for (int seed = 1; seed <= 3; seed++) {
      for (var eta : List.of("0.01", "0.02")) {
        MadeRuns.evaluate(
            made.complete(
                "eta" + eta + "/s" + seed,
                "seed=" + seed,
                "dro=raw",
                "stage=dro",
                "dro.step-size=" + eta),
            0.3 + 0.1 * seed);
      }
    }
    // The same seed once more, without an evaluation: that with the results counts.
    made.complete("again", "seed=2", "dro=raw", "stage=dro", "dro.step-size=0.01");
    var ledger = Ledger.read(root);
    var groups = SeedGroup.of(
        ledger.runs().stream().filter(run -> !run.path().endsWith("again")).toList(),
        new Lineage(ledger));
    assertThat(groups).extracting(group -> group.runs().size()).containsExactly(3, 3);
    var spread = groups.get(0).spread("eval.ndcg_cut_10").orElseThrow();
    assertThat(spread.mean()).isCloseTo(0.5, within(1e-12));
    assertThat(spread.deviation()).isCloseTo(0.1, within(1e-12));
    assertThat(spread.seeds()).isEqualTo(3);
    assertThat(groups.get(0).pattern()).isEqualTo(root + "/eta0.01/s{1,2,3}");
    var row = groups.get(1).row();
    assertThat(row.value("dro.step-size")).contains("0.02");
    assertThat(row.value("seed")).contains("1,2,3");
    assertThat(row.value("seeds")).contains("3");
    assertThat(row.number("eval.ndcg_cut_10.sd").getAsDouble()).isCloseTo(0.1, within(1e-12));
    assertThat(row.value("eval.ndcg_cut_10.seeds")).isEmpty();
    assertThat(SeedGroup.of(ledger.runs(), new Lineage(ledger)))
        .allMatch(group -> group.runs().size() == 3
            && group.spread("eval.ndcg_cut_10").orElseThrow().seeds() == 3);
  }

  @Test
  void aMeanOverFewerSeedsThanTheGroupHasIsMarked() {
    for (int seed = 1; seed <= 3; seed++) {
      var run = made.complete("s" + seed, "seed=" + seed);
      if (seed > 1) {
        MadeRuns.evaluate(run, 0.25 * seed);
      }
    }
    var ledger = Ledger.read(root);
    var row = SeedGroup.of(ledger.runs(), new Lineage(ledger)).get(0).row();
    assertThat(row.value("eval.ndcg_cut_10.seeds")).contains("2");
    var columns = List.of("seeds", "loss", "eval.ndcg_cut_10");
    assertThat(new RunTable(columns, List.of(row)).cells(row))
        .containsExactly("3", "0.50000 ±0.0000", "0.6250 ±0.1768 (2 of 3)");
  }

  @Test
  void aRunThatNamesItselfThroughAnotherHasASetting() {
    for (var name : List.of("a", "b")) {
      made.with(
          name,
          Map.of("reference", "r"),
          "stage=dro",
          "dro.reference=runs/" + (name.equals("a") ? "b" : "a"));
    }
    var ledger = Ledger.read(root);
    assertThat(SeedGroup.of(ledger.runs(), new Lineage(ledger))).hasSize(2);
    var a = RunSetting.of(new RunFolder(root.resolve("a"))).orElseThrow();
    assertThat(a.differences(RunSetting.of(new RunFolder(root.resolve("b"))).orElseThrow()))
        .isEmpty();
  }

  /** A stage of two seeds, whose references have these seeds and this other setting. */
  private void pipelines(String learningRate) {
    for (int seed = 1; seed <= 2; seed++) {
      var pipeline = "lr" + learningRate + "/s" + seed;
      made.complete(pipeline + "/reference", "seed=" + seed, "train.learning-rate=" + learningRate);
      made.with(
          pipeline + "/dro",
          Map.of("reference", "content of " + pipeline),
          "stage=dro",
          "seed=" + seed,
          "dro.reference=runs/" + pipeline + "/reference");
    }
  }

  @Test
  void stagesOfPipelinesDifferInTheSeedAloneIfTheirReferencesDo() {
    pipelines("0.001");
    pipelines("0.002");
    var ledger = Ledger.read(root);
    assertThat(SeedGroup.of(ledger.runs(), new Lineage(ledger)))
        .extracting(group -> group.pattern().substring(root.toString().length()))
        .containsExactlyInAnyOrder(
            "/lr0.001/s{1,2}/dro",
            "/lr0.001/s{1,2}/reference",
            "/lr0.002/s{1,2}/dro",
            "/lr0.002/s{1,2}/reference");
  }

  @Test
  void theDifferenceOfTwoRunsIsInConfigurationDataCodeAndResults() {
    made.complete("a", "train.steps=5");
    made.with("b", Map.of("data", "d2"), "train.steps=6", "train.log-every=3");
    var difference = RunDifference.of(Ledger.run(root.resolve("a")), Ledger.run(root.resolve("b")));
    assertThat(difference.settings())
        .containsExactly(new RunDifference.Value("train.steps", "5", "6"));
    assertThat(difference.incidental())
        .extracting(RunDifference.Value::name)
        .containsExactlyInAnyOrder("output", "train.log-every");
    assertThat(difference.inputs())
        .containsExactly(new RunDifference.Value("inputs.data", "d1", "d2"));
    assertThat(difference.versions()).isEmpty();
    assertThat(difference.results())
        .contains(new RunDifference.Value("log.loss", "0.5", ""))
        .anySatisfy(value -> assertThat(value.name()).isEqualTo("seconds"));
  }

  @Test
  void prunedRunsAreNeitherRunningNorNamedByRunsThatStay() {
    pipelines("0.001");
    made.unfinished("busy");
    var ledger =
        FolderLock.whileHeld(root.resolve("busy"), "training into", () -> Ledger.read(root));
    var references =
        ledger.runs().stream().filter(run -> !run.path().contains("dro")).toList();
    var pruning = Pruning.of(ledger, references, false);
    assertThat(pruning.removable()).isEmpty();
    assertThat(pruning.kept().values())
        .containsExactlyInAnyOrder(
            "it is running",
            "it is named by " + root + "/lr0.001/s1/dro",
            "it is named by " + root + "/lr0.001/s2/dro");
    assertThat(Pruning.of(ledger, references, true).removable()).hasSize(2);
    assertThat(Pruning.of(ledger, ledger.runs(), false).removable()).hasSize(4);
  }

  @Test
  void aRunIsDeletedWholeAndNothingElseIs() {
    made.complete("a");
    made.complete("a/inner");
    made.complete("b");
    MadeRuns.write(root.resolve("notes/keep.txt"), "mine");
    var ledger = Ledger.read(root);
    assertThat(Pruning.of(ledger, List.of(ledger.runs().get(0)), true).kept().values())
        .containsExactly("its folder holds " + root + "/a/inner");
    Pruning.of(ledger, List.of(ledger.runs().get(0), ledger.runs().get(1)), false)
        .removable()
        .forEach(Pruning::delete);
    Pruning.delete(new LedgerRun(root.resolve("notes"), List.of()));
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("b", "notes", ".tdro-runs.jsonl");
  }

  @Test
  void tablesShowWhatDiffersAndAreExactAsCsvAndJson() {
    MadeRuns.evaluate(made.complete("a", "train.steps=5"), 0.34375);
    made.complete("b", "train.steps=6", "train.log-every=3", "data.domains=[x, y]");
    var ledger = Ledger.read(root);
    var rows = ledger.runs();
    assertThat(RunTable.ofDifferences(rows).columns())
        .containsExactly(
            "path", "stage", "data.domains", "train.steps", "loss", "eval.ndcg_cut_10");
    var table =
        RunTable.of(List.of("train.steps", "data.domains", "eval.n*"), ledger.names(), rows);
    assertThat(table.toCsv())
        .isEqualTo(
            "train.steps,data.domains,eval.ndcg_cut_10\n5,[],0.34375\n6,\"[\"\"x\"\",\"\"y\"\"]\",\n");
    assertThat(table.cells(rows.get(0))).containsExactly("5", "[]", "0.3438");
    assertThat(RunTable.of(List.of("eval.*", "train.*"), ledger.names(), rows).columns())
        .containsExactlyInAnyOrder(
            "eval.ndcg_cut_10",
            "eval.one.ndcg_cut_10",
            "eval.two.ndcg_cut_10",
            "train.steps",
            "train.log-every");
    assertThat(RunTable.of(List.of("dro.top*"), ledger.names(), rows).columns())
        .containsExactly("dro.top-percents");
    assertThatThrownBy(() -> RunTable.of(List.of("evil.*"), ledger.names(), rows))
        .hasMessage("no run has a name like 'evil.*'");
    assertThat(RunTable.of(List.of("eval.ndcg_cut_10", "model.normalize"), ledger.names(), rows)
            .toJson())
        .contains("\"eval.ndcg_cut_10\" : 0.34375", "\"model.normalize\" : true");
    assertThat(RunTable.sorted(rows, List.of("-train.steps"), ledger.names())
            .get(0)
            .path())
        .endsWith("b");
    assertThat(RunTable.best(rows, "eval.ndcg_cut_10", ledger.names())).hasSize(1);
    assertThatThrownBy(() -> RunTable.of(List.of("eval.ndcg_cut_11"), ledger.names(), rows))
        .hasMessage("no run has 'eval.ndcg_cut_11'; did you mean eval.ndcg_cut_10?");
  }
}
