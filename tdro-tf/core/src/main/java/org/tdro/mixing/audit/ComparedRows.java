package org.tdro.mixing.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tdro.data.KnownRelevance;
import org.tdro.data.mixture.RowPermutation;
import org.tdro.data.shards.Domain;
import org.tdro.io.CounterRandom;
import org.tdro.mixing.audit.PositiveRanks.Ranked;
import org.tdro.rows.Fold;
import org.tdro.search.Embeddings;

/**
 * A sample of the rows of one domain and fold, in groups. Each query is compared with the positives of all rows of its group, except those that
 * are known to be relevant to it, which are no negatives in training either.
 */
public final class ComparedRows {
  /** The number of rows of a group, about. */
  public static final int GROUP = 64;

  /** One of so many rows is compared with its own negatives, too. */
  private static final int WITH_NEGATIVES = 4;

  /** The most negatives of a row that are looked at. */
  private static final int NEGATIVES = 4;

  private static final long STREAM = 11;

  private final String[] queryIds;
  private final int[][] queries;
  private final int[][] positives;
  /** Those of the first row, then those of the second, and so on. */
  private final List<int[]> negatives = new ArrayList<>();
  /** The number of negatives of each of the first rows. */
  private final List<Integer> negativeCounts = new ArrayList<>();

  private final List<Group> groups = new ArrayList<>();

  /**
   * Rows that are compared with each other.
   *
   * @param alsoRelevant pairs, as row · size + passage, that are not compared
   */
  private record Group(int start, int size, Set<Integer> alsoRelevant) {}

  /**
   * Draws a sample.
   *
   * @param most number of rows, or all rows of the fold if there are fewer
   * @param seed with the domain's size decides which rows, and which of several positives
   */
  public ComparedRows(Domain domain, Fold fold, int most, long seed) {
    int count = (int) Math.min(most, domain.size(fold));
    queryIds = new String[count];
    queries = new int[count][];
    positives = new int[count][];
    if (count == 0) {
      return;
    }
    var order = new RowPermutation(
        domain.size(fold), CounterRandom.bits(seed, STREAM, fold == Fold.SECOND ? 2 : 1));
    int groupCount = Math.max(1, Math.round(count / (float) GROUP));
    for (int g = 0; g < groupCount; g++) {
      int start = (int) ((long) count * g / groupCount);
      int end = (int) ((long) count * (g + 1) / groupCount);
      var relevance = new KnownRelevance(1);
      for (int i = start; i < end; i++) {
        long index = order.apply(i);
        var row = domain.row(fold, index);
        var relevant = row.positives();
        queryIds[i] = domain.queryId(fold, index);
        queries[i] = row.query();
        positives[i] =
            relevant[CounterRandom.below(relevant.length, CounterRandom.bits(seed, STREAM, index))];
        relevance.add(queries[i], relevant, new int[][] {positives[i]});
        if (i < Math.max(1, count / WITH_NEGATIVES)) {
          int taken = Math.min(NEGATIVES, row.negatives().length);
          negatives.addAll(Arrays.asList(row.negatives()).subList(0, taken));
          negativeCounts.add(taken);
        }
      }
      var pairs = relevance.pairs();
      var alsoRelevant = new HashSet<Integer>();
      for (int p = 0; p < pairs.length; p += 2) {
        alsoRelevant.add(pairs[p] * (end - start) + pairs[p + 1]);
      }
      groups.add(new Group(start, end - start, alsoRelevant));
    }
  }

  /** Returns the number of rows. */
  public int size() {
    return queries.length;
  }

  /** Returns the id of the query of a row. */
  public String queryId(int row) {
    return queryIds[row];
  }

  /** Returns the token ids of the queries. */
  public int[][] queries() {
    return queries.clone();
  }

  /** Returns the token ids of the positives, one for each query. */
  public int[][] positives() {
    return positives.clone();
  }

  /** Returns the token ids of the negatives of the first rows. */
  public int[][] negatives() {
    return negatives.toArray(int[][]::new);
  }

  /**
   * The embeddings of the texts of some rows.
   *
   * @param queries one for each query
   * @param positives one for each positive
   * @param negatives one for each of {@link #negatives}
   */
  public record Vectors(Embeddings queries, Embeddings positives, Embeddings negatives) {}

  /**
   * Returns the losses and ranks of positives among the negatives of their own rows, for a part of the rows.
   *
   * @param temperature τ, by which inner products are divided
   */
  public PositiveRanks ranksAmongOwn(Vectors vectors, double temperature) {
    var ranked = new ArrayList<Ranked>();
    int next = 0;
    for (int row = 0; row < negativeCounts.size(); row++) {
      double own = vectors.queries().product(row, vectors.positives(), row) / temperature;
      var others = new ArrayList<Scored>();
      for (int k = 0; k < negativeCounts.get(row); k++, next++) {
        others.add(new Scored(
            next, vectors.queries().product(row, vectors.negatives(), next) / temperature));
      }
      if (!others.isEmpty()) {
        ranked.add(ranked(row, own, others));
      }
    }
    return new PositiveRanks(ranked);
  }

  /**
   * Returns the losses and ranks of the positives among those of other rows; a row that is compared with nothing has none.
   *
   * @param temperature τ, by which inner products are divided
   */
  public PositiveRanks ranks(Vectors vectors, double temperature) {
    var ranked = new ArrayList<Ranked>();
    for (var group : groups) {
      for (int row = 0; row < group.size(); row++) {
        int query = group.start() + row;
        var others = new ArrayList<Scored>();
        for (int other = 0; other < group.size(); other++) {
          if (other != row && !group.alsoRelevant().contains(row * group.size() + other)) {
            int passage = group.start() + other;
            others.add(new Scored(
                passage,
                vectors.queries().product(query, vectors.positives(), passage) / temperature));
          }
        }
        if (!others.isEmpty()) {
          double own = vectors.queries().product(query, vectors.positives(), query) / temperature;
          ranked.add(ranked(query, own, others));
        }
      }
    }
    return new PositiveRanks(ranked);
  }

  /** A passage besides the positive, and its score s/τ. */
  private record Scored(int passage, double score) {}

  /** Returns the loss and the rank of a positive among others, of which there is at least one. */
  private static Ranked ranked(int row, double own, List<Scored> others) {
    var rival = others.get(0);
    int above = 0;
    int equal = 0;
    for (var other : others) {
      rival = other.score() > rival.score() ? other : rival;
      above += other.score() > own ? 1 : 0;
      equal += other.score() == own ? 1 : 0;
    }
    double largest = Math.max(own, rival.score());
    double sum = Math.exp(own - largest);
    for (var other : others) {
      sum += Math.exp(other.score() - largest);
    }
    return new Ranked(
        row,
        largest - own + Math.log(sum),
        above + equal / 2.0 + 1,
        others.size() + 1,
        rival.passage());
  }
}
