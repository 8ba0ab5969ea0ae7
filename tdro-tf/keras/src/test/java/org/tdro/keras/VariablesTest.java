package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tdro.keras.testing.Values;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

class VariablesTest {
  private static final Initializer NORMAL = Initializer.truncatedNormal(1);

  /** The initial value of the variable {@code a}, in a graph with the variables of these names. */
  private static float[] initialA(String... names) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var variables = new Variables(graph, "");
      Stream.of(names).forEach(name -> variables.add(name, Shape.of(4), NORMAL));
      Variables.initialize(Ops.create(graph), session, variables.all(), 1);
      return Values.of(session, variables.byName().get("a").value());
    }
  }

  @Test
  void initialValuesDoNotDependOnTheOtherVariablesOrTheirOrder() {
    assertThat(initialA("a")).isEqualTo(initialA("b", "c", "a", "d"));
  }

  @Test
  void variablesOfDifferentNamesDiffer() {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var variables = new Variables(graph, "");
      var a = variables.add("a", Shape.of(4), NORMAL);
      var b = variables.add("b", Shape.of(4), NORMAL);
      Variables.initialize(Ops.create(graph), session, variables.all(), 1);
      assertThat(Values.of(session, a.value())).isNotEqualTo(Values.of(session, b.value()));
    }
  }

  @Test
  void setsOfOneGraphHaveTheirOwnNames() {
    try (var graph = new Graph()) {
      var policy = new Variables(graph, "");
      var reference = new Variables(graph, "reference/");
      policy.add("a", Shape.of(4), NORMAL);
      assertThat(reference.add("a", Shape.of(4), NORMAL).name()).isEqualTo("a");
      assertThat(reference.byName().get("a").handle().op().name()).isEqualTo("reference/a");
    }
  }

  @Test
  void aNameIsGivenOnce() {
    try (var graph = new Graph()) {
      var variables = new Variables(graph, "");
      variables.add("a", Shape.of(4), NORMAL);
      assertThatThrownBy(() -> variables.addState("a", Shape.of(4), NORMAL))
          .hasMessageContaining("a variable named a already");
    }
  }

  @Test
  void anUnknownDimensionIsRefused() {
    try (var graph = new Graph()) {
      var variables = new Variables(graph, "");
      assertThatThrownBy(() -> variables.add("a", Shape.of(-1, 4), NORMAL))
          .hasMessageContaining("shape of variable a must be fully known");
    }
  }

  @Test
  void stateIsNotTrained() {
    try (var graph = new Graph()) {
      var variables = new Variables(graph, "");
      variables.addState("mean", Shape.of(4), NORMAL);
      assertThat(variables.trainable()).isEmpty();
    }
  }
}
