package org.tdro.huggingface.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements of floating-point tensors from {@code float}s. Bytes are little-endian, whatever the order of the buffer. */
public final class FloatBytes {
  /** The bit that keeps a NaN from becoming infinite where the lower half is dropped. */
  private static final int QUIET = 0x40;

  private FloatBytes() {}

  /**
   * Writes elements, rounding them to the nearest, and moves the buffer's position behind them.
   *
   * @param from has {@code count} values from index {@code at} on
   * @throws IllegalArgumentException for types other than F32 and BF16
   */
  public static void write(DType type, float[] from, int at, int count, ByteBuffer bytes) {
    var target = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case F32 -> target.asFloatBuffer().put(from, at, count);
      case BF16 -> {
        var bits = target.asShortBuffer();
        for (int i = 0; i < count; i++) {
          bits.put(i, bfloat16(from[at + i]));
        }
      }
      default ->
        throw new IllegalArgumentException("floats are written as F32 or BF16, not as " + type);
    }
    bytes.position(bytes.position() + count * type.bytes());
  }

  /** Returns the upper half of a {@code float}, rounded to nearest with ties to even; NaN stays NaN. */
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Rounding could carry a mantissa of ones into the sign.
      return (short) (bits >>> 16 | QUIET);
    }
    int lastKept = bits >>> 16 & 1;
    return (short) ((bits + 0x7fff + lastKept) >>> 16);
  }
}
