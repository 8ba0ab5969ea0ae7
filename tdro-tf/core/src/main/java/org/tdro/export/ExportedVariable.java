package org.tdro.export;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * A tensor of an exported checkpoint.
 *
 * @param name of the variable that holds it
 * @param weight the trained weight that it is made from
 * @param form in which it is stored
 * @param axis over which the numbers share one scale; of {@link Form#INT8} and {@link Form#SCALE}
 */
record ExportedVariable(String name, String weight, Form form, int axis, Shape shape) {
  private static final float LARGEST = 127;
  /** Keeps the scale of numbers that are all 0 from being 0. */
  private static final float SMALLEST = 1e-30f;

  /** The form in which a weight is stored. */
  enum Form {
    /** The weight. */
    WHOLE(DataType.DT_FLOAT),
    /** The weight, rounded to 16 bits. */
    BF16(DataType.DT_BFLOAT16),
    /** The weight divided by its scale, rounded: -127 … 127. */
    INT8(DataType.DT_INT8),
    /** The largest magnitude / 127. */
    SCALE(DataType.DT_FLOAT);

    private final DataType type;

    Form(DataType type) {
      this.type = type;
    }
  }

  /** Returns the variable that holds a weight unchanged. */
  static ExportedVariable whole(String weight, Shape shape) {
    return new ExportedVariable(weight, weight, Form.WHOLE, 0, shape);
  }

  DataType type() {
    return form.type;
  }

  /** Returns the operand that computes the value, of {@link #type} and {@link #shape}. */
  Output<?> value(Ops tf, Operand<TFloat32> weight) {
    return switch (form) {
      case WHOLE -> weight.asOutput();
      case BF16 -> cast(tf, weight);
      case INT8 -> cast(tf, tf.math.rint(tf.math.div(weight, scale(tf, weight))));
      case SCALE -> scale(tf, weight).asOutput();
    };
  }

  private Operand<TFloat32> scale(Ops tf, Operand<TFloat32> weight) {
    var largest = tf.reduceMax(tf.math.abs(weight), tf.constant(axis), ReduceMax.keepDims(true));
    return tf.math.div(tf.math.maximum(largest, tf.constant(SMALLEST)), tf.constant(LARGEST));
  }

  /** Casts by the raw operation: the Java API has no signed 8-bit type. */
  private Output<?> cast(Ops tf, Operand<TFloat32> weight) {
    return tf.scope()
        .opBuilder("Cast", "Cast")
        .addInput(weight.asOutput())
        .setAttr("DstT", type())
        .build()
        .output(0);
  }
}
