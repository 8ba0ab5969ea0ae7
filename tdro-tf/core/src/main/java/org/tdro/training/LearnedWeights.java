package org.tdro.training;

import java.nio.file.Path;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.mixing.DomainSize;
import org.tdro.mixing.LearnedMixture;
import org.tdro.rows.Fold;

/** The files of learned weights: the last, their means, the best so many percent of the domains. */
final class LearnedWeights {
  private LearnedWeights() {}

  static void write(
      LearnedMixture learned, PreparedData prepared, List<Integer> topPercents, Path folder) {
    var sizes = prepared.data().domains().stream()
        .map(domain -> new DomainSize(domain.name(), domain.size(Fold.ALL)))
        .toList();
    AtomicWrite.folder(
        folder,
        beside -> learned
            .files(sizes, topPercents)
            .forEach((name, weights) -> weights.write(beside.resolve(name))));
  }
}
