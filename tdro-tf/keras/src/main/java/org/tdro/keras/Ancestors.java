package org.tdro.keras;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;

/** What values are computed from, as far as a gradient could flow. */
final class Ancestors {
  private static final Set<String> BARRIERS = Set.of("StopGradient", "PreventGradient");

  private Ancestors() {}

  /** The values and all before them, down to operations that stop gradients; the outputs of these are included. */
  static Set<Output<?>> of(List<? extends Operand<?>> values) {
    var found = new HashSet<Output<?>>();
    var open = new ArrayDeque<Output<?>>();
    values.forEach(value -> open.add(value.asOutput()));
    while (!open.isEmpty()) {
      var output = open.pop();
      if (!found.add(output) || BARRIERS.contains(output.op().type())) {
        continue;
      }
      var operation = (GraphOperation) output.op();
      for (int i = 0; i < operation.numInputs(); i++) {
        open.push(operation.input(i));
      }
    }
    return found;
  }
}
