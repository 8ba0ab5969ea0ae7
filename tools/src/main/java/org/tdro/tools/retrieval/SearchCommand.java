package org.tdro.tools.retrieval;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Printable;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.index.DocumentIndex;
import org.tdro.retriever.ranking.ProductScorer;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.Passage;
import org.tdro.search.ExactSearch.Hit;
import org.tdro.search.Highlighter;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.search.texts.QueryFile;
import org.tdro.text.TextKind;
import org.tdro.tools.options.ModelOptions;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.Usage;
import org.tdro.tools.retrieval.RankedSystem.Kind;
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
      "Without a query and without --queries, queries are read from standard input, one a line. Each result has its rank, score, title, id and "
          + "the part of its text with most of the query's words, bold on a terminal."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro search --index index what is a slipstream",
      "  tdro search --index index                        ask one query after the other",
      "  tdro search --index index --queries queries.jsonl --run-file index.trec --top-k 100",
      "  tdro search --index index --queries queries.tsv --json",
      "  tdro search --index index --system rrf what is a slipstream"
    })
public final class SearchCommand implements Callable<Integer> {
  private static final String TAG = "tdro";
  private static final String PROMPT = "query> ";
  private static final String INDENT = "    ";

  /** The width of a passage, in columns of a terminal. */
  private static final int PASSAGE = 240;

  /** Documents from all over the index that show what words are common. */
  private static final int SAMPLE = 256;

  /** Documents of each ranking that fusion takes, at least: as many as tdro evaluate ranks. */
  private static final int FUSED = 100;

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
      names = "--system",
      paramLabel = "SYSTEM",
      completionCandidates = Names.class,
      description = {
        "What ranks (default: dense, or bm25 if the index holds words alone):",
        "  dense       the model and exact search",
        "  hnsw        the model and approximate search",
        "  bm25        words; loads no model",
        "  rrf, rrf-K  reciprocal rank fusion, K = 60",
        "  weighted-W  W dense + (1 - W) bm25",
        "A fusion takes the first 100 documents of dense and of bm25, or --top-k if that is larger."
      })
  private String name;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description = {
        "Queries instead, with _id, query_id, qid or id, and text, query or question: .jsonl, .tsv, .csv, .json (also .gz, .zst), .parquet or "
            + ".arrow. A .tsv without a header has an id and a text. Or a folder with queries.jsonl."
      })
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
      description =
          "What dense searches its candidates in: float32 (the default) or bfloat16, which is faster for many queries on processors that have it. Results are the same.")
  private ProductScorer.Precision precision;

  @Option(
      names = "--hnsw-ef",
      paramLabel = "N",
      description =
          "Candidates while the graph is searched, or --top-k if that is larger (default: as the index was made, or 100).")
  private Integer ef;

  @Mixin
  private Bm25Options bm25;

  @Option(
      names = "--verify",
      description =
          "First compare all files of the index with the hashes that were taken when they were written; reads the whole index.")
  private boolean verify;

  @Mixin
  private Overwriting overwriting;

  @SuppressWarnings("SystemConsoleNull") // a prompt too many does no harm
  private final boolean terminal = System.console() != null;

  private DocumentIndex index;
  private RankedSystem system;
  private Retriever retriever;
  private String task;
  private Highlighter.Sample sample;

  /** The systems, for completion. */
  private static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return RankedSystem.NAMES.stream()
          .filter(name -> RankedSystem.of(name).kind() != Kind.RERANK)
          .iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    checkUsage();
    var asked = queries == null ? List.<Query>of() : QueryFile.of(queries).read();
    if (runFile != null) {
      Run.checkNames(runFile, asked.stream().map(Query::id));
      AtomicWrite.checkWritable(runFile);
    }
    try (var opened = open()) {
      index = opened;
      system = system();
      if (verify) {
        index.verify();
      }
      if (!system.kind().needsModel()) {
        answer(asked, words);
        return 0;
      }
      var path = model();
      var stored = StoredRetrievers.of(path);
      var settings = stored.settings().cut(index.facts().model().dimension()).comparedByProduct();
      task = IndexCommand.task(spec, prompt, index.facts().model().task(), settings.prompts());
      try (var loaded = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
        retriever = loaded;
        index.check(loaded, path);
        answer(asked, words);
      }
    }
    return 0;
  }

  private DocumentIndex open() {
    var candidates = ef == null ? OptionalInt.empty() : OptionalInt.of(ef);
    return Usage.checked(spec, () -> DocumentIndex.open(folder, bm25::over, candidates));
  }

  /** Returns the system that is asked for, or the usual one of the index. */
  private RankedSystem system() {
    var facts = index.facts();
    var usual = facts.model() == null ? Kind.BM25 : Kind.DENSE;
    var chosen = Usage.checked(spec, () -> RankedSystem.of(name == null ? usual.toString() : name));
    boolean held = switch (chosen.kind()) {
      case DENSE -> facts.model() != null;
      case HNSW -> facts.hnsw() != null;
      case BM25 -> facts.bm25() != null;
      case FUSION -> facts.model() != null && facts.bm25() != null;
      case RERANK ->
        throw usage(
            "--system rerank: an index has no earlier ranking; tdro evaluate --rerank ranks one again");
    };
    if (!held) {
      throw usage(
          "--system %s: %s holds %s%s; choose another system, or make the index again with tdro index --systems"
              .formatted(
                  chosen.name(),
                  folder,
                  IndexCommand.held(facts),
                  chosen.kind() == Kind.FUSION ? ", and a fusion needs dense and bm25" : ""));
    }
    boolean isDense = chosen.kind() == Kind.DENSE || chosen.kind() == Kind.FUSION;
    checkUsed("--precision", precision, isDense, chosen);
    checkUsed("--hnsw-ef", ef, chosen.kind() == Kind.HNSW, chosen);
    bm25.given().ifPresent(option -> checkUsed(option, bm25, chosen.kind().needsWords(), chosen));
    checkUsed("--model", model, chosen.kind().needsModel(), chosen);
    checkUsed("--prompt", prompt, chosen.kind().needsModel(), chosen);
    return chosen;
  }

  private void checkUsed(String option, Object value, boolean isUsed, RankedSystem chosen) {
    if (value != null && !isUsed) {
      throw usage("%s: the system %s does not use it".formatted(option, chosen.name()));
    }
  }

  /** Answers the queries of a file, the one that is given, or those of standard input. */
  private void answer(List<Query> asked, List<String> given) {
    if (runFile != null) {
      writeRun(asked);
    } else if (queries != null) {
      for (int from = 0; from < asked.size(); from += BATCH) {
        answer(asked.subList(from, Math.min(asked.size(), from + BATCH)));
      }
    } else if (!given.isEmpty()) {
      answer(List.of(new Query("1", String.join(" ", given))));
    } else {
      converse();
    }
  }

  private void checkUsage() {
    if (topK < 1) {
      throw usage("--top-k must be at least 1, was " + topK);
    }
    if (ef != null && ef < 1) {
      throw usage("--hnsw-ef must be at least 1, was " + ef);
    }
    if (!words.isEmpty() && words.stream().allMatch(String::isBlank)) {
      throw usage("the query is empty");
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

  private List<List<Hit>> search(List<Query> asked) {
    var texts = asked.stream().map(Query::text).toList();
    return switch (system.kind()) {
      case BM25 -> index.bm25(texts, topK);
      case HNSW -> index.hnsw(retriever.encode(TextKind.QUERY, task, texts), topK);
      case FUSION -> {
        int depth = Math.max(topK, FUSED);
        yield DocumentIndex.fuse(
            system.fusion().orElseThrow(),
            List.of(dense(texts, depth), index.bm25(texts, depth)),
            topK);
      }
      default -> dense(texts, topK);
    };
  }

  private List<List<Hit>> dense(List<String> texts, int depth) {
    return index.dense(
        retriever.encode(TextKind.QUERY, task, texts),
        depth,
        precision == null ? ProductScorer.Precision.FLOAT32 : precision);
  }

  private void writeRun(List<Query> asked) {
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (int from = 0; from < asked.size(); from += BATCH) {
      var part = asked.subList(from, Math.min(asked.size(), from + BATCH));
      var found = search(part);
      for (int i = 0; i < part.size(); i++) {
        rankings.put(part.get(i).id(), found.get(i).stream().map(Hit::document).toList());
      }
    }
    Run.of(rankings).write(runFile, TAG);
    var out = spec.commandLine().getOut();
    out.printf("%s: %,d queries, at most %d documents each%n", runFile, asked.size(), topK);
    out.flush();
  }

  /** Answers the queries of standard input until it ends. */
  private void converse() {
    var out = spec.commandLine().getOut();
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
      index.sample(SAMPLE).map(Passage::content).forEach(sample::add);
    }
    return sample;
  }

  /** The answer to a query as JSON. */
  private record Answer(String queryId, String query, List<Result> results) {}

  private record Result(int rank, String id, double score, String title, String passage) {}

  private Answer json(Query query, List<Hit> hits, Highlighter highlighter) {
    var results = new ArrayList<Result>();
    for (var hit : hits) {
      var document = index.document(hit);
      results.add(new Result(
          results.size() + 1,
          document.id(),
          hit.document().score(),
          document.title(),
          highlighter.best(document.text(), PASSAGE).text()));
    }
    return new Answer(query.id(), query.text(), results);
  }

  private void print(Query query, List<Hit> hits, Highlighter highlighter, PrintWriter out) {
    // At a prompt, and of the command line, it is on the screen already.
    if (words.isEmpty() && (queries != null || !terminal)) {
      out.println(Printable.of(query.id() + ": " + query.text()));
    }
    int rank = 1;
    for (var hit : hits) {
      var document = index.document(hit);
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
      out.println("no document has a word of the query");
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
