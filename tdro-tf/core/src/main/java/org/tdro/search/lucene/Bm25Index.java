package org.tdro.search.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/**
 * An index of documents' words in a folder, larger than memory, that ranks by {@link Bm25}.
 *
 * <pre>{@code
 * Bm25Index.write(folder, corpus);
 * try (var index = Bm25Index.open(folder, Bm25.DEFAULT)) {
 *   var best = index.search("aerodynamic heating", 10);
 * }
 * }</pre>
 *
 * <p>Title and text are one field. A text is a bag of words in any language: lower case, without English stop words and plural endings,
 * with pairs of characters for Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese. Queries have no syntax. Scores are single
 * precision; the order is {@link ScoredDocument#RANKING}. Thread-safe.
 */
public final class Bm25Index implements AutoCloseable {
  static {
    // A query is a text, and may have any number of words. Nobody else uses Lucene in this process.
    IndexSearcher.setMaxClauseCount(Integer.MAX_VALUE);
  }

  /** Another one means other words or scores of the same texts. */
  public static final String VERSION = "bm25 " + MultilingualAnalyzer.NAME;

  private static final String CONTENT = "content";

  /** Without positions, which only phrases need. */
  private static final FieldType WORDS = new FieldType();

  static {
    WORDS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    WORDS.freeze();
  }

  private final SortedIndex index;
  private final MultilingualAnalyzer analyzer = new MultilingualAnalyzer();
  private final IndexSearcher searcher;

  private Bm25Index(SortedIndex index, Bm25 parameters) {
    this.index = index;
    this.searcher = new IndexSearcher(index.reader());
    searcher.setSimilarity(new ExactBm25Similarity(parameters));
  }

  /**
   * Writes the index of a corpus, which replaces the one that is there once it is complete.
   *
   * @throws InputException if the corpus is empty, or two documents have the same id
   */
  public static void write(Path folder, Corpus corpus) {
    try (var analyzer = new MultilingualAnalyzer();
        var passages = corpus.documents()) {
      var config =
          new IndexWriterConfig(analyzer).setSimilarity(new ExactBm25Similarity(Bm25.DEFAULT));
      SortedIndex.write(folder, VERSION, config, Map.of(), documents -> {
        for (var passage : (Iterable<Passage>) passages::iterator) {
          documents.add(
              passage.id(),
              new Field(CONTENT, MultilingualAnalyzer.normalize(passage.content()), WORDS));
        }
      });
    }
  }

  /**
   * Opens an index.
   *
   * @throws InputException if the folder holds none, or one of another version
   */
  public static Bm25Index open(Path folder, Bm25 parameters) {
    return new Bm25Index(SortedIndex.open(folder, VERSION), parameters);
  }

  /** Returns the number of documents. */
  public int size() {
    return index.size();
  }

  /** Returns the best documents that share a word with a query, best first, at most k. */
  public List<ScoredDocument> search(String query, int k) {
    try {
      var ids = index.ids();
      var best = new ArrayList<ScoredDocument>();
      for (var hit : searcher.search(words(query), Math.max(1, Math.min(k, size()))).scoreDocs) {
        best.add(new ScoredDocument(index.id(ids, hit.doc), hit.score));
      }
      return best;
    } catch (IOException e) {
      throw FileException.reading(index.folder(), e);
    }
  }

  /** Returns the scores of documents for a query, in the order of their ids: 0 for those that share no word with it. */
  public double[] scores(String query, List<String> documents) {
    var words = words(query);
    var scores = new double[documents.size()];
    try {
      for (int i = 0; i < scores.length; i++) {
        int number = index.document(documents.get(i));
        if (number < 0) {
          throw new IllegalArgumentException(
              index.folder() + ": there is no document '" + documents.get(i) + "'");
        }
        scores[i] = searcher.explain(words, number).getValue().doubleValue();
      }
      return scores;
    } catch (IOException e) {
      throw FileException.reading(index.folder(), e);
    }
  }

  private BooleanQuery words(String query) {
    var words = new BooleanQuery.Builder();
    analyzer
        .counts(query)
        .forEach((word, count) -> words.add(
            new BoostQuery(new TermQuery(new Term(CONTENT, word)), count),
            BooleanClause.Occur.SHOULD));
    return words.build();
  }

  /** Returns the best documents of several queries, at most k of each; uses all processors. */
  public Run search(List<Query> queries, int k) {
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    OrderedParallel.forEach(
        queries.iterator(),
        Runtime.getRuntime().availableProcessors(),
        query -> Map.entry(query.id(), search(query.text(), k)),
        ranking -> rankings.put(ranking.getKey(), ranking.getValue()));
    return Run.of(rankings);
  }

  /**
   * Returns the row of a document, its place among those that were written, from 0.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public long row(String id) {
    return index.row(id);
  }

  @Override
  public void close() {
    analyzer.close();
    index.close();
  }
}
