package org.tdro.tools.bench;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tdro.experiments.bench.BenchmarkTexts;
import org.tdro.experiments.bench.GraphTokenizing;
import org.tdro.experiments.bench.StepTimes;
import org.tdro.io.Json;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.TokenEncoding;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.tools.options.ModelOptions;
import org.tdro.tools.options.TextOptions;
import org.tdro.tools.options.TextTable;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench encode}, which measures the tokenising and encoding of texts. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measure how fast a model tokenises and encodes texts.",
      "Tokenising with the library, which uses all processors as tdro encode does; in a graph, as exports that take texts do it, "
          + "in batches of 32; and encoding, in turn."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench encode --model runs/finetune --input corpus.jsonl.gz --kind passage",
      "  tdro bench encode --model runs/finetune --input queries.jsonl --kind query --texts 200 --kernels"
    })
final class BenchEncodeCommand implements Callable<Integer> {
  private static final int GRAPH_BATCH = 32;
  private static final String LIBRARY = "tokenising";
  private static final String GRAPH = "tokenising in a graph";
  private static final String ENCODING = "encoding";

  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOptions model;

  @Mixin
  private TextOptions options;

  @Option(
      names = "--texts",
      defaultValue = "1000",
      paramLabel = "N",
      description = "How many texts of the file, its first, are used (default: ${DEFAULT-VALUE}).")
  private int most;

  @Option(
      names = "--batch-tokens",
      defaultValue = "4096",
      paramLabel = "N",
      description = "Tokens of a batch, padding included (default: ${DEFAULT-VALUE}).")
  private int batchTokens;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "How often each part is measured, after one time that is not (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--kernels",
      description =
          "Then encode the texts once more under TensorFlow's tracer and print what each kind of kernel took.")
  private boolean kernels;

  @Option(names = "--json", description = "End with one line of JSON; times in ms are medians.")
  private boolean json;

  @Override
  public Integer call() {
    if (Stream.of(most, batchTokens, rounds).anyMatch(number -> number < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--texts, --batch-tokens and --rounds must be at least 1");
    }
    var out = spec.commandLine().getOut();
    var stored = model.stored();
    var settings = model.settings(stored);
    var texts = BenchmarkTexts.read(options.input(), most);
    var batches = new TokenEncoding(batchTokens, TokenEncoding.DEFAULT.padMultiple());
    var kind = options.kind();
    var prompt = settings.prompts().of(kind, options.prompt(settings.prompts()));
    var prompted = texts.stream().map(prompt::apply).toList();
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      var ids = tokens(retriever, prompted);
      var times = with(stored, retriever, graph -> {
        var tasks = new LinkedHashMap<String, Runnable>();
        tasks.put(LIBRARY, () -> tokens(retriever, prompted));
        graph.ifPresent(present -> tasks.put(GRAPH, () -> tokenize(present, prompted)));
        tasks.put(ENCODING, () -> retriever.encode(kind, ids, batches));
        StepTimes.inTurn(tasks, 1);
        return StepTimes.inTurn(tasks, rounds);
      });
      print(out, times, ids);
      if (kernels) {
        out.println();
        out.print(KernelTable.of(retriever.trace(kind, ids, batches)));
      }
      if (json) {
        out.println(Json.line(values(times, ids)));
      }
      out.flush();
    }
    return 0;
  }

  /** Tokenises as {@link Retriever#tokenize} does, with texts that have their prompts. */
  private int[][] tokens(Retriever retriever, List<String> prompted) {
    int most = retriever.settings().maxLength(options.kind());
    return prompted.parallelStream()
        .map(text -> retriever.tokenizer().encode(text, most))
        .toArray(int[][]::new);
  }

  private static void tokenize(GraphTokenizing graph, List<String> prompted) {
    for (int from = 0; from < prompted.size(); from += GRAPH_BATCH) {
      graph.run(prompted.subList(from, Math.min(from + GRAPH_BATCH, prompted.size())));
    }
  }

  /** Lends the tokenizer in a graph; says why not if there is none with the same tokens. */
  private <T> T with(
      RetrieverSource stored, Retriever retriever, Function<Optional<GraphTokenizing>, T> use) {
    var settings = retriever.settings();
    return TemporaryFolder.with(folder -> {
      var file = stored.tokenizer(settings.spec().pooling(), folder).orElseThrow();
      try (var graph = new GraphTokenizing(file, settings.maxLength(options.kind()))) {
        return use.apply(Optional.of(graph));
      } catch (InexpressibleTokenizerException e) {
        spec.commandLine().getErr().println("no tokenising in a graph: " + e.getMessage());
        spec.commandLine().getErr().flush();
        return use.apply(Optional.empty());
      }
    });
  }

  private static void print(PrintWriter out, Map<String, StepTimes> times, int[][] ids) {
    long tokens = tokens(ids);
    out.println(format(
        "%,d texts, %,d tokens, %.1f in a text", ids.length, tokens, (double) tokens / ids.length));
    var table = new TextTable("", "median ms", "least ms", "texts/s", "tokens/s");
    times.forEach((name, measured) -> table.row(
        name,
        format("%.1f", measured.median()),
        format("%.1f", measured.minimum()),
        format("%.0f", ids.length / measured.median() * 1e3),
        format("%.0f", tokens / measured.median() * 1e3)));
    out.print(table);
  }

  private static Map<String, Object> values(Map<String, StepTimes> times, int[][] ids) {
    var values = new LinkedHashMap<String, Object>();
    values.put("texts", ids.length);
    values.put("tokens", tokens(ids));
    times.forEach((name, measured) -> {
      var key = name.replace(' ', '_');
      values.put(key + "_ms", measured.median());
      values.put(key + "_min_ms", measured.minimum());
    });
    return values;
  }

  private static long tokens(int[][] ids) {
    return Stream.of(ids).mapToLong(text -> text.length).sum();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
