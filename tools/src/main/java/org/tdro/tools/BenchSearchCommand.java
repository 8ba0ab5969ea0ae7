package org.tdro.tools;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.tdro.experiments.bench.SearchBenchmark;
import org.tdro.experiments.bench.SearchBenchmark.Candidate;
import org.tdro.experiments.bench.SearchBenchmark.Row;
import org.tdro.io.Json;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.ProductScorer;
import org.tdro.retriever.ProductScorer.Precision;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.Run;
import org.tdro.search.lucene.Hnsw;
import org.tdro.search.lucene.Hnsw.Quantization;
import org.tdro.search.lucene.HnswIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro bench search}, which measures exact and approximate searches on the same vectors. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Measure exact and approximate searches for the largest inner products, in turn, on the same random vectors.",
      "",
      "Vectors have length 1 and lie around centres, a thousand documents for each. All queries are given at once, and all processors are "
          + "used. \"MB\" is what a query may read: vectors and graph as they are searched with."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro bench search --documents 200000 --dimension 384",
      "  tdro bench search --documents 20000 --quantization none,int8,int4 --top-k 10 --json"
    })
final class BenchSearchCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--documents",
      defaultValue = "50000",
      paramLabel = "N",
      description = "Documents (default: ${DEFAULT-VALUE}).")
  private int documents;

  @Option(
      names = "--dimension",
      defaultValue = "384",
      paramLabel = "D",
      description = "Size of a vector (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--queries",
      defaultValue = "500",
      paramLabel = "N",
      description = "Queries (default: ${DEFAULT-VALUE}).")
  private int queries;

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

  @Option(names = "--json", description = "End with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    var benchmark = benchmark();
    var graphs = graphs();
    var rows = TemporaryFolder.with(folder -> {
      var blocks = benchmark.documentBlocks();
      var vectors = benchmark.queryVectors();
      var ids = benchmark.queryIds();
      var candidates = new ArrayList<Candidate>();
      for (var precision : Precision.values()) {
        candidates.add(exact(
            "exact, products in " + precision.name().toLowerCase(Locale.ROOT), () -> {
              try (var scorer = new ProductScorer(vectors, precision)) {
                return found(new ExactSearch(vectors, topK, scorer), blocks, ids);
              }
            }));
      }
      candidates.add(
          exact("exact, in Java", () -> found(new ExactSearch(vectors, topK), blocks, ids)));
      for (var graph : graphs) {
        candidates.addAll(candidates(
            graph, folder.resolve(graph.quantization().toString()), blocks, ids, vectors));
      }
      return benchmark.run(candidates);
    });
    print(rows);
    return 0;
  }

  private SearchBenchmark benchmark() {
    try {
      return new SearchBenchmark(documents, dimension, queries, topK, rounds, 1);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private List<Hnsw> graphs() {
    try {
      efs.forEach(ef -> new Hnsw(m, efConstruction, ef, Quantization.NONE));
      return quantizations.stream()
          .distinct()
          .map(quantization -> new Hnsw(m, efConstruction, efs.get(0), quantization))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Candidate exact(String name, Candidate.Search search) {
    return new Candidate(name, 0, (long) documents * dimension * Float.BYTES, search);
  }

  private static Run found(ExactSearch search, List<DocumentEmbeddings> blocks, List<String> ids) {
    blocks.forEach(block -> search.add(block.ids(), block.embeddings()));
    return search.run(ids);
  }

  /** Builds a graph; returns the searches in it, and for exact vectors the one of Lucene without a graph. */
  private List<Candidate> candidates(
      Hnsw graph,
      Path folder,
      List<DocumentEmbeddings> blocks,
      List<String> ids,
      Embeddings vectors) {
    long before = System.nanoTime();
    HnswIndex.write(folder, blocks.stream(), graph);
    double seconds = (System.nanoTime() - before) / 1e9;
    long bytes;
    try (var index = HnswIndex.open(folder, topK)) {
      bytes = index.searchedBytes();
    }
    var candidates = new ArrayList<Candidate>();
    if (graph.quantization() == Quantization.NONE) {
      candidates.add(exact("exact, Lucene", () -> {
        try (var index = HnswIndex.open(folder, topK)) {
          return index.searchExhaustively(ids, vectors, topK);
        }
      }));
    }
    for (int ef : efs) {
      var name = "hnsw %s, ef %d".formatted(graph.quantization(), Math.max(ef, topK));
      candidates.add(new Candidate(name, seconds, bytes, () -> {
        try (var index = HnswIndex.open(folder, ef)) {
          return index.search(ids, vectors, topK);
        }
      }));
    }
    return candidates;
  }

  private void print(List<Row> rows) {
    var out = spec.commandLine().getOut();
    out.println(format(
        "%,d documents of dimension %d, %,d queries, top %d, M %d, efConstruction %d",
        documents, dimension, queries, topK, m, efConstruction));
    var table = new TextTable("search", "queries/s", "recall", "build s", "MB");
    for (var row : rows) {
      table.row(
          row.candidate().name(),
          format("%.0f", row.queriesPerSecond(queries)),
          format("%.4f", row.recall()),
          format("%.1f", row.candidate().prepareSeconds()),
          format("%.0f", row.candidate().bytes() / 1e6));
    }
    out.print(table);
    if (json) {
      out.println(Json.line(rows.stream().map(this::values).toList()));
    }
    out.flush();
  }

  private Map<String, Object> values(Row row) {
    var values = new LinkedHashMap<String, Object>();
    values.put("search", row.candidate().name());
    values.put("queries_per_s", row.queriesPerSecond(queries));
    values.put("recall", row.recall());
    values.put("build_s", row.candidate().prepareSeconds());
    values.put("bytes", row.candidate().bytes());
    return values;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
