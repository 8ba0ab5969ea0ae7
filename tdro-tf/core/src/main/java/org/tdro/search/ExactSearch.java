package org.tdro.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Exhaustive search by inner product. The queries stay in memory; the corpus is added in blocks and may be larger than memory.
 *
 * <pre>{@code
 * var search = new ExactSearch(queries, 100);
 * for (each block) search.add(ids, embeddings);
 * var run = search.run(queryIds);
 * }</pre>
 *
 * <p>A {@link BlockScorer} finds the documents that may be among the best. Their scores are then computed anew: in double precision, in the
 * order of the dimensions, rounded to single precision in the end. Results are therefore those of a plain loop over all documents, whatever
 * the scorer, the blocks and the number of processors. Not thread-safe.
 */
public final class ExactSearch {
  /** Above it a norm, or the product of two, lets scores overflow in single precision. */
  private static final double LARGEST_NORM = 0x1p126;

  /** What a value below the normal numbers may lose where a processor flushes it to zero. */
  private static final double UNDERFLOW = 0x1p-126;

  /** Covers the rounding of norms and bounds. */
  private static final double SLACK = 1 + 1e-6;

  /** Scores are first compared in so many lanes, by vector instructions. */
  private static final int LANES = 128;

  private final Embeddings queries;
  private final double[] queryNorms;
  private final BlockScorer scorer;
  private final double relativeError;
  private final List<TopK> best;
  private long documents;

  /**
   * A document that was found.
   *
   * @param row its place among all documents that were added
   */
  public record Hit(long row, ScoredDocument document) {}

  /**
   * Creates a search without documents that scores in Java.
   *
   * @param queries one vector for each query
   * @param k number of documents kept for each query
   * @throws IllegalArgumentException if k or the dimension is below 1, or a coordinate is not finite
   */
  public ExactSearch(Embeddings queries, int k) {
    this(queries, k, new TileScorer(queries));
  }

  /**
   * Creates a search without documents.
   *
   * @param scorer made for the same queries; the caller closes what it holds
   * @throws IllegalArgumentException if k or the dimension is below 1, or a coordinate is not finite
   */
  public ExactSearch(Embeddings queries, int k, BlockScorer scorer) {
    if (queries.dimension() < 1 || k < 1) {
      throw new IllegalArgumentException(
          "dimension and k must be at least 1, were " + queries.dimension() + " and " + k);
    }
    this.queries = queries;
    this.queryNorms = queries.norms(row -> "query row " + row);
    this.scorer = scorer;
    this.relativeError =
        scorer.relativeError() + BlockScorer.relativeError(queries.dimension(), BlockScorer.DOUBLE);
    this.best = Stream.generate(() -> new TopK(k)).limit(queries.rows()).toList();
  }

  /**
   * Searches the next documents of the corpus; a few thousand per call keep all processors busy.
   *
   * @param ids of the documents, by which those of equal score are ordered; read for those alone that are among the best
   * @param embeddings one vector for each document
   * @throws IllegalArgumentException if the sizes do not fit, a coordinate is not finite, or a score overflows
   */
  public void add(List<String> ids, Embeddings embeddings) {
    if (embeddings.rows() != ids.size() || embeddings.dimension() != queries.dimension()) {
      throw new IllegalArgumentException(
          "%d ids and queries of dimension %d for %d vectors of dimension %d"
              .formatted(
                  ids.size(), queries.dimension(), embeddings.rows(), embeddings.dimension()));
    }
    var norms =
        embeddings.norms(row -> "document '" + ids.get(row) + "' (row " + (documents + row) + ")");
    var block = new Block(ids, embeddings, norms, documents);
    scorer.score(embeddings, block::collect);
    documents += embeddings.rows();
  }

  /** Returns what a score of a query and a document may be off by. */
  private double error(double queryNorm, double norm) {
    if (Math.max(Math.max(queryNorm, norm), queryNorm * norm) > LARGEST_NORM) {
      return Double.POSITIVE_INFINITY;
    }
    double underflow = queries.dimension() * UNDERFLOW * (4 + queryNorm + norm);
    return SLACK * (relativeError * queryNorm * norm + underflow);
  }

  /** Documents that are being searched. */
  private final class Block {
    private final List<String> ids;
    private final Embeddings embeddings;
    private final double[] norms;
    private final double largestNorm;
    private final long firstRow;

    Block(List<String> ids, Embeddings embeddings, double[] norms, long firstRow) {
      this.ids = ids;
      this.embeddings = embeddings;
      this.norms = norms;
      this.largestNorm =
          IntStream.range(0, norms.length).mapToDouble(i -> norms[i]).max().orElse(0);
      this.firstRow = firstRow;
    }

    /** Offers the documents whose scores may be among the best of a query. */
    void collect(int query, int first, float[] scores, int count) {
      double most = error(queryNorms[query], largestNorm);
      var top = best.get(query);
      var lanes = new float[Math.min(LANES, count)];
      System.arraycopy(scores, 0, lanes, 0, lanes.length);
      int whole = count - count % lanes.length;
      for (int from = lanes.length; from < whole; from += lanes.length) {
        for (int lane = 0; lane < lanes.length; lane++) {
          lanes[lane] = Math.max(lanes[lane], scores[from + lane]);
        }
      }
      for (int lane = 0; lane < count - whole; lane++) {
        lanes[lane] = Math.max(lanes[lane], scores[whole + lane]);
      }
      float cut = cut(top, most);
      for (int lane = 0; lane < lanes.length; lane++) {
        // Negated, so that NaN is not skipped.
        if (!(lanes[lane] < cut)) {
          for (int i = lane; i < count; i += lanes.length) {
            if (!(scores[i] < cut) && offer(query, first + i, scores[i], top)) {
              cut = cut(top, most);
            }
          }
        }
      }
    }

    /** Returns a score below which no document of the block can enter. */
    private float cut(TopK top, double error) {
      return Math.nextDown((float) (least(top) - error));
    }

    /** Offers a document unless its score cannot be among the best; returns whether it was offered. */
    private boolean offer(int query, int document, float estimate, TopK top) {
      if (estimate + error(queryNorms[query], norms[document]) < least(top)) {
        return false;
      }
      float score = (float) queries.product(query, embeddings, document) + 0f; // -0 becomes 0
      if (!Float.isFinite(score)) {
        throw new IllegalArgumentException("the score of query row " + query + " and document '"
            + ids.get(document) + "' is " + score + ": the vectors are too long");
      }
      if (score < top.threshold()) {
        return false;
      }
      top.offer(firstRow + document, ids.get(document), score);
      return true;
    }
  }

  /** Returns the smallest number that, rounded to single precision, is not below the threshold. */
  private static double least(TopK top) {
    float threshold = top.threshold();
    return ((double) threshold + Math.nextDown(threshold)) / 2;
  }

  /** Returns the number of queries. */
  public int queries() {
    return queries.rows();
  }

  /** Returns the number of documents added so far. */
  public long documents() {
    return documents;
  }

  /** Returns the best documents so far for a query (from 0), best first; fewer than k if the corpus is smaller. */
  public List<Hit> hits(int query) {
    return best.get(query).sorted();
  }

  /** Returns the {@link #hits} of a query without their rows. */
  public List<ScoredDocument> best(int query) {
    return hits(query).stream().map(Hit::document).toList();
  }

  /**
   * Returns the best documents so far for all queries.
   *
   * @param queryIds an id for each query
   * @throws org.tdro.io.InputException if a document was added twice
   */
  public Run run(List<String> queryIds) {
    if (queryIds.size() != queries()) {
      throw new IllegalArgumentException(queryIds.size() + " ids for " + queries() + " queries");
    }
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    for (int query = 0; query < queries(); query++) {
      rankings.put(queryIds.get(query), best(query));
    }
    return Run.of(rankings);
  }
}
