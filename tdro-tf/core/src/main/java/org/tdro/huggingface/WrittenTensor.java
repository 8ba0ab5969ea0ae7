package org.tdro.huggingface;

import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.TensorSpec;
import org.tdro.keras.Weight;
import org.tdro.models.lora.LoraKernel;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that is written, and the operand with its values.
 *
 * @param value in the shape of {@code spec}
 */
record WrittenTensor(TensorSpec spec, Operand<TFloat32> value) {

  /** A weight under its published name, a kernel turned to {@code [out, in]}. */
  static WrittenTensor of(Ops tf, Weight weight, DType type) {
    return of(tf, TensorNames.of(weight), weight, weight.read(tf), type);
  }

  /** A weight under another name. */
  static WrittenTensor named(Ops tf, String name, Weight weight, DType type) {
    return of(tf, name, weight, weight.read(tf), type);
  }

  /** The kernel of a map with its adapter in it. */
  static WrittenTensor merged(Ops tf, LoraKernel map, DType type) {
    var kernel = map.kernel();
    return of(tf, TensorNames.of(kernel), kernel, map.merged(tf), type);
  }

  /** A table of zeros, {@code [rows, columns]}. */
  static WrittenTensor zeros(Ops tf, String name, int rows, int columns, DType type) {
    var spec = new TensorSpec(name, type, new long[] {rows, columns});
    return new WrittenTensor(
        spec, tf.zeros(tf.constant(new int[] {rows, columns}), TFloat32.class));
  }

  private static WrittenTensor of(
      Ops tf, String name, Weight weight, Operand<TFloat32> value, DType type) {
    var shape = TensorNames.stored(weight);
    return TensorNames.isTransposed(weight)
        ? new WrittenTensor(
            new TensorSpec(name, type, shape),
            tf.linalg.transpose(value, tf.constant(new int[] {1, 0})))
        : new WrittenTensor(new TensorSpec(name, type, shape), value);
  }
}
