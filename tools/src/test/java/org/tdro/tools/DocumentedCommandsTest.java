package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Checkout;

/**
 * The commands of README and docs, run as written in the order of {@link #PAGES} in one folder with small data. A block of
 * commands is marked {@code bash}. One that cannot be run here begins with a comment {@code # not tested: REASON}. The command
 * {@code tdro} that they find adds {@link #SHORTER} to those that train, and is otherwise the real one. A block of {@code tdro
 * serve} alone runs until the end.
 */
class DocumentedCommandsTest {
  /** Later pages use what the commands of earlier ones made. */
  private static final List<String> PAGES = List.of(
      "README.md",
      "docs/finetune-an-llm.md",
      "docs/training.md",
      "docs/audit.md",
      "docs/mixtures.md",
      "docs/sweeps.md",
      "docs/runs.md",
      "docs/watching-a-run.md",
      "docs/compare.md",
      "docs/report.md",
      "docs/configuration.md",
      "docs/deploy.md",
      "docs/keras.md",
      "docs/data-format.md",
      "docs/prepare-data.md",
      "docs/evaluate.md",
      "docs/search.md",
      "docs/install.md",
      "docs/gpu.md",
      "docs/performance.md",
      "docs/results.md",
      "docs/published-models.md",
      "docs/architecture.md");

  private static final String SHORTER = "train.steps=2 train.batch-size=8";

  /** How many blocks may begin with {@link #NOT_TESTED}. */
  private static final int UNTESTED = 18;

  private static final String NOT_TESTED = "# not tested: ";
  private static final Pattern BLOCK =
      Pattern.compile("^```([a-z]*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern NAMED = Pattern.compile("^# (\\S+/\\S+\\.conf)\\n");
  private static final int SERVER_PORT = 8501;
  private static final long PATIENCE_SECONDS = 300;

  @TempDir
  static Path folder;

  private static Optional<Process> server = Optional.empty();

  /** A block of a page. */
  private record Block(String page, String language, String text) {
    boolean isTested() {
      return language.equals("bash") && !text.startsWith(NOT_TESTED);
    }

    String title() {
      return page + ": " + text.lines().findFirst().orElse("");
    }
  }

  private static List<Block> blocks() throws IOException {
    var blocks = new ArrayList<Block>();
    for (var page : PAGES) {
      var matcher = BLOCK.matcher(Files.readString(Checkout.path(page)));
      while (matcher.find()) {
        blocks.add(new Block(page, matcher.group(1), matcher.group(2)));
      }
    }
    return blocks;
  }

  @BeforeAll
  static void prepare() throws IOException {
    writeData();
    var bin = Files.createDirectories(folder.resolve("tools"));
    var java = ProcessJava.command();
    var flags = Files.writeString(
        folder.resolve("java.arguments"),
        java.stream()
            .skip(1)
            .map(flag -> "\"" + flag.replace("\\", "\\\\") + "\"\n")
            .collect(Collectors.joining()));
    var script = Files.writeString(
        bin.resolve("tdro"), """
        #!/usr/bin/env bash
        case ${1-} in
          train | pipeline) set -- "$@" %1$s ;;
          mixture) case " $* " in *" --first "*) ;; *) set -- "$@" %1$s ;; esac ;;
          quickstart) set -- "$@" %1$s seed=42 ;;
        esac
        exec '%2$s' -Xmx1g @'%3$s' %4$s "$@"
        """.formatted(SHORTER, java.get(0), flags, Main.class.getName()));
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  private static void writeData() throws IOException {
    var random = new SplittableRandom(5);
    var train = Files.createDirectories(folder.resolve("data/train"));
    for (var domain : List.of("news", "recipes", "trivia")) {
      Files.write(
          train.resolve(domain + ".jsonl"),
          IntStream.range(0, 60)
              .mapToObj(i -> SmallRuns.row(random, domain + i, 5))
              .toList());
    }
    var set = Files.createDirectories(folder.resolve("data/eval/adi"));
    Files.createDirectories(set.resolve("qrels"));
    Files.write(
        set.resolve("corpus.jsonl"),
        IntStream.range(0, 20)
            .mapToObj("{\"_id\": \"%1$d\", \"title\": \"\", \"text\": \"w%1$d w7\"}"::formatted)
            .toList());
    var qrels = new StringBuilder("query-id\tcorpus-id\tscore\n");
    IntStream.range(0, 8).forEach(i -> qrels.append("q%1$d\t%1$d\t1\n".formatted(i)));
    Files.write(
        set.resolve("queries.jsonl"),
        IntStream.range(0, 8)
            .mapToObj("{\"_id\": \"q%1$d\", \"text\": \"w%1$d\"}"::formatted)
            .toList());
    Files.writeString(set.resolve("qrels/test.tsv"), qrels);
  }

  @AfterAll
  static void stopServer() {
    server.ifPresent(Process::destroy);
  }

  @TestFactory
  Stream<DynamicTest> commandsRunAsWritten() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: there is no bash");
    return blocks().stream()
        .filter(block -> block.isTested() || block.language().equals("hocon"))
        .map(block -> DynamicTest.dynamicTest(block.title(), () -> run(block)));
  }

  @Test
  void blocksThatAreNotTestedAreFewAndSayWhy() throws IOException {
    assertThat(blocks().stream().filter(block -> block.text().startsWith(NOT_TESTED)))
        .hasSize(UNTESTED)
        .allSatisfy(block -> assertThat(block.title()).matches(".*" + NOT_TESTED + "\\S.*"));
  }

  @Test
  void commandsAreMarkedAsSuch() throws IOException {
    assertThat(blocks().stream().filter(block -> block.text().startsWith("tdro ")))
        .allSatisfy(block -> assertThat(block.language()).isEqualTo("bash"));
  }

  @Test
  void everyPageIsRead() throws IOException {
    try (var pages = Files.list(Checkout.path("docs"))) {
      assertThat(
              pages.map(page -> "docs/" + page.getFileName()).filter(page -> page.endsWith(".md")))
          .isSubsetOf(PAGES);
    }
  }

  private static void run(Block block) throws Exception {
    if (block.language().equals("hocon")) {
      var named = NAMED.matcher(block.text());
      assertThat(named.find()).as("begins with the name of its file").isTrue();
      var file = folder.resolve(named.group(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, block.text());
    } else if (block.text().matches("tdro serve [^\\n]*\\n")) {
      serve(block.text());
    } else {
      var log = Files.createTempFile(folder, "commands", ".log");
      var bash = bash("set -x\n" + block.text(), log);
      assertThat(bash.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as(block.title())
          .isTrue();
      assertThat(bash.exitValue()).as(Files.readString(log, UTF_8)).isZero();
    }
  }

  private static void serve(String command) throws Exception {
    try (var socket = new ServerSocket(SERVER_PORT)) {
      assertThat(socket.getLocalPort()).isEqualTo(SERVER_PORT);
    } catch (IOException e) {
      abort("skipped: port " + SERVER_PORT + " is taken");
    }
    var log = Files.createTempFile(folder, "server", ".log");
    var process = bash("exec " + command, log);
    server = Optional.of(process);
    var health = bash(
        "until curl -sf localhost:" + SERVER_PORT + "/health >/dev/null; do sleep 0.2; done",
        Files.createTempFile(folder, "health", ".log"));
    boolean healthy = health.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    health.destroy();
    assertThat(healthy).as(Files.readString(log)).isTrue();
  }

  private static Process bash(String commands, Path log) throws IOException {
    var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder
        .environment()
        .merge("PATH", folder.resolve("tools").toString(), (path, ours) -> ours + ":" + path);
    return builder.start();
  }
}
