package org.tdro.search.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StoredField;
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
 * Bm25Index.write(folder, corpus, Bm25Index.Texts.STORED);
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
  private static final String TITLE = "title";
  private static final String TEXT = "text";
  private static final String TEXTS = "texts";

  /** Without positions, which only phrases need. */
  private static final FieldType WORDS = new FieldType();

  static {
    WORDS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    WORDS.freeze();
  }

  /** Whether an index also keeps the texts of the documents. */
  public enum Texts {
    /** They can be read by {@link Bm25Index#document}. */
    STORED,
    /** The index is smaller. */
    LEFT_OUT
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
  public static void write(Path folder, Corpus corpus, Texts texts) {
    try (var analyzer = new MultilingualAnalyzer();
        var documents = corpus.documents()) {
      var config =
          new IndexWriterConfig(analyzer).setSimilarity(new ExactBm25Similarity(Bm25.DEFAULT));
      SortedIndex.write(folder, VERSION, config, Map.of(TEXTS, texts.name()), writer -> {
        for (var passages = documents.iterator(); passages.hasNext(); ) {
          writer.addDocument(document(passages.next(), texts));
        }
      });
    }
  }

  private static Document document(Passage passage, Texts texts) {
    var document = new Document();
    document.add(SortedIndex.id(passage.id()));
    document.add(new Field(CONTENT, MultilingualAnalyzer.normalize(passage.content()), WORDS));
    if (texts == Texts.STORED) {
      document.add(new StoredField(TITLE, passage.title()));
      document.add(new StoredField(TEXT, passage.text()));
    }
    return document;
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
   * Returns a document by its id; empty if there is none.
   *
   * @throws InputException if the index was written without texts
   */
  public Optional<Passage> document(String id) {
    if (Texts.valueOf(index.fact(TEXTS)) != Texts.STORED) {
      throw new InputException(index.folder() + ": the index holds no texts");
    }
    try {
      int number = index.document(id);
      if (number < 0) {
        return Optional.empty();
      }
      var stored = index.segment().storedFields().document(number);
      return Optional.of(new Passage(id, stored.get(TITLE), stored.get(TEXT)));
    } catch (IOException e) {
      throw FileException.reading(index.folder(), e);
    }
  }

  @Override
  public void close() {
    analyzer.close();
    index.close();
  }
}
