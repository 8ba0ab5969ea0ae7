package org.tdro.huggingface.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements of floating-point tensors as {@code float}s. Bytes are little-endian, whatever the order of the buffer. */
public final class FloatBytes {
  private FloatBytes() {}

  /**
   * Reads elements, widening them exactly, and moves the buffer's position behind them.
   *
   * @param into gets {@code count} values from index {@code at} on
   * @throws IllegalArgumentException for types that a {@code float} does not hold
   */
  public static void read(DType type, ByteBuffer bytes, float[] into, int at, int count) {
    switch (type) {
      case F32 -> littleEndian(bytes).asFloatBuffer().get(into, at, count);
      case BF16 -> {
        var bits = littleEndian(bytes).asShortBuffer();
        for (int i = 0; i < count; i++) {
          into[at + i] = Bfloat16.toFloat(bits.get(i));
        }
      }
      case F16 -> {
        var bits = littleEndian(bytes).asShortBuffer();
        for (int i = 0; i < count; i++) {
          into[at + i] = Float16.toFloat(bits.get(i));
        }
      }
      default ->
        throw new IllegalArgumentException(
            "a float does not hold every " + type + ", only F32, F16 and BF16");
    }
    bytes.position(bytes.position() + count * type.bytes());
  }

  /**
   * Writes elements, rounding them to the nearest, and moves the buffer's position behind them.
   *
   * @param from has {@code count} values from index {@code at} on
   * @throws IllegalArgumentException for types other than F32 and BF16
   */
  public static void write(DType type, float[] from, int at, int count, ByteBuffer bytes) {
    switch (type) {
      case F32 -> littleEndian(bytes).asFloatBuffer().put(from, at, count);
      case BF16 -> {
        var bits = littleEndian(bytes).asShortBuffer();
        for (int i = 0; i < count; i++) {
          bits.put(i, Bfloat16.fromFloat(from[at + i]));
        }
      }
      default ->
        throw new IllegalArgumentException("floats are written as F32 or BF16, not as " + type);
    }
    bytes.position(bytes.position() + count * type.bytes());
  }

  private static ByteBuffer littleEndian(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
