package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tdro.keras.GradientTape;
import org.tdro.keras.StepCounter;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ScaledLossesTest {
  @Test
  void aRowWeighsNAlphaOfItsDomainDividedByTheBatch() {
    // Weights 6 : 0 : 2 are α = (0.75, 0, 0.25); two domains are drawn.
    assertThat(weights(List.of(6.0, 0.0, 2.0), 0, 2, 0, 0))
        .containsExactly(1.5f / 4, 0.5f / 4, 1.5f / 4, 1.5f / 4);
  }

  @Test
  void equalWeightsAreTheMean() {
    assertThat(weights(List.of(3.0, 3.0, 3.0), 2, 1, 0, 2, 1))
        .containsExactly(0.2f, 0.2f, 0.2f, 0.2f, 0.2f);
  }

  @Test
  void domainsWithAWeightAreDrawnEquallyOften() {
    assertThat(ScaledLosses.sampling(List.of(0.6, 0.0, 0.4))).containsExactly(1.0, 0.0, 1.0);
  }

  private static float[] weights(List<Double> domains, int... ids) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var losses = new RowLosses(
          tf.constant(ids), tf.constant(new float[ids.length]), Optional.empty(), domains.size());
      var weighted =
          new ScaledLosses(domains).weigh(new GradientTape(graph, tf), new StepCounter(tf), losses);
      try (var values =
          (TFloat32) session.runner().fetch(weighted.weights()).run().get(0)) {
        return StdArrays.array1dCopyOf(values);
      }
    }
  }
}
