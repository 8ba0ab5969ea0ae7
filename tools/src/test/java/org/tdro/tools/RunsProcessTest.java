package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.StepLog;

/** The commands on runs, on runs that processes trained. */
class RunsProcessTest {
  @TempDir
  static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws Exception {
    SmallRuns.writeData(folder);
    TdroProcess.run(folder, SmallRuns.train("reference", "runs/s1/reference", "seed=1"))
        .with(0);
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private static String runs() {
    return folder.resolve("runs").toString();
  }

  /** A copy of the run, whose configuration and record have another seed. */
  private static void copy(String name, int seed) throws IOException {
    var from = folder.resolve("runs/s1/reference");
    var to = Files.createDirectories(folder.resolve("runs").resolve(name));
    for (var file : List.of("config.conf", "run.json", "log.csv")) {
      Files.writeString(
          to.resolve(file),
          Files.readString(from.resolve(file))
              .replace("seed = 1 ", "seed = " + seed + " ")
              .replace("\"seed\" : 1,", "\"seed\" : " + seed + ","));
    }
  }

  @Test
  void aReproducedRunIsEqualToTheBitAndADifferentOneIsNot() throws Exception {
    var arguments = new ArrayList<>(List.of("reproduce", "runs/s1/reference"));
    arguments.addAll(List.of("--output", "again"));
    var again = TdroProcess.run(folder, arguments).with(0);
    assertThat(again.out())
        .contains("inputs, versions and machine are as they were")
        .containsPattern("again and runs/s1/reference are equal: (\\d+) of \\1 files");

    var weights = folder.resolve("again/model/weights/variables.data-00000-of-00001");
    var bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    var log = folder.resolve("again/log.csv");
    var lines = Files.readAllLines(log);
    lines.set(4, lines.get(4).replaceFirst(",[^,]*,", ",7.5,"));
    Files.write(log, lines);
    // As earlier builds wrote it, of a run that they began without one: from step 4 on, without
    // rows.
    var trajectory = folder.resolve("runs/s1/reference/trajectory.csv");
    var steps = StepLog.rows(trajectory);
    var earlier = StepLog.csv(trajectory, "step", List.of("loss/alpha"));
    earlier.clear();
    earlier.truncate(0);
    steps
        .subList(3, steps.size())
        .forEach(row -> earlier.append(Long.parseLong(row.get("step")), row));
    assertThat(TdroProcess.run(folder, arguments).with(1).out())
        .doesNotContain("trajectory.csv")
        .contains("differs: model/weights/variables.data-00000-of-00001: differs from byte")
        .contains("differs: log.csv: from row 4 on: loss is ")
        .contains("7.5");

    SmallRuns.write(folder, "beta", Files.readAllLines(folder.resolve("data/alpha.jsonl")));
    try {
      var other =
          TdroProcess.run(folder, List.of("reproduce", "runs/s1/reference")).with(1);
      assertThat(other.out()).contains("input data: ", "input domains.beta: ");
      assertThat(other.out()).doesNotContain("domains.alpha");
      assertThat(other.err()).contains("not trained");
    } finally {
      SmallRuns.writeData(folder);
    }
    assertThat(run("reproduce", folder.resolve("runs").toString())).isEqualTo(Failures.BAD_DATA);
  }

  @Test
  void aReportIsWrittenAndSaysWhatIsMissing() throws IOException {
    var page = folder.resolve("pages/report.html");
    var run = folder.resolve("runs/s1/reference").toString();
    assertThat(run("report", run, "-o", page.toString(), "--title", "A & <b>")).isZero();
    assertThat(out.toString()).isEqualTo(page + "\n");
    assertThat(err.toString()).startsWith(run + ": this run has no results");
    assertThat(page).content().contains("<h1>A &amp; &lt;b&gt;</h1>", "\"gradient_norm\"");
    assertThat(run("report", run, "-o", page.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("exists");
    assertThat(run("report", run, "-o", page.toString(), "--overwrite")).isZero();
    assertThat(run("report", folder.resolve("data").toString(), "-o", folder + "/x.html"))
        .isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString()).contains("data holds no runs");
  }

  @Test
  void runsAreListedFilteredGroupedComparedAndPruned() throws IOException {
    copy("s2/reference", 2);
    copy("s3/reference", 3);
    assertThat(run("runs", "list", runs(), "--columns", "path,seed", "--sort=-seed"))
        .isZero();
    assertThat(out.toString().lines().map(line -> line.replaceAll("^\\S*/runs/", "")))
        .anySatisfy(line -> assertThat(line).matches("s3/reference +3"))
        .anySatisfy(line -> assertThat(line).matches("s1/reference +1"));
    assertThat(run("runs", "list", runs(), "--where", "seed > 1 and model.kind = static", "--json"))
        .isZero();
    assertThat(out.toString())
        .contains("\"seed\" : 2", "\"seed\" : 3")
        .doesNotContain("\"seed\" : 1,");
    assertThat(run(
            "runs", "list", runs(), "--by-seed", "--csv", "--columns", "seeds,seed,log.loss.sd"))
        .isZero();
    assertThat(out.toString()).isEqualTo("seeds,seed,log.loss.sd\n3,\"1,2,3\",0.0\n");

    assertThat(run("runs", "list", runs(), "--where", "model.kin = static")).isEqualTo(2);
    assertThat(err.toString())
        .contains("character 1: no run has 'model.kin'; did you mean model.kind?");
    assertThat(run("runs", "best", runs(), "--by", "los")).isEqualTo(2);
    assertThat(run("runs", "best", runs(), "--by", "log.loss", "--where", "seed < 3"))
        .isZero();
    assertThat(out.toString()).contains("/s{1,2}/reference");
    assertThat(err.toString()).contains("--by loss compares its mean over the last tenth");
    assertThat(run("runs", "best", runs(), "--by", "loss")).isZero();
    assertThat(out.toString()).contains("/s{1,2,3}/reference");
    assertThat(err.toString()).isEmpty();

    assertThat(run("runs", "show", runs() + "/s2/reference")).isZero();
    assertThat(out.toString())
        .contains(
            "seed = 2\n", "train.steps = 10\n", "inputs.data = ", "\nloss = ", "model = deleted\n");
    assertThat(run("runs", "diff", runs() + "/s1/reference", runs() + "/s2/reference"))
        .isZero();
    assertThat(out.toString()).containsPattern("seed +1 +2").contains("log.loss");

    assertThat(run("runs", "prune", runs(), "--where", "seed > 1")).isZero();
    assertThat(out.toString()).contains("2 runs", "add --yes to delete them");
    assertThat(folder.resolve("runs/s2/reference")).exists();
    assertThat(run("runs", "prune", runs(), "--where", "seed > 1", "--yes")).isZero();
    assertThat(folder.resolve("runs/s2").toFile().list()).isEmpty();
    assertThat(folder.resolve("runs/s1/reference/run.json")).exists();
    assertThat(run("runs", "prune", runs())).isEqualTo(2);
  }
}
