package org.tdro.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A model that is a graph of layers, from one or several inputs to one output. */
public class FunctionalModel extends Model {
  private final List<Input> inputs;
  private final SymbolicTensor output;
  private final List<SymbolicTensor.Step> steps;
  private Map<SymbolicTensor, Operand<?>> computed = Map.of();

  FunctionalModel(long seed, List<Input> inputs, SymbolicTensor output) {
    super(seed);
    this.inputs = List.copyOf(inputs);
    this.output = output;
    var trace = new SymbolicTensor.Trace(new ArrayList<>(), new IdentityHashMap<>());
    trace.visit(output);
    this.steps = trace.layers();
    var names = new HashSet<String>();
    for (var input : inputs) {
      var name = input.spec().name();
      if (!names.add(name)) {
        throw new IllegalArgumentException("two inputs are named " + name);
      }
      if (!trace.seen().containsKey(input)) {
        throw new IllegalArgumentException("the output does not depend on the input " + name);
      }
    }
    for (var tensor : trace.seen().keySet()) {
      if (tensor instanceof Input input && !inputs.contains(input)) {
        throw new IllegalArgumentException(
            "the output depends on the input " + input.spec().name() + ", which is not given");
      }
    }
  }

  @Override
  public List<InputSpec> inputs() {
    return inputs.stream().map(Input::spec).toList();
  }

  @Override
  protected Operand<TFloat32> call(CallContext context, Inputs values) {
    var done = new HashMap<SymbolicTensor, Operand<?>>();
    var result = output.in(context, values, done);
    computed = done;
    return Inputs.asFloat(result);
  }

  /** A table of the layers with the shapes of their outputs and the numbers of their parameters. */
  @Override
  public String summary() {
    outputs();
    var rows = new ArrayList<Summary.Row>();
    for (var input : inputs) {
      rows.add(new Summary.Row(input.spec().name() + " (input)", input.spec().shape(), 0));
    }
    var counted = new ArrayList<Object>();
    for (var step : steps) {
      var name = step.layer().getClass().getSimpleName();
      long parameters = 0;
      if (step.layer() instanceof NamedLayer<?> layer) {
        var path = layer.path() + "/";
        name = layer.path() + " (" + name + ")";
        // A shared layer's weights count once.
        parameters = counted.contains(layer) ? 0 : weights(path);
        counted.add(layer);
      } else if (step.layer().getClass().isSynthetic() || name.isEmpty()) {
        name = "(function)";
      }
      rows.add(new Summary.Row(name, computed.get(step.output()).shape(), parameters));
    }
    return Summary.of(getClass().getSimpleName(), "layer", rows, variables());
  }

  private long weights(String path) {
    return variables().all().stream()
        .filter(weight -> weight.name().startsWith(path))
        .mapToLong(Weight::size)
        .sum();
  }
}
