package org.tdro.huggingface.safetensors;

/** Numbers of IEEE 754's binary16. */
public final class Float16 {
  private static final float SMALLEST = 0x1p-24f;

  private Float16() {}

  /** The number of these bits, exactly. */
  public static float toFloat(short bits) {
    var sign = (bits & 0x8000) << 16;
    var exponent = bits >>> 10 & 0x1f;
    var mantissa = bits & 0x3ff;
    if (exponent == 0) { // zero and subnormal numbers: multiples of the smallest
      var magnitude = mantissa * SMALLEST;
      return sign == 0 ? magnitude : -magnitude;
    }
    // A float's exponent is biased by 127 instead of 15, and all ones mean infinity or NaN in both.
    var wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
  }
}
