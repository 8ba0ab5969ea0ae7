package org.tdro.mixing.tdro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tdro.mixing.LearnedMixture;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Three rows of domain 0, one of domain 1, none of domain 2; expected values by hand. */
class LossMeasureTest {
  private static final int[] DOMAIN_IDS = {0, 1, 0, 0};
  private static final float[] LOSS = {1, 3, 2, 6};

  @Test
  void ratioOfMeans() {
    assertThat(measured(LossMeasure.ratioOfMeans(), 1, 2, 4, 1)).containsExactly(9f / 6, 1.5f, 0f);
  }

  @Test
  void meanOfRatios() {
    assertThat(measured(LossMeasure.ratioPerRow(0), 1, 2, 4, 1))
        .containsExactly(7.5f / 3, 1.5f, 0f);
  }

  @Test
  void meanOfRatiosToTheReferenceLossesOverTheirNorm() {
    assertThat(measured(LossMeasure.referenceCode(), 1, 2, 4, 1))
        .containsExactly(8 * 7.5f / 3, 8 * 1.5f, 0f);
  }

  @Test
  void excessIsNotNegative() {
    assertThat(measured(LossMeasure.excess(), 2, 1, 1.5f, 5)).containsExactly(0.5f, 2f, 0f);
  }

  @Test
  void rawIsTheMeanLoss() {
    assertThat(measured(LossMeasure.raw())).containsExactly(3f, 3f, 0f);
  }

  @Test
  void aTinyReferenceLossDoesNotDivide() {
    assertThat(measured(LossMeasure.ratioOfMeans(), 0, 5e-5f, 0, 0)).containsExactly(3f, 3f, 0f);
    assertThat(measured(LossMeasure.referenceCode(), 0, 0, 0, 0)).containsExactly(3f, 3f, 0f);
  }

  @Test
  void aMeasureAgainstAReferenceNeedsOne() {
    assertThatThrownBy(() -> measured(LossMeasure.excess()))
        .hasMessageContaining("needs the losses of a reference model");
  }

  private static List<Float> measured(LossMeasure measure, float... reference) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var rows = new RowLosses(
          tf.constant(DOMAIN_IDS),
          tf.constant(LOSS),
          reference.length == 0 ? Optional.empty() : Optional.of(tf.constant(reference)),
          3);
      try (var result = session.runner().fetch(measure.byDomain(tf, rows)).run()) {
        return LearnedMixture.values((TFloat32) result.get(0)).stream()
            .map(value -> (float) (Math.round(value * 1e6) / 1e6))
            .toList();
      }
    }
  }
}
