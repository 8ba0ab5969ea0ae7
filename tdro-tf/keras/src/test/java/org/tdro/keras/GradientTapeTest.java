package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class GradientTapeTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Variables variables = new Variables(graph, "");
  private final GradientTape tape = new GradientTape(graph, tf);
  private final Weight x = variables.add("x", Shape.of(2), Initializer.values(2, 3));
  private final Weight y = variables.add("y", Shape.of(2), Initializer.values(5, 7));

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> sum(Operand<TFloat32> value) {
    return tf.reduceSum(value, tf.constant(0));
  }

  private float[] value(Operand<TFloat32> operand) {
    try (var session = new Session(graph)) {
      Variables.initialize(tf, session, variables.all(), 1);
      return Values.of(session, operand);
    }
  }

  @Test
  void theGradientOfAProductIsTheOtherFactor() {
    var product = sum(tf.math.mul(x.read(tf), y.read(tf)));
    assertThat(value(tape.gradient(product, x.value()))).containsExactly(5, 7);
  }

  @Test
  void weightGradientsComeInTheOrderOfTheWeights() {
    var product = sum(tf.math.mul(x.read(tf), y.read(tf)));
    var gradients = tape.weightGradients(product, List.of(y, x));
    assertThat(value(gradients.get(0))).containsExactly(2, 3);
    assertThat(value(gradients.get(1))).containsExactly(5, 7);
  }

  @Test
  void outputGradientsWeightTheRowsOfTheJacobian() {
    var squares = tf.math.square(x.read(tf));
    var gradient = tape.gradient(
        List.of(squares), List.of(x.value()), List.of(tf.constant(new float[] {10, 100})));
    assertThat(value(gradient.get(0))).containsExactly(40, 600);
  }

  @Test
  void aWatchedIntermediateValueHasAGradient() {
    var square = tape.watch(tf.math.square(x.read(tf)));
    var target = sum(tf.math.mul(square, y.read(tf)));
    assertThat(value(tape.gradient(target, square))).containsExactly(5, 7);
  }

  @Test
  void anUnwatchedValueIsRefusedByName() {
    var square = tf.withName("square").math.square(x.read(tf));
    assertThatThrownBy(() -> tape.gradient(sum(square), square))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("square is not a variable: watch it");
  }

  @Test
  void aVariableThatTheTargetDoesNotDependOnIsRefusedByName() {
    var target = sum(tf.math.square(x.read(tf)));
    assertThatThrownBy(() -> tape.gradient(target, List.of(x.value(), y.value())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'y' as it's unreachable");
  }

  @Test
  void aVariableBehindStopGradientIsRefusedByName() {
    var target = sum(tf.math.mul(tf.math.square(x.read(tf)), tf.stopGradient(y.read(tf))));
    assertThatThrownBy(() -> tape.gradient(target, List.of(x.value(), y.value())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with respect to [y]: only operations without a gradient lead there");
  }

  @Test
  void anOperationWithoutGradientIsRefusedByName() {
    var target = sum(tf.nn.topK(x.read(tf), tf.constant(1), TInt32.class).values());
    assertThatThrownBy(() -> tape.gradient(target, x.value()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TopKV2");
  }

  @Test
  void aGradientMayBeDifferentiatedAgain() {
    var cube = sum(tf.math.pow(x.read(tf), tf.constant(3f)));
    var first = tape.gradient(cube, x.value());
    assertThat(value(tape.gradient(sum(first), x.value()))).containsExactly(12, 18);
  }

  /** x·f(x) is differentiated twice, so that the gradient of f has a gradient for both of its inputs. */
  @ParameterizedTest
  @EnumSource(Function.class)
  void activationsAndRootsMayBeDifferentiatedAgain(Function function) {
    var value = sum(tf.math.mul(x.read(tf), function.call(tf, x.read(tf))));
    var second = value(tape.gradient(sum(tape.gradient(value, x.value())), x.value()));
    for (int i = 0; i < 2; i++) {
      double at = 2 + i;
      double h = 1e-3;
      double expected =
          (function.product(at + h) - 2 * function.product(at) + function.product(at - h))
              / (h * h);
      assertThat((double) second[i]).isCloseTo(expected, within(1e-4));
    }
  }

  private enum Function {
    TANH,
    SIGMOID,
    RSQRT,
    SQRT,
    RELU,
    SOFTPLUS;

    private Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      return switch (this) {
        case TANH -> tf.math.tanh(x);
        case SIGMOID -> tf.math.sigmoid(x);
        case RSQRT -> tf.math.rsqrt(x);
        case SQRT -> tf.math.sqrt(x);
        case RELU -> tf.nn.relu(x);
        case SOFTPLUS -> tf.math.softplus(x);
      };
    }

    private double product(double x) {
      return x
          * switch (this) {
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case RSQRT -> 1 / Math.sqrt(x);
            case SQRT -> Math.sqrt(x);
            case RELU -> Math.max(0, x);
            case SOFTPLUS -> Math.log1p(Math.exp(x));
          };
    }
  }

  @Test
  void theSecondGradientOfReluIsZeroWhereItIsOff() {
    var shifted = tf.math.sub(x.read(tf), tf.constant(2.5f));
    var cube = sum(tf.math.pow(tf.nn.relu(shifted), tf.constant(3f)));
    var second = tape.gradient(sum(tape.gradient(cube, x.value())), x.value());
    assertThat(value(second)).containsExactly(0, 3);
  }

  @Test
  void aGradientThatCannotBeDifferentiatedAgainIsRefusedByName() {
    var first = tape.gradient(sum(tf.nn.elu(x.read(tf))), x.value());
    assertThatThrownBy(() -> tape.gradient(sum(first), x.value()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no gradient of the operation EluGrad, which is the gradient of Elu")
        .hasMessageContaining("use another activation");
  }

  @Test
  void aTapeMayBeUsedTwice() {
    var product = sum(tf.math.mul(x.read(tf), y.read(tf)));
    tape.gradient(product, x.value());
    assertThat(value(tape.gradient(product, y.value()))).containsExactly(2, 3);
  }
}
