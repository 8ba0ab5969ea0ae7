package org.tdro.tools.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.tdro.experiments.bench.RandomVectors;
import org.tdro.experiments.bench.SearchBenchmark;
import org.tdro.experiments.bench.SearchBenchmark.Candidate;
import org.tdro.experiments.bench.SearchBenchmark.Row;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.ranking.ProductScorer;
import org.tdro.retriever.ranking.ProductScorer.Precision;
import org.tdro.search.EmbeddingShards;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.Run;
import org.tdro.search.lucene.Hnsw;
import org.tdro.search.lucene.Hnsw.Quantization;
import org.tdro.search.lucene.HnswIndex;
import org.tdro.tools.options.TextTable;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench search}, which measures exact and approximate searches on the same vectors. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measure exact and approximate searches for the largest inner products, in turn, on the same vectors.",
      "",
      "The vectors are random, of length 1 and around centres, a thousand documents for each; or those of files that tdro encode wrote. They "
          + "are read from memory-mapped files, as tdro search reads an index. All queries are given at once, and all processors are used.",
      "",
      "\"MB\" is what a query may read: vectors and graph as they are searched with. The memory of exact search is that of the process "
          + "without the mapped files, whose pages the system drops when it needs the room."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench search --documents 200000 --dimension 384",
      "  tdro bench search --documents 20000 --quantization none,int8,int4 --top-k 10 --json",
      "  tdro bench search --documents 2000000 --queries 32 --exact      only exact search, and its memory",
      "  tdro encode --model RUN --kind passage --input corpus.jsonl --output passages.arrow",
      "  tdro encode --model RUN --kind query --input queries.jsonl --output queries.arrow",
      "  tdro bench search --vectors passages.arrow --query-vectors queries.arrow"
    })
final class BenchSearchCommand implements Callable<Integer> {
  private static final int DOCUMENTS = 50_000;
  private static final int DIMENSION = 384;
  private static final int QUERIES = 500;
  private static final long SEED = 1;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--documents",
      paramLabel = "N",
      description = "Random documents (default: " + DOCUMENTS + ").")
  private Integer documents;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      description = "Size of a random vector (default: " + DIMENSION + ").")
  private Integer dimension;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = "Queries (default: " + QUERIES + ", or all of --query-vectors).")
  private Integer queries;

  @Option(
      names = "--vectors",
      paramLabel = "F",
      description =
          "Documents instead of random ones: a file .arrow of tdro encode, or a folder of them.")
  private Path vectors;

  @Option(
      names = "--query-vectors",
      paramLabel = "F",
      description = "With --vectors: the queries, likewise.")
  private Path queryVectors;

  @Option(
      names = "--top-k",
      defaultValue = "100",
      paramLabel = "K",
      description = "Documents of a query (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--quantization",
      split = ",",
      defaultValue = "none,int8",
      paramLabel = "KIND",
      description =
          "What the coordinates of graphs are held as, a graph for each: none, int8, int4 (default: ${DEFAULT-VALUE}).")
  private List<Quantization> quantizations = new ArrayList<>();

  @Option(
      names = "--hnsw-m",
      defaultValue = "16",
      paramLabel = "M",
      description = "Neighbours of a vector in the graph (default: ${DEFAULT-VALUE}).")
  private int m;

  @Option(
      names = "--hnsw-ef-construction",
      defaultValue = "100",
      paramLabel = "N",
      description = "Candidates while the graph is built (default: ${DEFAULT-VALUE}).")
  private int efConstruction;

  @Option(
      names = "--hnsw-ef",
      split = ",",
      defaultValue = "100,200,400",
      paramLabel = "N",
      description =
          "Candidates while a query is searched, a measurement for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> efs = new ArrayList<>();

  @Option(
      names = "--rounds",
      defaultValue = "3",
      paramLabel = "N",
      description =
          "How often each search is measured, after one time that is not (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--exact",
      description = "Measure exact searches alone, without the building of graphs.")
  private boolean exact;

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  /** What is searched. */
  private record Vectors(EmbeddingShards documents, Embeddings queries) {
    List<String> ids() {
      return IntStream.range(0, queries.rows()).mapToObj(row -> "q" + row).toList();
    }

    long bytes() {
      return documents.rows() * documents.dimension() * Float.BYTES;
    }
  }

  @Override
  public Integer call() {
    checkUsage();
    var benchmark = Usage.checked(spec, () -> new SearchBenchmark(rounds));
    var graphs = graphs();
    TemporaryFolder.with(folder -> {
      var given = vectors(folder);
      var candidates = new ArrayList<Candidate>();
      for (var precision : Precision.values()) {
        candidates.add(exact(
            "exact, products in " + precision.name().toLowerCase(Locale.ROOT), given, () -> {
              try (var scorer = new ProductScorer(given.queries(), precision)) {
                return found(new ExactSearch(given.queries(), topK, scorer), given);
              }
            }));
      }
      var memory = SearchBenchmark.peakMib(candidates.get(0));
      candidates.add(exact("exact, in Java", given, () -> {
        return found(new ExactSearch(given.queries(), topK), given);
      }));
      for (var graph : graphs) {
        candidates.addAll(
            candidates(graph, folder.resolve(graph.quantization().toString()), given));
      }
      print(benchmark.run(candidates), given, memory);
      return null;
    });
    return 0;
  }

  private void checkUsage() {
    if ((vectors == null) != (queryVectors == null)) {
      throw usage("--vectors and --query-vectors go together");
    }
    if (vectors != null && (documents != null || dimension != null)) {
      throw usage("--documents and --dimension are for random vectors, not for those of --vectors");
    }
    if (topK < 1 || (queries != null && queries < 1)) {
      throw usage("--top-k and --queries must be at least 1");
    }
  }

  private Vectors vectors(Path folder) {
    if (vectors != null) {
      return stored();
    }
    var random = Usage.checked(
        spec, () -> new RandomVectors(or(documents, DOCUMENTS), or(dimension, DIMENSION), SEED));
    var file = folder.resolve("documents.arrow");
    random.write(file);
    return new Vectors(EmbeddingShards.open(file), random.queries(or(queries, QUERIES)));
  }

  private Vectors stored() {
    var found = EmbeddingShards.open(vectors);
    var asked = EmbeddingShards.open(queryVectors).embeddings();
    if (found.rows() == 0 || asked.rows() == 0) {
      throw new InputException((asked.rows() == 0 ? queryVectors : vectors) + ": holds no vectors");
    }
    if (asked.dimension() != found.dimension()) {
      throw new InputException("%s: has embeddings of size %d, but %s of size %d"
          .formatted(queryVectors, asked.dimension(), vectors, found.dimension()));
    }
    int number = Math.min(asked.rows(), or(queries, asked.rows()));
    return new Vectors(found, asked.first(number));
  }

  private static int or(Integer given, int usual) {
    return given == null ? usual : given;
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private List<Hnsw> graphs() {
    return Usage.checked(spec, () -> {
      efs.forEach(ef -> new Hnsw(m, efConstruction, ef, Quantization.NONE));
      return exact
          ? List.of()
          : quantizations.stream()
              .distinct()
              .map(quantization -> new Hnsw(m, efConstruction, efs.get(0), quantization))
              .toList();
    });
  }

  private static Candidate exact(String name, Vectors given, Candidate.Search search) {
    return new Candidate(name, 0, given.bytes(), search);
  }

  private static Run found(ExactSearch search, Vectors given) {
    given.documents().search(search);
    return search.run(given.ids());
  }

  /** Builds a graph; returns the searches in it, and for exact vectors the one of Lucene without a graph. */
  private List<Candidate> candidates(Hnsw graph, Path folder, Vectors given) {
    long before = System.nanoTime();
    try (var blocks = given.documents().blocks()) {
      HnswIndex.write(folder, blocks, graph);
    }
    double seconds = (System.nanoTime() - before) / 1e9;
    long bytes;
    try (var index = HnswIndex.open(folder, topK)) {
      bytes = index.searchedBytes();
    }
    var candidates = new ArrayList<Candidate>();
    if (graph.quantization() == Quantization.NONE) {
      candidates.add(exact("exact, Lucene", given, () -> {
        try (var index = HnswIndex.open(folder, topK)) {
          return index.searchExhaustively(given.ids(), given.queries(), topK);
        }
      }));
    }
    for (int ef : efs) {
      var name = "hnsw %s, ef %d".formatted(graph.quantization(), Math.max(ef, topK));
      candidates.add(new Candidate(name, seconds, bytes, () -> {
        try (var index = HnswIndex.open(folder, ef)) {
          return index.search(given.ids(), given.queries(), topK);
        }
      }));
    }
    return candidates;
  }

  private void print(List<Row> rows, Vectors given, OptionalDouble memory) {
    var out = spec.commandLine().getOut();
    int asked = given.queries().rows();
    out.println(format(
        "%,d documents of dimension %d, %,d queries, top %d%s",
        given.documents().rows(),
        given.documents().dimension(),
        asked,
        topK,
        exact ? "" : format(", M %d, efConstruction %d", m, efConstruction)));
    var table = new TextTable("search", "queries/s", "recall", "build s", "MB");
    for (var row : rows) {
      table.row(
          row.candidate().name(),
          format("%.1f", row.queriesPerSecond(asked)),
          format("%.4f", row.recall()),
          format("%.1f", row.candidate().prepareSeconds()),
          format("%.0f", row.candidate().bytes() / 1e6));
    }
    out.print(table);
    if (memory.isPresent()) {
      out.println(format(
          "memory of exact search beside the mapped files: %.0f MiB at most",
          memory.getAsDouble()));
    }
    if (SearchBenchmark.load() >= 0) {
      out.println(format("load of the machine in the last minute: %.1f", SearchBenchmark.load()));
    }
    if (json) {
      out.println(Json.line(rows.stream().map(row -> values(row, asked)).toList()));
    }
    out.flush();
  }

  private static Map<String, Object> values(Row row, int asked) {
    var values = new LinkedHashMap<String, Object>();
    values.put("search", row.candidate().name());
    values.put("queries_per_s", row.queriesPerSecond(asked));
    values.put("recall", row.recall());
    values.put("build_s", row.candidate().prepareSeconds());
    values.put("bytes", row.candidate().bytes());
    return values;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
