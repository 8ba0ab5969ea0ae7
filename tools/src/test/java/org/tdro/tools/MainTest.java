package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.io.InputException;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void useTheRepositorysConfiguration() {
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void helpGoesToStandardOutput() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("config").contains("Exit codes:");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyCommandHasHelpWithExamples() {
    assertThat(run("config", "--help")).isZero();
    assertThat(out.toString()).contains("Examples:");
  }

  @Test
  void helpListsTheGroupsAndOptionsOfYourOwnFolder(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("model/lora"));
    Files.writeString(folder.resolve("model/ours.conf"), "include \"mini.conf\"");
    Files.writeString(folder.resolve("model/lora/small.conf"), "rank = 8");
    assertThat(run("pipeline", "--help", "--config-dir", folder.toString())).isZero();
    assertThat(out.toString())
        .contains("static (default)")
        .contains("  ours  ")
        .containsPattern("model/lora +small\\R");
    assertThat(run("train", "-cd", "no/folder", "--help")).isZero();
  }

  static Stream<CommandLine> commands() {
    return subcommands(Main.commandLine(new Main()));
  }

  private static Stream<CommandLine> subcommands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(MainTest::subcommands));
  }

  /** picocli warns of an unescaped percent sign. */
  @ParameterizedTest
  @MethodSource("commands")
  void helpPrintsNoWarning(CommandLine command) {
    var standardError = System.err;
    var warnings = new ByteArrayOutputStream();
    System.setErr(new PrintStream(warnings, true, UTF_8));
    try {
      assertThat(command.getUsageMessage()).startsWith("Usage: tdro");
    } finally {
      System.setErr(standardError);
    }
    assertThat(warnings.toString(UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void examplesAreNotBrokenButAfterBackslashes(CommandLine command) {
    var joined = command.getUsageMessage().replaceAll("\\\\\\R +", "");
    var written = String.join("\n", command.getCommandSpec().usageMessage().footer())
        .replaceAll("\\\\\n +", "");
    assertThat(joined.lines()).containsAll(written.lines().toList());
  }

  @Test
  void printsTheConfiguration() {
    assertThat(run("config", "seed=7")).isZero();
    assertThat(out.toString()).containsPattern("seed = 7 +# command line: seed=7");
  }

  @Test
  void aWrongConfigurationIsExitCodeTwo() {
    assertThat(run("config", "sede=7", "train.steps=x")).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "command line: sede=7: sede is not known; did you mean seed?",
            "command line: train.steps=x: train.steps must be a whole number, was \"x\"");
  }

  @Test
  void aWrongCommandLineIsExitCodeTwo() {
    assertThat(run("confg")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("Unmatched argument at index 0: 'confg'")
        .endsWith("See tdro --help.\n");
    assertThat(run()).isEqualTo(2);
  }

  @Test
  void withoutACommandThereIsHelp() {
    assertThat(run()).isEqualTo(2);
    assertThat(out.toString()).startsWith("Usage: tdro");
    assertThat(run("data")).isEqualTo(2);
    assertThat(out.toString()).contains("Usage: tdro data");
  }

  @Test
  void helpNamesTheCommand() {
    assertThat(run("help", "data", "import")).isZero();
    assertThat(out.toString()).startsWith("Usage: tdro data import");
    assertThat(run("help", "trian")).isEqualTo(2);
    assertThat(err.toString()).contains("'trian'").contains("tdro train");
  }

  @Test
  void helpOfAMistypedCommandIsASuggestion() {
    assertThat(run("trian", "--help")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("'trian'").contains("tdro train");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandPrintsTheVersion(CommandLine command) {
    var words = (command.getCommandSpec().qualifiedName() + " -V").split(" ", -1);
    assertThat(run(Arrays.copyOfRange(words, 1, words.length))).isZero();
    assertThat(out.toString()).startsWith("tdro 0.");
  }

  /** The lines of examples that run tdro, with the lines that continue them. */
  static Stream<String> examples() {
    return commands()
        .flatMap(command ->
            Stream.of(String.join("\n", command.getCommandSpec().usageMessage().footer())
                .replaceAll("\\\\\n *", "")
                .split("\n")))
        .filter(line -> line.startsWith("  tdro "))
        .map(line -> line.replaceAll("   .*| > [^' ]+$", "").strip())
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examplesAreUnderstood(String example) {
    var words = Pattern.compile("('[^']*'|[^ ])+")
        .matcher(example)
        .results()
        .skip(1)
        .map(word -> word.group().replaceAll("^'|'$", ""))
        .toList();
    var parsed = Main.commandLine(new Main()).parseArgs(words.toArray(String[]::new));
    assertThat(parsed.asCommandLineList())
        .allSatisfy(command -> assertThat(command.getUnmatchedArguments()).isEmpty());
  }

  /** The shape that {@code bench} adds is not here, and swept values, also those of {@code quickstart}, are not of one configuration. */
  static Stream<String> configuredExamples() {
    return examples()
        .filter(example -> !example.contains(" bench ")
            && !example.contains(" -m ")
            && !example.contains("quickstart "));
  }

  @ParameterizedTest
  @MethodSource("configuredExamples")
  void settingsOfExamplesAreKnown(String example) {
    var settings = Stream.of(example.split(" +"))
        .map(word -> word.replaceAll("^'|'$", ""))
        .filter(word -> word.matches("[a-z][a-z.-]*=.*") && !word.matches("(eval\\.)?data=.*"))
        .toList();
    assertThatCode(() -> RunConfig.composer(Optional.empty()).compose(settings))
        .doesNotThrowAnyException();
  }

  @Test
  void stackTracesAreForThoseWhoAsk() {
    run("config", "sede=7", "--stacktrace");
    assertThat(err.toString()).contains("ConfigException").contains("\tat org.tdro.config.");
  }

  @Test
  void aMissingModelIsSaidOnce() {
    assertThat(encodeWith("src/crr")).isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString()).isEqualToIgnoringNewLines("--model: src/crr does not exist");
  }

  private int encodeWith(String model) {
    return run(
        "encode", "--model", model, "--input", "a", "--kind", "query", "--output", "b.jsonl");
  }

  @Test
  void aModelOfAHubIsNotDownloaded() {
    assertThat(encodeWith("BAAI/bge-small")).isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString()).contains("BAAI/bge-small does not exist; nothing is downloaded");
  }

  @Test
  void completionIsAShellScript() {
    assertThat(run("generate-completion")).isZero();
    assertThat(out.toString()).startsWith("#!/usr/bin/env bash").contains("--config-dir");
  }

  @Test
  void causesDecideTheExitCodeAndAreNamed() {
    var failure =
        new IllegalStateException("cannot import acl", new NoSuchFileException("acl.jsonl"));
    assertThat(Failures.exitCode(failure)).isEqualTo(Failures.BAD_DATA);
    assertThat(Failures.describe(failure))
        .isEqualTo("cannot import acl\n  because: acl.jsonl does not exist");
    assertThat(Failures.exitCode(new InputException("model.safetensors: is cut")))
        .isEqualTo(Failures.BAD_DATA);
    assertThat(Failures.exitCode(new IOException("disk full"))).isEqualTo(1);
  }
}
