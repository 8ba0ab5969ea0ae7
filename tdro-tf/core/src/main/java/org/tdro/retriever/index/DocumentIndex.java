package org.tdro.retriever.index;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.ranking.ProductScorer;
import org.tdro.rows.Passage;
import org.tdro.search.EmbeddingShards;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.ExactSearch.Hit;
import org.tdro.search.Fusion;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Index;
import org.tdro.search.lucene.HnswIndex;

/**
 * The documents of a corpus in a folder, which may be larger than memory, and what finds them: embeddings, a graph of neighbours, an index
 * of words, or several. {@code index.json} says what the folder holds ({@link IndexFacts}); {@code shards/} are Arrow files of ids,
 * embeddings, titles and texts, {@code hnsw/} and {@code bm25/} are Lucene's. Thread-safe.
 */
public final class DocumentIndex implements AutoCloseable {
  static final String FACTS = "index.json";
  static final String SHARDS = "shards";
  static final String GRAPH = "hnsw";
  static final String WORDS = "bm25";

  private static final String REMEDY = "make the index again with tdro index --overwrite";

  private final Path folder;
  private final IndexFacts facts;
  private final EmbeddingShards shards;
  private final Optional<HnswIndex> graph;
  private final Optional<Bm25Index> words;

  private DocumentIndex(
      Path folder,
      IndexFacts facts,
      EmbeddingShards shards,
      Optional<HnswIndex> graph,
      Optional<Bm25Index> words) {
    this.folder = folder;
    this.facts = facts;
    this.shards = shards;
    this.graph = graph;
    this.words = words;
  }

  /** Whether a folder is an index. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(FACTS));
  }

  /**
   * Opens an index.
   *
   * @throws InputException if there is none, naming the files that are missing, damaged or not those that were written
   */
  public static DocumentIndex open(Path folder) {
    return open(folder, UnaryOperator.identity(), OptionalInt.empty());
  }

  /**
   * Opens an index.
   *
   * @param bm25 what becomes of the parameters that words were indexed with
   * @param ef candidates of a search in the graph instead of those that it was made with
   * @throws InputException if there is none, naming the files that are missing, damaged or not those that were written
   */
  public static DocumentIndex open(Path folder, UnaryOperator<Bm25> bm25, OptionalInt ef) {
    AtomicWrite.settle(folder);
    if (!isOne(folder)) {
      throw new InputException(
          IndexBuild.isBegun(folder)
              ? folder + ": this index is not complete; give the command that began it again"
              : folder + ": this is not the folder of an index: there is no " + FACTS
                  + "; make one with tdro index");
    }
    var facts = IndexFacts.read(folder.resolve(FACTS), REMEDY);
    var problems = new Problems();
    for (var file : facts.files()) {
      var problem = file.wrongSize(folder);
      if (!problem.isEmpty()) {
        problems.add(damaged(folder, file, problem));
      }
    }
    problems.throwIfAny();
    var shards = shards(folder, facts);
    var graph = Optional.ofNullable(facts.hnsw())
        .map(hnsw -> HnswIndex.open(folder.resolve(GRAPH), ef.orElse(hnsw.ef())));
    try {
      var words = Optional.ofNullable(facts.bm25())
          .map(made -> Bm25Index.open(folder.resolve(WORDS), bm25.apply(made.parameters())));
      return new DocumentIndex(folder, facts, shards, graph, words);
    } catch (RuntimeException | Error e) {
      graph.ifPresent(HnswIndex::close);
      throw e;
    }
  }

  /** Opens the files of documents. */
  static EmbeddingShards shards(Path folder, IndexFacts facts) {
    var shards = EmbeddingShards.of(
        facts.files(SHARDS).stream().map(file -> folder.resolve(file.file())).toList());
    if (shards.dimension() != facts.dimension()
        || shards.rows() != facts.corpus().documents()) {
      throw new InputException(
          "%s: says %d documents with embeddings of size %d, but the shards hold %d of size %d; %s"
              .formatted(
                  folder.resolve(FACTS),
                  facts.corpus().documents(),
                  facts.dimension(),
                  shards.rows(),
                  shards.dimension(),
                  REMEDY));
    }
    return shards;
  }

  private static String damaged(Path folder, IndexFacts.StoredFile file, String problem) {
    return "%s: is damaged: %s; %s".formatted(folder.resolve(file.file()), problem, REMEDY);
  }

  /**
   * Reads all files and compares them with the hashes that were taken when they were written.
   *
   * @throws InputException naming those that have changed
   */
  public void verify() {
    var problems = new Problems();
    facts.files().parallelStream()
        .filter(file -> !file.isWhole(folder))
        .toList()
        .forEach(file -> problems.add(damaged(folder, file, "its content has changed")));
    problems.throwIfAny();
  }

  /** What it was made from, and what it holds. */
  public IndexFacts facts() {
    return facts;
  }

  /** The number of documents. */
  public long size() {
    return facts.corpus().documents();
  }

  /**
   * Checks that a retriever gives texts the embeddings that are compared here.
   *
   * @throws InputException if it does not
   */
  public void check(Retriever retriever, Path from) {
    var then = facts.model();
    var now = IndexFacts.Model.of(retriever, from, then.task());
    if (!now.isSame(then)) {
      throw new InputException(
          "%s: was made with another model than %s holds now%s; make the index again with tdro index, or name its model with --model"
              .formatted(folder, from, then.difference(now)));
    }
  }

  /**
   * Returns the best documents for each query, best first, by comparing each with all documents.
   *
   * @param queries their embeddings
   * @param precision of the products that find the candidates; it does not change the result
   */
  public List<List<Hit>> dense(Embeddings queries, int topK, ProductScorer.Precision precision) {
    checkSize(queries);
    try (var scorer = new ProductScorer(queries, precision)) {
      var search = new ExactSearch(queries, topK, scorer);
      shards.search(search);
      return IntStream.range(0, queries.rows()).mapToObj(search::hits).toList();
    }
  }

  /**
   * Returns the documents for each query that the graph of neighbours finds, best first.
   *
   * @param queries their embeddings
   */
  public List<List<Hit>> hnsw(Embeddings queries, int topK) {
    checkSize(queries);
    var held = graph.orElseThrow();
    return hits(
        held.search(
            IntStream.range(0, queries.rows()).mapToObj(Integer::toString).toList(), queries, topK),
        queries.rows(),
        held::row);
  }

  /** Returns the best documents for each query that share a word with it, best first. */
  public List<List<Hit>> bm25(List<String> queries, int topK) {
    var held = words.orElseThrow();
    var numbered = IntStream.range(0, queries.size())
        .mapToObj(i -> new Query(Integer.toString(i), queries.get(i)))
        .toList();
    return hits(held.search(numbered, topK), queries.size(), held::row);
  }

  private void checkSize(Embeddings queries) {
    if (queries.dimension() != facts.dimension()) {
      throw new IllegalArgumentException(
          "the index has embeddings of size %d, the queries of size %d"
              .formatted(facts.dimension(), queries.dimension()));
    }
  }

  private static List<List<Hit>> hits(Run run, int queries, ToLongFunction<String> row) {
    return IntStream.range(0, queries)
        .mapToObj(query -> run.of(Integer.toString(query)).stream()
            .map(found -> new Hit(row.applyAsLong(found.id()), found))
            .toList())
        .toList();
  }

  /** Returns one ranking of several for each query. */
  public static List<List<Hit>> fuse(Fusion fusion, List<List<List<Hit>>> rankings, int topK) {
    var rows = new HashMap<String, Long>();
    var runs = new ArrayList<Run>();
    for (var ranking : rankings) {
      Map<String, List<ScoredDocument>> run = new LinkedHashMap<>();
      for (int query = 0; query < ranking.size(); query++) {
        ranking.get(query).forEach(hit -> rows.put(hit.document().id(), hit.row()));
        run.put(
            Integer.toString(query),
            ranking.get(query).stream().map(Hit::document).toList());
      }
      runs.add(Run.of(run));
    }
    return hits(fusion.fuse(runs, topK), rankings.get(0).size(), rows::get);
  }

  /** Reads the document that was found. */
  public Passage document(Hit hit) {
    return shards.passage(hit.row());
  }

  /** Reads some documents from all over the index, at most {@code number}. */
  public Stream<Passage> sample(int number) {
    return IntStream.range(0, (int) Math.min(number, size()))
        .mapToObj(i -> shards.passage(i * size() / Math.min(number, size())));
  }

  @Override
  public void close() {
    graph.ifPresent(HnswIndex::close);
    words.ifPresent(Bm25Index::close);
  }
}
