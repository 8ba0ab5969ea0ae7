package org.tdro.tools.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.tdro.experiments.bench.BenchmarkTexts;
import org.tdro.experiments.bench.ServerLoad;
import org.tdro.experiments.bench.ServerLoadReport;
import org.tdro.io.Json;
import org.tdro.serving.client.RetrieverClient;
import org.tdro.serving.client.TextClient;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench serve}, which puts load on a server and measures its answers. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Put load on a server, tdro serve or TensorFlow Serving, and measure its answers.",
      "Each caller waits for its answer before it sends the next request, and for a tenth of a second if it failed. None is sent again. "
          + "The texts are sent in turn."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench serve http://localhost:8501/v1/models/retriever --input queries.jsonl --kind query --concurrency 32",
      "  tdro bench serve grpc://localhost:8500/v1/models/retriever --input corpus.jsonl.gz --kind passage --batch 8 --seconds 60",
      "  tdro bench serve http://localhost:8501/v1/models/retriever --input queries.jsonl --kind query --assets serving/retriever/1"
    })
final class BenchServeCommand implements Callable<Integer> {
  private static final int MOST_TEXTS = 100_000;
  private static final double DAY = 86_400;

  @Spec
  private CommandSpec spec;

  @Parameters(
      paramLabel = "URL",
      description =
          "The model: http://HOST:PORT/v1/models/NAME, or the same with https, grpc or grpcs.")
  private URI model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "JSONL of texts, of which at most the first " + MOST_TEXTS
          + " are sent; .gz is decompressed.")
  private Path input;

  @Option(
      names = "--kind",
      required = true,
      paramLabel = "KIND",
      description = "What the texts are: query or passage.")
  private TextKind kind;

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      defaultValue = Prompts.EVERY_TASK,
      description = "The prompt of the texts, by name (default: the one of all texts, if any).")
  private String prompt;

  @Option(
      names = "--assets",
      paramLabel = "FOLDER",
      description =
          "The export that is served: texts are tokenised here and token ids are sent, in the measured time (default: texts are sent).")
  private Path assets;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Texts in a request (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "8",
      description = "Requests at a time (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long requests are sent and measured (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      defaultValue = "2",
      description = "How long requests are sent before that (default: ${DEFAULT-VALUE}).")
  private double warmup;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "PEM file of the authorities whose certificates the server may show (default: those that Java trusts).")
  private Optional<Path> trusted;

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (!(seconds > 0 && seconds <= DAY) || !(warmup >= 0 && warmup <= DAY)) {
      throw new ParameterException(
          spec.commandLine(),
          "--seconds must be above 0 and --warmup at least 0, and both at most a day, were %s and %s"
              .formatted(seconds, warmup));
    }
    var all = BenchmarkTexts.read(input, MOST_TEXTS);
    var options = new RetrieverClient.Options(
        Math.max(1, batch), Duration.ofMinutes(1), 1, Duration.ZERO, trusted);
    if (assets == null) {
      try (var client = Usage.checked(spec, () -> new TextClient(model, options))) {
        return measure(part -> client.embed(kind, prompt, part), all);
      }
    }
    try (var client = Usage.checked(spec, () -> RetrieverClient.connect(model, assets, options))) {
      return measure(part -> client.encode(kind, prompt, part), all);
    }
  }

  private int measure(Consumer<List<String>> embed, List<String> all) {
    var load = load(embed, all);
    load.sendOne();
    if (warmup > 0) {
      load.run(duration(warmup));
    }
    var seen = load.run(duration(seconds));
    var out = spec.commandLine().getOut();
    out.print(text(seen));
    if (json) {
      out.println(Json.line(seen.values()));
    }
    out.flush();
    return seen.failed() == 0 ? 0 : 1;
  }

  private ServerLoad load(Consumer<List<String>> embed, List<String> all) {
    return Usage.checked(spec, () -> new ServerLoad(embed, all, batch, concurrency));
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static String text(ServerLoadReport seen) {
    var text = new StringBuilder();
    line(
        text,
        "requests    %,d in %.1f s, %.1f a second, %.1f texts a second",
        seen.answered(),
        seen.seconds(),
        seen.requestsPerSecond(),
        seen.textsPerSecond());
    if (seen.answered() > 0) {
      line(
          text,
          "latency ms  mean %.2f, p50 %.2f, p90 %.2f, p99 %.2f, most %.2f",
          seen.meanMillis(),
          seen.millis(0.5),
          seen.millis(0.9),
          seen.millis(0.99),
          seen.millis(1));
    }
    line(text, "failed      %,d", seen.failed());
    seen.failures().forEach((words, count) -> line(text, "  %,d times: %s", count, words));
    return text.toString();
  }

  private static void line(StringBuilder text, String pattern, Object... values) {
    text.append(String.format(Locale.ROOT, pattern, values)).append(System.lineSeparator());
  }
}
