package org.tdro.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tdro.data.shards.Domain;
import org.tdro.data.shards.TokenizedRow;
import org.tdro.io.CounterRandom;
import org.tdro.rows.Fold;

/**
 * The rows of a domain in groups with equal texts: rows with the query or a positive of another, directly or through other rows. In a batch,
 * they would take negatives from each other ({@link KnownRelevance}). Texts are compared by hashes of their token ids; two that
 * differ and have the same one only join groups without need.
 */
public final class EqualTexts {
  private final int rows;
  /** A hash of a text in the high bits, its row in the low ones, in order. */
  private final long[] texts;

  private EqualTexts(int rows, long[] texts) {
    this.rows = rows;
    this.texts = texts;
  }

  /** Reads the rows of a domain. */
  public static EqualTexts of(Domain domain, Fold fold) {
    int rows = Math.toIntExact(domain.size(fold));
    var texts = IntStream.range(0, rows)
        .parallel()
        .boxed()
        .flatMapToLong(row ->
            hashes(domain.row(fold, row)).mapToLong(hash -> (long) hash << Integer.SIZE | row))
        .sorted()
        .toArray();
    return new EqualTexts(rows, texts);
  }

  private static IntStream hashes(TokenizedRow row) {
    return IntStream.concat(
            IntStream.of(hash(1, row.query())),
            Arrays.stream(row.positives()).mapToInt(positive -> hash(2, positive)))
        .distinct();
  }

  private static int hash(long kind, int[] ids) {
    long hash = kind;
    for (int id : ids) {
      hash = CounterRandom.mix(hash + CounterRandom.GOLDEN + id);
    }
    return (int) (hash >>> Integer.SIZE);
  }

  /**
   * Returns a number for each row, the same for rows of a group. A group of more than {@code most} rows is divided by its texts: each of its
   * rows is put to those with the text that it shares with most.
   */
  public int[] groups(int most) {
    var parents = IntStream.range(0, rows).toArray();
    var runs = runs();
    for (int run = 0; run + 1 < runs.length; run++) {
      for (int i = runs[run] + 1; i < runs[run + 1]; i++) {
        parents[root(parents, row(i))] = root(parents, row(i - 1));
      }
    }
    var sizes = new int[rows];
    for (int row = 0; row < rows; row++) {
      sizes[root(parents, row)]++;
    }
    var groups = new int[rows];
    for (int row = 0; row < rows; row++) {
      int root = root(parents, row);
      groups[row] = sizes[root] <= most ? root : row;
    }
    var shared = new int[rows];
    for (int run = 0; run + 1 < runs.length; run++) {
      int size = runs[run + 1] - runs[run];
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        int row = row(i);
        if (size > Math.max(1, shared[row]) && sizes[root(parents, row)] > most) {
          shared[row] = size;
          groups[row] = rows + run;
        }
      }
    }
    return groups;
  }

  /** Returns where each run of equal hashes begins, and the end of the last. */
  private int[] runs() {
    return IntStream.rangeClosed(0, texts.length)
        .filter(i ->
            i == 0 || i == texts.length || texts[i] >> Integer.SIZE != texts[i - 1] >> Integer.SIZE)
        .toArray();
  }

  private int row(int text) {
    return (int) texts[text];
  }

  /** Returns the root of a row's tree, with paths halved on the way. */
  private static int root(int[] parents, int row) {
    while (parents[row] != row) {
      parents[row] = parents[parents[row]];
      row = parents[row];
    }
    return row;
  }
}
