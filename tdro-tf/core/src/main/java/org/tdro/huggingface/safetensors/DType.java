package org.tdro.huggingface.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Element types, named as in the header. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  /** The upper half of an {@code F32}. */
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  /** The bit that keeps a NaN from becoming infinite where the lower half is dropped. */
  private static final int QUIET = 0x40;

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of an element. */
  public int bytes() {
    return bytes;
  }

  /**
   * Returns the type's name in PyTorch, as {@code config.json} has it.
   *
   * @throws IllegalArgumentException for types that weights are not written in
   */
  public String torch() {
    return switch (this) {
      case F32 -> "float32";
      case BF16 -> "bfloat16";
      default ->
        throw new IllegalArgumentException("weights are written as F32 or BF16, not as " + this);
    };
  }

  static Optional<DType> named(String name) {
    for (var type : values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /**
   * Writes floats as elements of this type, little-endian whatever the order of the buffer and rounded to the nearest; the
   * buffer's position moves behind them.
   *
   * @param from has {@code count} values from index {@code at} on
   * @throws IllegalArgumentException for types other than F32 and BF16
   */
  public void write(float[] from, int at, int count, ByteBuffer to) {
    var target = to.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    switch (this) {
      case F32 -> target.asFloatBuffer().put(from, at, count);
      case BF16 -> {
        var bits = target.asShortBuffer();
        for (int i = 0; i < count; i++) {
          bits.put(i, bfloat16(from[at + i]));
        }
      }
      default ->
        throw new IllegalArgumentException("floats are written as F32 or BF16, not as " + this);
    }
    to.position(to.position() + count * bytes);
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
