package org.tdro.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.CounterRandom;
import org.tdro.io.Sha256;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.Query;

/**
 * A test of rankings: queries, the documents to rank for each of them, and judgements of which documents are relevant.
 *
 * @param name tells the set from others; a dense retriever uses the prompts of the task of this name
 * @param content what tells whether two results are of the same test
 * @param queries the queries that have judgements
 * @param ownDocument what becomes of a document that has the id of the query
 */
public record EvaluationSet(
    String name,
    Content content,
    List<Query> queries,
    Corpus corpus,
    Judgements judgements,
    OwnDocument ownDocument) {
  /** The split that is evaluated where none is named. */
  public static final String TEST = "test";

  /** The stream of random numbers that samples are drawn by. */
  private static final long SAMPLE = 0x73616d706c65L;

  public EvaluationSet {
    queries = List.copyOf(queries);
  }

  /** A set in which the document with the id of a query is the query itself, as in BEIR. */
  public EvaluationSet(
      String name, Content content, List<Query> queries, Corpus corpus, Judgements judgements) {
    this(name, content, queries, corpus, judgements, OwnDocument.LEFT_OUT);
  }

  /** What becomes of a document that has the id of the query it is ranked for. */
  public enum OwnDocument {
    /**
     * It is the query itself, which BEIR's sets ArguAna, Quora and CQADupStack have among their documents, and is not ranked; unless it is
     * judged for that query, which then is a chance of numbering. BEIR's own program leaves out that one, too.
     */
    LEFT_OUT,
    /** It is a document as any other, as for trec_eval: queries and documents are numbered apart. */
    RANKED
  }

  /**
   * Returns the name of the set that this is a part of, {@code cqadupstack} of {@code cqadupstack/android}; its own name if it is whole. The
   * mean of the parts counts as one set in averages.
   */
  public String whole() {
    return whole(name);
  }

  /** Returns {@link #whole()} by name. */
  public static Map<String, String> wholes(Collection<EvaluationSet> sets) {
    return sets.stream()
        .collect(Collectors.toMap(EvaluationSet::name, EvaluationSet::whole, (one, other) -> one));
  }

  /** Returns {@link #whole()} of a set of some name. */
  public static String whole(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? name : name.substring(0, slash);
  }

  /**
   * The content of a set as hashes, by which results of different tests are told apart. Files that differ in compression, in the
   * order of queries or judgements, or in queries without judgements have the same content.
   *
   * @param split the judgements' name, such as {@code test}
   * @param queries hash of ids and texts of the judged queries
   * @param documents hash of the corpus, in its order
   * @param judgements hash of the judgements
   */
  public record Content(String split, String queries, String documents, String judgements) {
    /**
     * Hashes queries and judgements.
     *
     * @param documents hash of the corpus
     */
    public static Content of(
        String split, List<Query> queries, String documents, Judgements judgements) {
      var texts = queries.stream()
          .sorted(Comparator.comparing(Query::id))
          .flatMap(query -> Stream.of(query.id(), query.text()));
      return new Content(split, Sha256.of(texts), documents, judgements.fingerprint());
    }
  }

  /** Returns the number of queries and documents. */
  public long texts() {
    return queries.size() + corpus.size();
  }

  /**
   * Returns the same set with the queries of some ids alone.
   *
   * @param split the name of their judgements
   */
  public EvaluationSet withQueries(Predicate<String> ids, String split) {
    var part = judgements.only(ids);
    var asked = queries.stream().filter(query -> ids.test(query.id())).toList();
    return new EvaluationSet(
        name,
        Content.of(split, asked, content.documents(), part),
        asked,
        corpus,
        part,
        ownDocument);
  }

  /**
   * Returns a small set that is cheap to rank: some of the queries, all documents that are relevant to them, and some of the others. Which
   * ones follows from their ids alone, so it is the same sample for everyone, and a larger sample holds a smaller one. The whole corpus is
   * read whenever its documents are. Values are higher than those of the whole set: there is less to confuse the relevant documents with.
   *
   * @param mostQueries queries of the sample, if there are as many
   * @param mostDocuments documents of the sample, if there are as many; more if more are relevant
   * @throws org.tdro.io.InputException if which documents are relevant is not known ({@link Judgements#relevant})
   */
  public EvaluationSet sample(int mostQueries, int mostDocuments) {
    var drawn = new Lowest<Query>(mostQueries);
    queries.forEach(query -> drawn.offer(hash(query.id()), query));
    var ids = drawn.values().stream().map(Query::id).collect(Collectors.toSet());
    var part = withQueries(ids::contains, content.split() + " sample");
    var relevant = part.judgements.relevant();
    var documents =
        Sha256.of(Stream.of(content.documents(), part.content.judgements(), "" + mostDocuments));
    return new EvaluationSet(
        name,
        new Content(
            part.content.split(), part.content.queries(), documents, part.content.judgements()),
        part.queries,
        () -> drawn(relevant, mostDocuments).stream(),
        part.judgements,
        ownDocument);
  }

  /** Returns all relevant documents, and some of the others. */
  private List<Passage> drawn(Set<String> relevant, int most) {
    var kept = new ArrayList<Passage>();
    var others = new Lowest<Passage>(Math.max(0, most - relevant.size()));
    try (var documents = corpus.documents()) {
      documents.forEach(document -> {
        if (relevant.contains(document.id())) {
          kept.add(document);
        } else {
          others.offer(hash(document.id()), document);
        }
      });
    }
    kept.addAll(others.values());
    return kept;
  }

  private static long hash(String id) {
    return CounterRandom.bits(SAMPLE, CounterRandom.fnv1a(id.getBytes(StandardCharsets.UTF_8)));
  }

  /** The values of the lowest hashes among those that were offered. */
  private static final class Lowest<T> {
    private record Entry<T>(long hash, T value) {}

    private final int size;
    private final PriorityQueue<Entry<T>> entries = new PriorityQueue<>(
        Comparator.comparingLong((Entry<T> entry) -> entry.hash()).reversed());

    Lowest(int size) {
      this.size = size;
    }

    void offer(long hash, T value) {
      if (size > 0 && (entries.size() < size || hash < entries.peek().hash())) {
        entries.add(new Entry<>(hash, value));
        if (entries.size() > size) {
          entries.poll();
        }
      }
    }

    List<T> values() {
      return entries.stream()
          .sorted(Comparator.comparingLong(Entry::hash))
          .map(Entry::value)
          .toList();
    }
  }
}
