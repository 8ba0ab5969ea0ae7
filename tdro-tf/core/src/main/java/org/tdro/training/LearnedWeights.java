package org.tdro.training;

import java.nio.file.Path;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.mixing.DomainSize;
import org.tdro.mixing.MixtureLearner;
import org.tdro.rows.Fold;
import org.tensorflow.Session;

/**
 * The weights that a stage learns, as files: the last, their means, the best so many percent of the domains.
 *
 * @param learner learns them
 * @param topPercents the percentages of the selections
 */
record LearnedWeights(MixtureLearner learner, List<Integer> topPercents) {

  /** Writes what was learned in {@code session} into {@code folder}. */
  void write(Session session, PreparedData prepared, Path folder) {
    var sizes = prepared.data().domains().stream()
        .map(domain -> new DomainSize(domain.name(), domain.size(Fold.ALL)))
        .toList();
    AtomicWrite.folder(
        folder,
        beside -> learner
            .learned(session)
            .files(sizes, topPercents)
            .forEach((name, weights) -> weights.write(beside.resolve(name))));
  }
}
