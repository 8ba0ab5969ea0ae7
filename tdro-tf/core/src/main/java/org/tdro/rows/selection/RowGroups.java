package org.tdro.rows.selection;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.CounterRandom;
import org.tdro.rows.DomainRows;
import org.tdro.rows.HashNumbers;
import org.tdro.rows.Passage;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.NormalText;

/**
 * Groups of rows that must stay together: rows with the same query or with a positive in common, directly or through other rows, in any
 * domain. They are the connected components of the graph of queries and positives, found by union and find.
 */
final class RowGroups {
  private static final int QUERY = 0;
  private static final int PASSAGE = 1;

  private final HashNumbers texts = new HashNumbers();
  private int[] parents = new int[1 << 10];
  private final long seed;
  /** The texts of all rows' queries, domain after domain. */
  private int[] queries = new int[1 << 10];

  private int rows;
  private final SortedMap<String, Integer> ends = new TreeMap<>();
  /** The least random number of a group's texts, by its root. */
  private long[] numbers = new long[1 << 10];

  /** The hashes of a row's texts after normalisation. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Hashes(long query, long[] positives, long[] negatives) {
    static Hashes of(TrainingRow row) {
      return new Hashes(
          CounterRandom.bits(NormalText.of(row.query()).hash(), QUERY),
          row.positives().stream().mapToLong(Hashes::of).toArray(),
          row.negatives().stream().mapToLong(Hashes::of).toArray());
    }

    private static long of(Passage passage) {
      return CounterRandom.bits(NormalText.of(passage.content()).hash(), PASSAGE);
    }
  }

  /**
   * Groups all rows. Takes about 40 bytes for each different query and positive, and 4 for each row.
   *
   * @param seed decides the random number of each group
   */
  RowGroups(DomainRows rows, long seed) {
    this.seed = seed;
    var unseen = rows.unseen();
    unseen.forEachDomain(domain -> {
      unseen.read(domain, Hashes::of, (row, hashes) -> add(hashes));
      ends.put(domain, this.rows);
    });
  }

  private void add(Hashes row) {
    int query = text(row.query());
    if (rows == queries.length) {
      queries = Arrays.copyOf(queries, 2 * rows);
    }
    queries[rows++] = query;
    for (long positive : row.positives()) {
      unite(query, text(positive));
    }
  }

  private int text(long hash) {
    int before = texts.size();
    int text = texts.add(hash);
    if (text == before) {
      if (text == parents.length) {
        parents = Arrays.copyOf(parents, 2 * text);
        numbers = Arrays.copyOf(numbers, 2 * text);
      }
      parents[text] = text;
      numbers[text] = CounterRandom.bits(seed, hash);
    }
    return text;
  }

  private void unite(int a, int b) {
    int root = root(a);
    int other = root(b);
    if (root != other) {
      parents[other] = root;
      numbers[root] = Math.min(numbers[root], numbers[other]);
    }
  }

  private int root(int text) {
    int root = text;
    while (parents[root] != root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }

  /** Returns the group of a row that was grouped. */
  int group(Hashes row) {
    return root(texts.find(row.query()));
  }

  /** Returns the group of the rows with a positive, by its hash; −1 if it is not a positive of any row. */
  int groupOfPositive(long hash) {
    int text = texts.find(hash);
    return text < 0 ? -1 : root(text);
  }

  /** Returns a random number of a group, which does not depend on the order of rows. */
  long number(int group) {
    return numbers[group];
  }

  /** Returns the group of each row of a domain. */
  int[] ofRows(String domain) {
    int start =
        ends.headMap(domain).isEmpty() ? 0 : ends.get(ends.headMap(domain).lastKey());
    return Arrays.stream(queries, start, ends.get(domain)).map(this::root).toArray();
  }
}
