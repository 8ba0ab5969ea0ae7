package org.tdro.retrieval;

import java.util.List;
import java.util.PriorityQueue;

/** The best k hits of one query so far: a heap with the worst on top. */
final class TopK {
  private final int k;
  private final PriorityQueue<Hit> heap = new PriorityQueue<>(Hit.RANKING.reversed());

  TopK(int k) {
    this.k = k;
  }

  /** A score below this one cannot enter; an equal one may, by its id. */
  float threshold() {
    return heap.size() < k ? Float.NEGATIVE_INFINITY : heap.element().score();
  }

  void offer(Hit hit) {
    if (heap.size() < k) {
      heap.add(hit);
    } else if (Hit.RANKING.compare(hit, heap.element()) < 0) {
      heap.remove();
      heap.add(hit);
    }
  }

  /** Best first. */
  List<Hit> sorted() {
    return heap.stream().sorted(Hit.RANKING).toList();
  }
}
