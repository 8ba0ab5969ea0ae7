package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Weights x = (2, 3) and y = (5, 7). */
class CheckpointedGradientTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Variables variables = new Variables(graph, "");
  private final GradientTape tape = new GradientTape(graph, tf);
  private final CallContext context =
      CallContext.training(tf, 1, new StepCounter(tf)).withCheckpointing(tape);
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

  private final Layer<TFloat32> timesY =
      (inner, input) -> inner.tf().math.mul(input, y.read(inner.tf()));

  @Test
  void theBackwardPassCallsEachBlockOnceMore() {
    var calls = new ArrayList<String>();
    Layer<TFloat32> counted = (inner, input) -> {
      calls.add("call");
      return inner.tf().math.square(input);
    };
    var output = context.callBlock(counted, context.callBlock(counted, x.read(tf)));
    assertThat(calls).hasSize(2);
    // d x⁴ = 4 x³
    assertThat(value(tape.gradient(sum(output), x.value()))).containsExactly(32, 108);
    assertThat(calls).hasSize(4);
  }

  @Test
  void aWeightOfSeveralBlocksAndOfTheirInputHasTheSumOfItsGradients() {
    var once = context.callBlock(timesY, tf.math.mul(x.read(tf), y.read(tf)));
    var twice = context.callBlock(timesY, once);
    var target = sum(tf.math.mul(twice, y.read(tf)));
    // x·y⁴
    var gradients = tape.weightGradients(target, List.of(x, y));
    assertThat(value(gradients.get(0))).containsExactly(625, 2401);
    assertThat(value(gradients.get(1))).containsExactly(4 * 2 * 125, 4 * 3 * 343);
  }

  @Test
  void aBlockMayUseTheOutputOfAnEarlierOne() {
    var first = context.callBlock(timesY, x.read(tf));
    Layer<TFloat32> timesFirst = (inner, input) -> inner.tf().math.mul(input, first);
    var target = sum(context.callBlock(timesFirst, x.read(tf)));
    // x²·y
    var gradients = tape.weightGradients(target, List.of(x, y));
    assertThat(value(gradients.get(0))).containsExactly(20, 42);
    assertThat(value(gradients.get(1))).containsExactly(4, 9);
  }

  @Test
  void aTargetMayUseTheStatesBetweenBlocks() {
    var first = context.callBlock(timesY, x.read(tf));
    var second = context.callBlock(timesY, first);
    var target = sum(tf.math.add(first, second));
    // x·y + x·y²
    assertThat(value(tape.gradient(target, x.value()))).containsExactly(30, 56);
  }

  @Test
  void aBlockMayTakeAWatchedValue() {
    var watched = tape.watch(tf.math.square(x.read(tf)));
    var target = sum(context.callBlock(timesY, watched));
    var gradients = tape.gradient(target, List.of(watched, x.value()));
    assertThat(value(gradients.get(0))).containsExactly(5, 7);
    assertThat(value(gradients.get(1))).containsExactly(20, 42);
  }

  @Test
  void theTargetMayBeTheOutputOfABlock() {
    var output = context.callBlock((inner, input) -> sum(timesY.call(inner, input)), x.read(tf));
    assertThat(value(tape.gradient(output, x.value()))).containsExactly(5, 7);
  }

  @Test
  void aTargetWithoutBlocksIsNotConcernedByThoseOfOthers() {
    context.callBlock(timesY, x.read(tf));
    var target = sum(tf.math.square(y.read(tf)));
    assertThat(value(tape.gradient(target, y.value()))).containsExactly(10, 14);
  }

  @Test
  void aVariableThatNoGradientReachesIsRefusedByName() {
    var stopped = context.callBlock(
        (inner, input) -> inner.tf().math.mul(input, inner.tf().stopGradient(y.read(inner.tf()))),
        x.read(tf));
    assertThatThrownBy(() -> tape.gradient(sum(stopped), List.of(x.value(), y.value())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with respect to [y]: only operations without a gradient lead there");
  }
}
