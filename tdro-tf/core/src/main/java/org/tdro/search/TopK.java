package org.tdro.search;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The best k documents of one query so far, in the order of {@link ScoredDocument#RANKING} and, for equal ids, of their rows. A
 * binary heap with the worst on top, in primitive arrays, since for large k the heap costs as much as the scores.
 */
final class TopK {
  private final List<String> ids;
  private final float[] scores;
  private final int[] rows;
  private int size;

  /**
   * Creates an empty heap.
   *
   * @param ids the ids of all documents by row, read when scores are equal; the list may grow
   */
  TopK(int k, List<String> ids) {
    this.ids = ids;
    this.scores = new float[k];
    this.rows = new int[k];
  }

  /** Returns the score below which a document cannot enter; one of the same score may, by its id. */
  float threshold() {
    return size < scores.length ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /** Adds a document if it is among the best so far. */
  void offer(int row, float score) {
    if (size < scores.length) {
      siftUp(row, score);
    } else if (isWorse(rows[0], scores[0], row, score)) {
      siftDown(row, score);
    }
  }

  private void siftUp(int row, float score) {
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) / 2;
      if (!isWorse(row, score, rows[parent], scores[parent])) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    set(hole, row, score);
  }

  private void siftDown(int row, float score) {
    int hole = 0;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size
          && isWorse(rows[child + 1], scores[child + 1], rows[child], scores[child])) {
        child++;
      }
      if (!isWorse(rows[child], scores[child], row, score)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    set(hole, row, score);
  }

  private void move(int from, int to) {
    set(to, rows[from], scores[from]);
  }

  private void set(int at, int row, float score) {
    rows[at] = row;
    scores[at] = score;
  }

  private boolean isWorse(int row, float score, int otherRow, float otherScore) {
    if (score != otherScore) {
      return score < otherScore;
    }
    int byId = IdOrder.ASCENDING.compare(ids.get(row), ids.get(otherRow));
    return byId != 0 ? byId < 0 : row > otherRow;
  }

  /** Returns the documents, best first. */
  List<ScoredDocument> sorted() {
    return IntStream.range(0, size)
        .mapToObj(i -> new ScoredDocument(ids.get(rows[i]), scores[i]))
        .sorted(ScoredDocument.RANKING)
        .toList();
  }
}
