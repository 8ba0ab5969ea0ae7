package org.tdro.mixing.tdro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.optimizers.OptimizerSpec;
import org.tdro.keras.optimizers.OptimizerSpec.Rule;
import org.tdro.mixing.LearnedMixture;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Raw losses of rows in three domains: row 0 in domain 0, row 1 in 1, rows 2 and 3 in 2. */
class DomainWeightsTest {
  private static final int[] DOMAIN_IDS = {0, 1, 2, 2};
  private static final List<Double> UNIFORM = List.of(1.0, 1.0, 1.0);

  private static DomainWeightOptions.Builder raw() {
    return DomainWeightOptions.builder(LossMeasure.raw());
  }

  static List<DomainWeightOptions> rules() {
    return List.of(
        raw().build(),
        raw().weightEma(true).build(),
        raw().optimizer(OptimizerSpec.of(Rule.ADAMW).weightDecay(0.01)).build(),
        raw().optimizer(OptimizerSpec.of(Rule.ADAGRAD)).build(),
        raw().optimizer(OptimizerSpec.of(Rule.RMSPROP)).rmspropAlpha(0.99).build(),
        raw().bounds(new MixtureBounds(0.2, 0.001)).build());
  }

  @Test
  void withSgdAnUpdateIsExponentiatedGradientAscent() {
    try (var run = new Run(raw().clip(GradientClip.none()).stepSize(0.5).build(), UNIFORM, 1)) {
      run.microBatch(1, true, 1, 2, 2, 4);
      double[] power = {Math.exp(0.5), Math.exp(1), Math.exp(1.5)};
      double total = power[0] + power[1] + power[2];
      assertClose(run.state().weights(), power[0] / total, power[1] / total, power[2] / total);
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theDomainThatDoesBadlyGainsUnderEveryRule(DomainWeightOptions options) {
    try (var run = new Run(options, UNIFORM, 1)) {
      for (int update = 1; update <= 5; update++) {
        run.microBatch(update, true, 0, 5, 0, 0);
      }
      var weights = run.state().weights();
      assertThat(weights.get(1)).isGreaterThan(weights.get(0));
      assertThat(weights.stream().mapToDouble(Float::doubleValue).sum()).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void initialWeightsAreNormalised() {
    try (var run = new Run(raw().build(), List.of(1.0, 2.0, 5.0), 1)) {
      assertClose(run.state().weights(), 0.125, 0.25, 0.625);
    }
  }

  @Test
  void rowsAreWeightedByTheirDomain() {
    try (var run = new Run(raw().build(), List.of(0.5, 0.25, 0.25), 2)) {
      var gradient = run.microBatch(1, false, 1, 1, 1, 1);
      assertClose(gradient, 0.4, 0.2, 0.2, 0.2);
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void onlyTheLastMicroBatchOfAnUpdateMovesTheWeights(DomainWeightOptions options) {
    try (var run = new Run(options, List.of(0.5, 0.25, 0.25), 3)) {
      var before = run.everything();
      run.microBatch(1, false, 0, 0, 0, 0);
      run.microBatch(1, false, 0, 0, 0, 0);
      assertThat(run.everything()).isEqualTo(before);
      run.microBatch(1, true, 1, 0, 0, 0);
      assertThat(run.everything()).isNotEqualTo(before);
    }
  }

  @Test
  void anUpdateTakesTheMeanOfItsMicroBatches() {
    var options = raw().clip(GradientClip.none()).build();
    try (var two = new Run(options, UNIFORM, 2);
        var one = new Run(options, UNIFORM, 1)) {
      two.microBatch(1, false, 1, 2, 3, 3);
      two.microBatch(1, true, 3, 4, 5, 7);
      one.microBatch(1, true, 2, 3, 4, 5);
      assertThat(two.state()).isEqualTo(one.state());
    }
  }

  @Test
  void permutedDomainsGivePermutedWeights() {
    try (var run = new Run(raw().build(), List.of(0.2, 0.5, 0.3), 1);
        var permuted = new Run(raw().build(), List.of(0.5, 0.2, 0.3), 1)) {
      run.microBatch(1, true, 1, 2, 3, 4);
      permuted.microBatch(1, true, 2, 1, 3, 4);
      var weights = run.state().weights();
      assertClose(permuted.state().weights(), weights.get(1), weights.get(0), weights.get(2));
    }
  }

  @Test
  void initialWeightsMustBeAboveZero() {
    assertThatThrownBy(() -> new Run(raw().build(), List.of(0.5, 0.0, 0.5), 1).close())
        .hasMessageContaining("the initial weight of domain 1 must be above 0");
  }

  /** One domain alone has losses: without bounds its α would be .99 and that of the others .004. */
  @Test
  void weightsDoNotRunAwayWithinBounds() {
    var options = raw().clip(GradientClip.none()).stepSize(0.5).bounds(new MixtureBounds(0.2, 0.3));
    try (var run = new Run(options.build(), UNIFORM, 1)) {
      for (int update = 1; update <= 10; update++) {
        run.microBatch(update, true, 0, 1, 0, 0);
        var weights = run.state().weights();
        double divergence = 0;
        for (float weight : weights) {
          assertThat(weight).isGreaterThan(0.2f / 3 - 1e-6f);
          divergence += weight * Math.log(3 * weight);
        }
        assertThat(divergence).isLessThan(0.3 + 1e-6);
      }
      assertThat(run.state().weights().get(1)).isGreaterThan(0.7f);
      // They come back at once: what lies outside the bounds is not remembered.
      float before = run.state().weights().get(1);
      run.microBatch(11, true, 1, 0, 1, 1);
      assertThat(run.state().weights().get(1)).isLessThan(before - 0.1f);
    }
  }

  @Test
  void boundsNeedNormalisedWeights() {
    assertThatThrownBy(() ->
            raw().normalizeEveryUpdate(false).bounds(new MixtureBounds(0.1, 0)).build())
        .hasMessage(
            "normalizeEveryUpdate must be true where floor or trustRegion bounds the weights");
  }

  private static void assertClose(List<Float> actual, double... expected) {
    assertThat(actual.stream().mapToDouble(Float::doubleValue).toArray())
        .containsExactly(expected, within(1e-6));
  }

  /** A graph with the losses as inputs, and their gradient as what a model would be trained with. */
  private static final class Run implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final StepCounter counter;
    private final Optimizer optimizer;
    private final DomainWeights domainWeights;
    private final Variables variables = new Variables(graph, "");
    private final Placeholder<TFloat32> loss;
    private final Operand<TFloat32> gradient;

    Run(DomainWeightOptions options, List<Double> initial, int accumulation) {
      var tf = Ops.create(graph);
      counter = new StepCounter(tf);
      optimizer = options.optimizer(100, accumulation);
      optimizer.build(tf, variables);
      domainWeights = new DomainWeights(options, optimizer, initial);
      domainWeights.build(tf, variables);
      loss = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
      var tape = new GradientTape(graph, tf);
      tape.watch(loss);
      var rows = new RowLosses(tf.constant(DOMAIN_IDS), loss, Optional.empty(), UNIFORM.size());
      gradient = tape.gradient(domainWeights.step(tape, counter, rows).robustLoss(), loss);
      Variables.initialize(tf, session, variables.all(), 0);
    }

    /** The gradient of the robust loss with respect to the losses of the rows, which is their weights. */
    List<Float> microBatch(long update, boolean last, float... losses) {
      var values = new ArrayList<Float>();
      try (var tensor = TFloat32.vectorOf(losses)) {
        var runner = session.runner().feed(loss, tensor).fetch(gradient);
        var rate = optimizer.feed(runner, update - 1);
        counter.feed(runner, update, 0, last, () -> {
          try (var result = runner.run()) {
            values.addAll(LearnedMixture.values((TFloat32) result.get(0)));
          }
        });
        rate.close();
      }
      return values;
    }

    LearnedMixture state() {
      return domainWeights.learned(session);
    }

    /** Every variable, optimizer slots included. */
    List<List<Float>> everything() {
      var runner = session.runner();
      variables.all().forEach(weight -> runner.fetch(weight.value()));
      try (var result = runner.run()) {
        var values = new ArrayList<List<Float>>();
        result.forEach(entry -> values.add(LearnedMixture.values((TFloat32) entry.getValue())));
        return values;
      }
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
