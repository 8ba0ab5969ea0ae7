package org.tdro.retriever.index;

import java.util.List;
import org.tdro.search.CorpusFile;

/**
 * What an index was made from, and what it holds: the content of its {@code index.json}.
 *
 * @param kind how it is searched
 * @param version of the form of the folder
 * @param model the retriever that encoded the documents, and that encodes queries
 * @param corpus the documents
 * @param shards the files of embeddings, ids, titles and texts, in the order of the documents
 */
public record IndexFacts(
    String kind, int version, Model model, Documents corpus, List<Shard> shards) {
  /** Every document is compared with the query. */
  public static final String EXACT = "exact";

  /** Counted up when the folder has another form, or documents are encoded in another way. */
  static final int VERSION = 1;

  public IndexFacts {
    shards = List.copyOf(shards);
  }

  /**
   * A retriever.
   *
   * @param path its folder
   * @param task whose prompts were put around the documents; empty for those of all texts
   * @param passages a hash of what the embeddings of documents follow from
   * @param queries a hash of what the embeddings of queries follow from, with the prompts of the same task
   * @param prompt what was put around every document
   * @param passageLength longer documents were cut, in tokens
   * @param queryLength longer queries are cut, in tokens
   * @param pooling of the vectors of the tokens
   * @param normalize whether embeddings have length 1
   * @param dimension size of an embedding
   * @param precision of an embedding's numbers
   */
  public record Model(
      String path,
      String task,
      String passages,
      String queries,
      String prompt,
      int passageLength,
      int queryLength,
      String pooling,
      boolean normalize,
      int dimension,
      String precision) {
    /** Whether embeddings of one are those of the other, wherever the retriever lies. */
    boolean isSame(Model other) {
      return passages.equals(other.passages) && queries.equals(other.queries);
    }
  }

  /**
   * The documents.
   *
   * @param path their file
   * @param content a hash of ids, titles and texts, in their order
   * @param documents their number
   */
  public record Documents(String path, String content, long documents) {
    /** Returns the facts of a corpus that was checked. */
    static Documents of(CorpusFile corpus, CorpusFile.Facts facts) {
      return new Documents(
          corpus.file().toAbsolutePath().normalize().toString(), facts.content(), facts.size());
    }
  }

  /**
   * A file of the index.
   *
   * @param file its name
   * @param bytes its size
   */
  public record Shard(String file, long documents, long bytes) {}

  /** Returns the same with shards. */
  IndexFacts with(List<Shard> written) {
    return new IndexFacts(kind, version, model, corpus, written);
  }
}
