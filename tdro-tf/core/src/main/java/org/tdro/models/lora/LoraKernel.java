package org.tdro.models.lora;

import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A frozen kernel W {@code [in, out]} with its adapter A {@code [in, r]} and B {@code [r, out]}.
 *
 * @param scale α / r
 */
public record LoraKernel(Weight kernel, Weight a, Weight b, float scale) {

  /** W + (α / r)·A·B, which the two together compute. */
  public Operand<TFloat32> merged(Ops tf) {
    var product = tf.linalg.matMul(a.read(tf), b.read(tf));
    return tf.math.add(kernel.read(tf), tf.math.mul(product, tf.constant(scale)));
  }
}
