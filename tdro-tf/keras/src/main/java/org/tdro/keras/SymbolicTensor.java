package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TFloat32;

/**
 * A value of a functional model that is described but not computed: an {@link Input}, or what layers make of one. Layers that
 * are used twice share their weights.
 */
public abstract class SymbolicTensor {
  SymbolicTensor() {}

  /** Returns what {@code layer} makes of this. */
  public SymbolicTensor then(Layer<?> layer) {
    var input = this;
    return new SymbolicTensor() {
      @Override
      @SuppressWarnings("unchecked")
      Operand<?> compute(CallContext context, Inputs inputs, Map<SymbolicTensor, Operand<?>> done) {
        // The type of an input is the user's to match, as in Keras; TensorFlow refuses another by
        // name.
        return ((Layer<TFloat32>) layer)
            .call(context, (Operand<TFloat32>) input.in(context, inputs, done));
      }

      @Override
      void describe(Trace trace) {
        trace.visit(input);
        trace.layers().add(new Step(layer, this));
      }
    };
  }

  /** Returns what {@code layer} makes of {@code parts}. */
  public static SymbolicTensor merge(MergeLayer layer, SymbolicTensor... parts) {
    var all = List.of(parts);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to merge");
    }
    return new SymbolicTensor() {
      @Override
      Operand<?> compute(CallContext context, Inputs inputs, Map<SymbolicTensor, Operand<?>> done) {
        var values = new ArrayList<Operand<TFloat32>>();
        for (var part : all) {
          values.add(Inputs.asFloat(part.in(context, inputs, done)));
        }
        try {
          return layer.call(context, values);
        } catch (IllegalArgumentException | TensorFlowException e) {
          var name =
              layer.getClass().isSynthetic() ? "function" : layer.getClass().getSimpleName();
          throw NamedLayer.refused("the layer " + name, values, e);
        }
      }

      @Override
      void describe(Trace trace) {
        all.forEach(trace::visit);
        trace.layers().add(new Step(layer, this));
      }
    };
  }

  /** A layer, or merging one, and the value that it makes. */
  record Step(Object layer, SymbolicTensor output) {}

  /** The steps of a model in the order in which they are computed, each once. */
  record Trace(List<Step> layers, Map<SymbolicTensor, Boolean> seen) {
    void visit(SymbolicTensor tensor) {
      if (seen.put(tensor, true) == null) {
        tensor.describe(this);
      }
    }
  }

  /** The value in one forward pass, computed once however often it is used. */
  final Operand<?> in(CallContext context, Inputs inputs, Map<SymbolicTensor, Operand<?>> done) {
    var present = done.get(this);
    if (present == null) {
      present = compute(context, inputs, done);
      done.put(this, present);
    }
    return present;
  }

  abstract Operand<?> compute(
      CallContext context, Inputs inputs, Map<SymbolicTensor, Operand<?>> done);

  /** Adds what leads to this value to {@code trace}. */
  abstract void describe(Trace trace);
}
