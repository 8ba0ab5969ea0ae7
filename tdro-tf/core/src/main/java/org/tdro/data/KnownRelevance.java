package org.tdro.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a batch shows of passages that are relevant to queries which did not bring them, and so are no negatives of theirs. Texts
 * are told by their content: a passage is relevant to a query if it equals a positive of the query, or a positive of a query that
 * equals it.
 */
public final class KnownRelevance {
  private final int passagesPerQuery;
  private final Map<Text, List<Integer>> columns = new HashMap<>();
  private final Map<Text, Set<Text>> positives = new HashMap<>();
  private final List<Text> queries = new ArrayList<>();

  /** Token ids, equal by content. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its elements
  private record Text(int[] ids) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Text text && Arrays.equals(ids, text.ids);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids);
    }
  }

  /** Creates what is known of a batch without rows. */
  public KnownRelevance(int passagesPerQuery) {
    this.passagesPerQuery = passagesPerQuery;
  }

  /**
   * Adds the next row of the batch.
   *
   * @param relevant all positives of the row, in the batch or not
   * @param passages those in the batch
   */
  public void add(int[] query, int[][] relevant, int[][] passages) {
    var known = positives.computeIfAbsent(new Text(query), same -> new HashSet<>());
    for (var positive : relevant) {
      known.add(new Text(positive));
    }
    for (int k = 0; k < passages.length; k++) {
      columns
          .computeIfAbsent(new Text(passages[k]), same -> new ArrayList<>())
          .add(queries.size() * passagesPerQuery + k);
    }
    queries.add(new Text(query));
  }

  /** Returns the pairs of a row and a passage that is relevant to it, without each row's own positive: row, passage, row, …. */
  public int[] pairs() {
    var pairs = new ArrayList<Integer>();
    for (int row = 0; row < queries.size(); row++) {
      for (var positive : positives.get(queries.get(row))) {
        for (int column : columns.getOrDefault(positive, List.of())) {
          if (column != row * passagesPerQuery) {
            pairs.add(row);
            pairs.add(column);
          }
        }
      }
    }
    return pairs.stream().mapToInt(Integer::intValue).toArray();
  }
}
