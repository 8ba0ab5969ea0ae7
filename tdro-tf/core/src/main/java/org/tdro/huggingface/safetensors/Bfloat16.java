package org.tdro.huggingface.safetensors;

/** Numbers of eight bits of mantissa and the exponent of a {@code float}: its upper half. */
public final class Bfloat16 {
  private Bfloat16() {}

  /** The number of these bits, exactly. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest number, that with an even last bit of two as near. What is not a number stays so. */
  public static short fromFloat(float value) {
    var bits = Float.floatToRawIntBits(value);
    // Rounding could carry a mantissa of ones into the sign; a set bit keeps it from becoming
    // infinite.
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    var lastKept = bits >>> 16 & 1;
    return (short) ((bits + 0x7fff + lastKept) >>> 16);
  }
}
