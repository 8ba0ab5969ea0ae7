package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

class InitializerTest {
  private static double[] values(Initializer initializer, long seed) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var weight = variables.add("weight", Shape.of(200, 100), initializer);
      Variables.initialize(tf, session, variables.all(), seed);
      var values = Values.of(session, weight.value());
      return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
  }

  private static double mean(double[] values) {
    return DoubleStream.of(values).average().orElseThrow();
  }

  private static double largest(double[] values) {
    return DoubleStream.of(values).map(Math::abs).max().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        mean(DoubleStream.of(values).map(x -> (x - mean) * (x - mean)).toArray()));
  }

  /** A unit normal cut at ±2 has the standard deviation sqrt(1 − 4φ(2) / (2Φ(2) − 1)) = 0.8796. */
  @Test
  void truncatedNormalHasTheDeviationOfACutNormal() {
    var values = values(Initializer.truncatedNormal(0.02f), 3);
    assertThat(mean(values)).isCloseTo(0, within(5e-4));
    assertThat(deviation(values)).isCloseTo(0.02 * 0.8796, within(3e-4));
  }

  @Test
  void truncatedNormalStaysWithinTwoDeviations() {
    assertThat(largest(values(Initializer.truncatedNormal(0.02f), 3))).isLessThanOrEqualTo(0.04);
  }

  /** Uniform in ±sqrt(6 / 300) = ±0.1414, so the deviation is that over √3: 0.0816. */
  @Test
  void glorotUniformIsUniformWithinItsLimit() {
    var values = values(Initializer.glorotUniform(), 3);
    assertThat(largest(values)).isLessThanOrEqualTo(Math.sqrt(0.02));
    assertThat(mean(values)).isCloseTo(0, within(3e-3));
    assertThat(deviation(values)).isCloseTo(Math.sqrt(0.02 / 3), within(2e-3));
  }

  @Test
  void theSeedDecidesTheValues() {
    var initializer = Initializer.truncatedNormal(1);
    assertThat(values(initializer, 3)).isEqualTo(values(initializer, 3));
    assertThat(values(initializer, 3)).isNotEqualTo(values(initializer, 4));
  }
}
