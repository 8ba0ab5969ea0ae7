package org.tdro.models.lora;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tdro.keras.Initializer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Adds A and B beside the maps that a {@link Lora} names; B starts at zero, so training starts from the frozen model. */
public final class LoraAdapters implements Adapters {
  private final Variables variables;
  private final Lora lora;
  private final long seed;
  private final StepCounter counter;
  private final Set<String> found = new HashSet<>();
  private final List<AdaptedMap> maps = new ArrayList<>();

  /** @param variables that get A and B; those of the maps themselves may be others */
  public LoraAdapters(Variables variables, Lora lora, long seed, StepCounter counter) {
    this.variables = variables;
    this.lora = lora;
    this.seed = seed;
    this.counter = counter;
  }

  @Override
  public Linear adapt(String name, int in, int out, Dense dense) {
    var module = name.substring(name.lastIndexOf('/') + 1);
    if (!lora.targetModules().contains(module)) {
      return Adapters.NONE.adapt(name, in, out, dense);
    }
    found.add(module);
    var a = new Dense(
        variables,
        name + "/lora_A",
        in,
        lora.rank(),
        Initializer.uniform(1 / Math.sqrt(in)),
        false);
    var b = new Dense(variables, name + "/lora_B", lora.rank(), out, Initializer.zeros(), false);
    maps.add(new AdaptedMap(dense.kernel(), a.kernel(), b.kernel(), lora.scale()));
    // Blocks use small seeds for their own dropout.
    var dropout = new Dropout(lora.dropout(), seed + (1L << 32) + maps.size(), counter);
    return (tf, x, pass) -> {
      var type = pass.computeType();
      var dropped = pass.training() ? dropout.call(tf, x) : x;
      var adapted = b.call(tf, a.call(tf, dropped, type), type);
      return tf.math.add(dense.call(tf, x, type), scaled(tf, adapted));
    };
  }

  private Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> x) {
    return tf.math.mul(x, tf.constant(lora.scale()));
  }

  /** The adapted maps, in the order in which they were built. */
  public List<AdaptedMap> maps() {
    return List.copyOf(maps);
  }

  /**
   * To be called when the backbone is built.
   *
   * @throws IllegalArgumentException naming target modules that it does not have
   */
  public void checkAllFound() {
    var missing =
        lora.targetModules().stream().filter(name -> !found.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "LoRA's target modules %s are not in the model".formatted(missing));
    }
  }
}
