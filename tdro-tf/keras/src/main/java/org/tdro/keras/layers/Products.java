package org.tdro.keras.layers;

import org.tdro.keras.ComputeType;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/** Products of matrices in a {@link ComputeType}, from and to single precision. */
public final class Products {
  private Products() {}

  /** {@code [n, k] × [k, m] -> [n, m]}. */
  public static Operand<TFloat32> of(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, ComputeType type) {
    return switch (type) {
      case FLOAT32 -> tf.linalg.matMul(a, b);
      case BFLOAT16 -> wide(tf, tf.linalg.matMul(narrow(tf, a), narrow(tf, b)));
    };
  }

  /** {@code [..., n, k] × [..., k, m] -> [..., n, m]}; with {@code transposeB} the second is {@code [..., m, k]}. */
  public static Operand<TFloat32> ofBatch(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, boolean transposeB, ComputeType type) {
    return switch (type) {
      case FLOAT32 -> BatchMatMul.call(tf, a, b, transposeB);
      case BFLOAT16 -> wide(tf, BatchMatMul.call(tf, narrow(tf, a), narrow(tf, b), transposeB));
    };
  }

  private static Operand<TBfloat16> narrow(Ops tf, Operand<TFloat32> x) {
    return tf.dtypes.cast(x, TBfloat16.class);
  }

  private static Operand<TFloat32> wide(Ops tf, Operand<TBfloat16> x) {
    return tf.dtypes.cast(x, TFloat32.class);
  }
}
