package org.tdro.mixing;

import java.util.Comparator;

/** The selection of the floor(n · P / 100) domains of largest weight out of n, mixed uniformly. */
public record DatasetSelection(int percent) {
  public DatasetSelection {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("the percentage must be in 1 … 100, was " + percent);
    }
  }

  /** Returns the selection, numbered in descending order of weight; equal weights keep their order. It may be empty. */
  public WeightsFile of(WeightsFile weights) {
    var all = weights.domains();
    int kept = all.size() * percent / 100;
    return new WeightsFile(all.stream()
        .sorted(Comparator.comparingDouble(DomainWeight::weight).reversed())
        .limit(kept)
        .map(selected -> new DomainWeight(selected.domain(), 1.0 / kept))
        .toList());
  }
}
