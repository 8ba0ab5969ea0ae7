package org.tdro.keras;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;

/** The inputs of a model in its graph, labels among them. */
final class InputPlaceholders {
  private final Map<String, InputSpec> specs = new LinkedHashMap<>();
  private final Map<String, Operand<?>> operands = new LinkedHashMap<>();

  /** Adds a placeholder for {@code spec}, unless its name has one. */
  void add(Ops tf, InputSpec spec) {
    operands.computeIfAbsent(spec.name(), name -> {
      specs.put(name, spec);
      return tf.withSubScope("inputs")
          .withName(name)
          .placeholder(spec.type(), Placeholder.shape(spec.shape()));
    });
  }

  /** Forgets the input {@code name}: the next one of this name may be of another type. */
  void remove(String name) {
    operands.remove(name);
    specs.remove(name);
  }

  Inputs operands() {
    return new Inputs(operands);
  }

  /**
   * Feeds those of {@code names} that {@code batch} has.
   *
   * @throws IllegalArgumentException naming an input that the model does not have, or whose type or shape is another
   */
  void feed(Session.Runner runner, Batch batch, Collection<String> names) {
    for (var name : names) {
      var operand = operands.get(name);
      if (operand == null) {
        // Says which inputs there are.
        operand = operands().get(name);
      }
      var tensor = batch.tensors().get(name);
      if (tensor != null) {
        specs.get(name).check(tensor);
        runner.feed(operand, tensor);
      }
    }
  }
}
