package org.tdro.tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Printable;
import org.tdro.retriever.ProductScorer;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.index.DenseIndex;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.Passage;
import org.tdro.search.ExactSearch;
import org.tdro.search.Highlighter;
import org.tdro.search.Query;
import org.tdro.search.QueryFile;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro search}, which searches an index. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Search an index that tdro index made.",
      "",
      "Every document is compared with the query, exactly. Without a query and without --queries, queries are read from standard input, one a "
          + "line. Each result has its rank, score, title, id and the part of its text with most of the query's words, bold on a terminal."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro search --index index what is a slipstream",
      "  tdro search --index index                        ask one query after the other",
      "  tdro search --index index --queries queries.jsonl --run-file index.trec --top-k 100",
      "  tdro search --index index --queries queries.jsonl --json"
    })
final class SearchCommand implements Callable<Integer> {
  private static final String TAG = "tdro";
  private static final String PROMPT = "query> ";
  private static final String INDENT = "    ";

  /** The width of a passage, in columns of a terminal. */
  private static final int PASSAGE = 240;

  /** Documents from all over the index that show what words are common. */
  private static final int SAMPLE = 256;

  /** Queries that are searched at a time: each search reads the whole index. */
  private static final int BATCH = 4096;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "DIR",
      description = "The folder of the index.")
  private Path folder;

  @Parameters(paramLabel = "QUERY", arity = "0..*", description = "A query, in one or more words.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description =
          "Queries instead: JSONL, also .gz, with _id, query_id or id, and text or query.")
  private Path queries;

  @Option(
      names = "--run-file",
      paramLabel = "F",
      description = "Write the rankings of --queries as a TREC run file instead of printing them.")
  private Path runFile;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "10",
      description = "Documents for each query (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--json",
      description = "Print a JSON object for each query, in a line of its own.")
  private boolean json;

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description =
          "The model's prompt of this name for the queries (default: the one that the index was made with).")
  private String prompt;

  @Option(
      names = "--model",
      paramLabel = "RUN",
      description = "Where the index's model lies now (default: where it was).")
  private Path model;

  @Option(
      names = "--precision",
      paramLabel = "KIND",
      defaultValue = "FLOAT32",
      description =
          "What candidates are searched in: float32 or bfloat16, which is faster for many queries on processors that have it. Results are the same.")
  private ProductScorer.Precision precision;

  @Mixin
  private Overwriting overwriting;

  private DenseIndex index;
  private Retriever retriever;
  private String task;
  private Highlighter.Sample sample;

  @Override
  public Integer call() throws IOException {
    checkUsage();
    index = DenseIndex.open(folder);
    var asked = queries == null ? List.<Query>of() : new QueryFile(queries).read();
    if (runFile != null) {
      Run.checkNames(runFile, asked.stream().map(Query::id));
      AtomicWrite.checkWritable(runFile);
    }
    var path = model();
    var stored = StoredRetrievers.of(path);
    var settings = stored.settings().cut(index.facts().model().dimension()).comparedByProduct();
    task = IndexCommand.task(spec, prompt, index.facts().model().task(), settings.prompts());
    try (var loaded = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      retriever = loaded;
      index.check(loaded, path);
      if (runFile != null) {
        writeRun(asked);
      } else if (queries != null) {
        for (int from = 0; from < asked.size(); from += BATCH) {
          answer(asked.subList(from, Math.min(asked.size(), from + BATCH)));
        }
      } else if (!words.isEmpty()) {
        answer(List.of(new Query("1", String.join(" ", words))));
      } else {
        converse();
      }
    }
    return 0;
  }

  private void checkUsage() {
    if (topK < 1) {
      throw usage("--top-k must be at least 1, was " + topK);
    }
    if (queries != null && !words.isEmpty()) {
      throw usage("give a query or --queries, not both");
    }
    if (runFile != null && queries == null) {
      throw usage("--run-file needs --queries: a run file names its queries");
    }
    if (runFile != null && json) {
      throw usage("give --run-file or --json, not both");
    }
    if (runFile != null) {
      overwriting.check("--run-file", runFile);
    }
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private Path model() {
    if (model != null) {
      ModelOptions.checkExists("--model", model);
      return model;
    }
    var path = Path.of(index.facts().model().path());
    if (!Files.exists(path)) {
      throw new InputException(
          "%s: its model was %s, which is not there; name the place of the model with --model"
              .formatted(folder, path));
    }
    return path;
  }

  private List<List<ExactSearch.Hit>> search(List<Query> asked) {
    var texts = asked.stream().map(Query::text).toList();
    return index.search(retriever.encode(TextKind.QUERY, task, texts), topK, precision);
  }

  private void writeRun(List<Query> asked) {
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (int from = 0; from < asked.size(); from += BATCH) {
      var part = asked.subList(from, Math.min(asked.size(), from + BATCH));
      var found = search(part);
      for (int i = 0; i < part.size(); i++) {
        rankings.put(
            part.get(i).id(),
            found.get(i).stream().map(ExactSearch.Hit::document).toList());
      }
    }
    Run.of(rankings).write(runFile, TAG);
    var out = spec.commandLine().getOut();
    out.printf("%s: %,d queries, at most %d documents each%n", runFile, asked.size(), topK);
    out.flush();
  }

  /** Answers the queries of standard input until it ends. */
  @SuppressWarnings("SystemConsoleNull") // a prompt too many does no harm
  private void converse() {
    var out = spec.commandLine().getOut();
    boolean terminal = System.console() != null;
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      int number = 0;
      while (true) {
        if (terminal) {
          out.print(PROMPT);
          out.flush();
        }
        var line = in.readLine();
        if (line == null) {
          break;
        }
        if (!line.isBlank()) {
          answer(List.of(new Query(Integer.toString(++number), line.strip())));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (terminal) {
      out.println();
    }
  }

  private void answer(List<Query> asked) {
    var found = search(asked);
    var out = spec.commandLine().getOut();
    for (int i = 0; i < asked.size(); i++) {
      var highlighter = new Highlighter(asked.get(i).text(), sample());
      if (json) {
        out.println(Json.line(json(asked.get(i), found.get(i), highlighter)));
      } else {
        print(asked.get(i), found.get(i), highlighter, out);
      }
    }
    out.flush();
  }

  private Highlighter.Sample sample() {
    if (sample == null) {
      sample = new Highlighter.Sample();
      long step = Math.max(1, index.size() / SAMPLE);
      LongStream.iterate(0, row -> row < index.size(), row -> row + step)
          .mapToObj(index::document)
          .map(Passage::content)
          .forEach(sample::add);
    }
    return sample;
  }

  /** The answer to a query as JSON. */
  private record Answer(String queryId, String query, List<Result> results) {}

  private record Result(int rank, String id, double score, String title, String passage) {}

  private Answer json(Query query, List<ExactSearch.Hit> hits, Highlighter highlighter) {
    var results = new ArrayList<Result>();
    for (var hit : hits) {
      var document = index.document(hit.row());
      results.add(new Result(
          results.size() + 1,
          document.id(),
          hit.document().score(),
          document.title(),
          highlighter.best(document.text(), PASSAGE).text()));
    }
    return new Answer(query.id(), query.text(), results);
  }

  private void print(
      Query query, List<ExactSearch.Hit> hits, Highlighter highlighter, PrintWriter out) {
    if (queries != null) {
      out.println(Printable.of(query.id() + ": " + query.text()));
    }
    int rank = 1;
    for (var hit : hits) {
      var document = index.document(hit.row());
      var heading = Stream.of(document.title().strip(), "[" + document.id() + "]")
          .filter(part -> !part.isEmpty())
          .toList();
      out.printf(
          "%3d  %.4f  %s%n",
          rank++, hit.document().score(), Printable.of(String.join("  ", heading)));
      var passage = marked(highlighter.best(Printable.of(document.text()), PASSAGE));
      if (!passage.isEmpty()) {
        out.println(INDENT + passage);
      }
    }
    if (hits.isEmpty()) {
      out.println("the index is empty");
    }
    out.println();
  }

  /** Returns a passage with the query's words in bold, if the output is a terminal. */
  private String marked(Highlighter.Snippet snippet) {
    var ansi = spec.commandLine().getColorScheme().ansi();
    if (!ansi.enabled()) {
      return snippet.text();
    }
    var text = new StringBuilder();
    int at = 0;
    for (var mark : snippet.marks()) {
      text.append(snippet.text(), at, mark.from());
      text.append("\u001b[1m").append(snippet.text(), mark.from(), mark.to()).append("\u001b[0m");
      at = mark.to();
    }
    return text.append(snippet.text(), at, snippet.text().length()).toString();
  }
}
