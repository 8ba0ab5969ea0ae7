package org.tdro.keras.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.keras.Initializer;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A weight of 1 with the gradient 2, rate 0.5 and weight decay 0.1: its values after one and two updates, by hand. */
class UpdateRulesTest {
  private static final LearningRateSchedule RATE = LearningRateSchedule.constant(0.5);

  static List<Arguments> rules() {
    return List.of(
        // 1 − 0.5·2.1; then −0.05 − 0.5·1.995
        arguments(new Sgd(RATE, 0, 0, 0.1), -0.05, -1.0475),
        // The first buffer is undampened: 2.1; then 0.9·2.1 + 0.5·1.995 = 2.8875
        arguments(new Sgd(RATE, 0.9, 0.5, 0.1), -0.05, -1.49375),
        // 0.95·1 − 0.5·1; then 0.95·0.45 − 0.5·1, as m̂ / √v̂ stays 1
        arguments(
            AdamW.builder(RATE).weightDecay(0.1).decays(weight -> true).build(), 0.45, -0.0725),
        // 1 − 0.5·2.1/√4.41; then 0.5 − 0.5·2.05/√8.6125
        arguments(new Adagrad(RATE, 1e-10, 0.1), 0.5, 0.15073164),
        // 1 − 0.5·2.1/√0.441; then with s = 0.9·0.441 + 0.1·1.9418861²
        arguments(new RmsProp(RATE, 0.9, 1e-8, 0.1), -0.58113883, -1.68477386));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void movesAWeightAsItsFormulaSays(Optimizer optimizer, double once, double twice) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var counter = new StepCounter(tf);
      var weight = variables.add("weight", Shape.of(1), Initializer.ones());
      optimizer.build(tf, variables);
      var updated =
          optimizer.update(tf, weight, tf.constant(new float[] {2}), optimizer.rates(tf, counter));
      Variables.initialize(tf, session, variables.all(), 0);
      for (int update = 1; update <= 2; update++) {
        double expected = update == 1 ? once : twice;
        var runner = session.runner().fetch(updated);
        var rate = optimizer.feed(runner, update - 1);
        counter.feed(runner, update, update - 1, true, () -> {
          try (var result = runner.run()) {
            assertThat(((TFloat32) result.get(0)).getFloat(0))
                .isCloseTo((float) expected, within(2e-6f));
          }
        });
        rate.close();
      }
    }
  }
}
