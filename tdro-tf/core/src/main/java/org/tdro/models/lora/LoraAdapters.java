package org.tdro.models.lora;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.Weight;
import org.tdro.keras.layers.Dense;
import org.tdro.keras.layers.Dropout;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Adds A and B beside the maps that a {@link Lora} names; B starts at zero, so training starts from the frozen model. */
public final class LoraAdapters implements Adapters {
  private final LayerScope scope;
  private final Lora lora;
  private final List<Kernel> kernels = new ArrayList<>();

  /**
   * Creates adapters for one backbone.
   *
   * @param scope where A and B are added, under the names of the maps; the maps themselves may be frozen or another's
   * @param lora with the target modules of the backbone's shape
   */
  public LoraAdapters(LayerScope scope, Lora lora) {
    this.scope = scope;
    this.lora = lora;
  }

  /** A frozen map plus its adapter: dropout, A and B. */
  private record Adapted(Dense dense, Dropout dropout, Dense a, Dense b, float scale)
      implements Layer<TFloat32> {
    @Override
    public Operand<TFloat32> call(CallContext context, Operand<TFloat32> x) {
      var tf = context.tf();
      var low = a.call(context, dropout.call(context, x));
      var change = tf.math.mul(b.call(context, low), tf.constant(scale));
      return tf.math.add(dense.call(context, x), change);
    }
  }

  @Override
  public Layer<TFloat32> adapt(Dense dense) {
    // The map's name within the backbone: an encoder's own path comes before it in both places.
    var name = dense.path();
    if (!lora.targets(name)) {
      return dense;
    }
    var shape = dense.kernel().shape();
    int in = (int) shape.get(0);
    int out = (int) shape.get(1);
    var beside =
        scope.under(scope.path().isEmpty() ? name : name.substring(scope.path().length() + 1));
    var a = new Dense(
        beside.under("lora_A"), in, lora.rank(), Initializer.uniform(1 / Math.sqrt(in)), false);
    var b = new Dense(beside.under("lora_B"), lora.rank(), out, Initializer.zeros(), false);
    kernels.add(new Kernel(dense.kernel(), a.kernel(), b.kernel(), lora.scale()));
    var dropout = new Dropout(beside.under("lora_dropout"), lora.dropout());
    return new Adapted(dense, dropout, a, b, lora.scale());
  }

  /** Returns the adapted kernels, in the order in which they were built. */
  public List<Kernel> kernels() {
    return List.copyOf(kernels);
  }

  /**
   * A frozen kernel W {@code [in, out]} with its adapter A {@code [in, r]} and B {@code [r, out]}.
   *
   * @param scale α / r
   */
  public record Kernel(Weight kernel, Weight a, Weight b, float scale) {

    /** Returns W + (α / r)·A·B. */
    public Operand<TFloat32> merged(Ops tf) {
      var product = tf.linalg.matMul(a.read(tf), b.read(tf));
      return tf.math.add(kernel.read(tf), tf.math.mul(product, tf.constant(scale)));
    }
  }
}
