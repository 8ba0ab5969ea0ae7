package org.tdro.retriever.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.retriever.ProductScorer;
import org.tdro.retriever.Retriever;
import org.tdro.rows.Passage;
import org.tdro.search.EmbeddingShards;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;

/**
 * An index in a folder: {@code index.json} and, in {@code shards/}, Arrow files of ids, embeddings, titles and texts. The files are
 * memory-mapped and may be larger than memory.
 */
public final class DenseIndex {
  static final String FACTS = "index.json";
  static final String SHARDS = "shards";

  private final Path folder;
  private final IndexFacts facts;
  private final List<EmbeddingShards> shards;

  private DenseIndex(Path folder, IndexFacts facts, List<EmbeddingShards> shards) {
    this.folder = folder;
    this.facts = facts;
    this.shards = shards;
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
  public static DenseIndex open(Path folder) {
    if (!isOne(folder)) {
      throw new InputException(
          Files.isDirectory(IndexBuild.building(folder))
              ? folder + ": this index is not complete; give the command that began it again"
              : folder + ": this is not the folder of an index: there is no " + FACTS
                  + "; make one with tdro index");
    }
    var facts = Json.read(folder.resolve(FACTS), IndexFacts.class);
    if (facts.version() != IndexFacts.VERSION || !facts.kind().equals(IndexFacts.EXACT)) {
      throw new InputException(
          "%s: an index of kind %s and version %d is not known here; make it again with tdro index"
              .formatted(folder.resolve(FACTS), facts.kind(), facts.version()));
    }
    var problems = new Problems();
    var files = facts.shards().stream()
        .map(shard -> folder.resolve(SHARDS).resolve(shard.file()))
        .toList();
    for (int i = 0; i < files.size(); i++) {
      long expected = facts.shards().get(i).bytes();
      long found = size(files.get(i));
      if (found != expected) {
        problems.add("%s: is damaged: %s; make the index again with tdro index"
            .formatted(
                files.get(i),
                found < 0 ? "it is missing" : "has " + found + " of " + expected + " bytes"));
      }
    }
    problems.throwIfAny();
    var opened = files.isEmpty() ? List.<EmbeddingShards>of() : List.of(EmbeddingShards.of(files));
    opened.forEach(shards -> check(folder, facts, shards));
    return new DenseIndex(folder, facts, opened);
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : -1;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static void check(Path folder, IndexFacts facts, EmbeddingShards shards) {
    if (shards.dimension() != facts.model().dimension()
        || shards.rows() != facts.corpus().documents()) {
      throw new InputException(
          "%s: says %d documents with embeddings of size %d, but the shards hold %d of size %d; make the index again with tdro index"
              .formatted(
                  folder.resolve(FACTS),
                  facts.corpus().documents(),
                  facts.model().dimension(),
                  shards.rows(),
                  shards.dimension()));
    }
  }

  /** What it was made from. */
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
    var now = IndexBuild.model(retriever, from, facts.model().task());
    if (!now.isSame(facts.model())) {
      throw new InputException(
          "%s: was made with another model than %s holds now%s; make the index again with tdro index, or name its model with --model"
              .formatted(folder, from, IndexBuild.difference(facts.model(), now)));
    }
  }

  /**
   * Returns the best documents for each query, best first.
   *
   * @param queries their embeddings
   * @param precision of the products that find the candidates; it does not change the result
   */
  public List<List<ExactSearch.Hit>> search(
      Embeddings queries, int topK, ProductScorer.Precision precision) {
    if (queries.dimension() != facts.model().dimension()) {
      throw new IllegalArgumentException(
          "the index has embeddings of size %d, the queries of size %d"
              .formatted(facts.model().dimension(), queries.dimension()));
    }
    try (var scorer = new ProductScorer(queries, precision)) {
      var search = new ExactSearch(queries, topK, scorer);
      shards.forEach(files -> files.search(search));
      return IntStream.range(0, queries.rows()).mapToObj(search::hits).toList();
    }
  }

  /** Reads the document of a {@link ExactSearch.Hit#row}. */
  public Passage document(long row) {
    return shards.get(0).passage(row);
  }
}
