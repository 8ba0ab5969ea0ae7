package org.tdro.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The best k documents of one query so far, in the order of {@link ScoredDocument#RANKING} and, for equal ids, of their rows. A
 * binary heap with the worst on top, in primitive arrays, since for large k the heap costs as much as the scores.
 */
final class TopK {
  /** Documents for which there is room at first: a corpus may be much smaller than k. */
  private static final int INITIAL = 1024;

  private final int k;
  private float[] scores;
  private String[] ids;
  private long[] rows;
  private int size;

  TopK(int k) {
    this.k = k;
    int room = Math.min(k, INITIAL);
    this.scores = new float[room];
    this.ids = new String[room];
    this.rows = new long[room];
  }

  /** Returns the score below which a document cannot enter; one of the same score may, by its id. */
  float threshold() {
    return size < k ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /** Adds a document if it is among the best so far. */
  void offer(long row, String id, float score) {
    if (size < k) {
      if (size == scores.length) {
        int room = (int) Math.min(k, 2L * size);
        scores = Arrays.copyOf(scores, room);
        ids = Arrays.copyOf(ids, room);
        rows = Arrays.copyOf(rows, room);
      }
      siftUp(row, id, score);
    } else if (isBetter(row, id, score, 0)) {
      siftDown(row, id, score);
    }
  }

  private void siftUp(long row, String id, float score) {
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) / 2;
      if (isBetter(row, id, score, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    set(hole, row, id, score);
  }

  private void siftDown(long row, String id, float score) {
    int hole = 0;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size && isBetter(rows[child], ids[child], scores[child], child + 1)) {
        child++;
      }
      if (!isBetter(row, id, score, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    set(hole, row, id, score);
  }

  private void move(int from, int to) {
    set(to, rows[from], ids[from], scores[from]);
  }

  private void set(int at, long row, String id, float score) {
    rows[at] = row;
    ids[at] = id;
    scores[at] = score;
  }

  /** Whether a document is ranked before the one at {@code other}. */
  private boolean isBetter(long row, String id, float score, int other) {
    if (score != scores[other]) {
      return score > scores[other];
    }
    int byId = IdOrder.ASCENDING.compare(id, ids[other]);
    return byId != 0 ? byId > 0 : row < rows[other];
  }

  /** Returns the documents, best first. */
  List<ExactSearch.Hit> sorted() {
    return IntStream.range(0, size)
        .mapToObj(i -> new ExactSearch.Hit(rows[i], new ScoredDocument(ids[i], scores[i])))
        .sorted(Comparator.comparing(ExactSearch.Hit::document, ScoredDocument.RANKING)
            .thenComparingLong(ExactSearch.Hit::row))
        .toList();
  }
}
