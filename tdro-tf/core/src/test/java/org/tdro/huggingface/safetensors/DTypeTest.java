package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DTypeTest {
  @ParameterizedTest
  @CsvSource({
    "0x1p0, 3f80",
    "-0x1.8p1, c040",
    "-0x0p0, 8000",
    "0x1.01p0, 3f80", // half way, to the even one below
    "0x1.03p0, 3f82", // half way, to the even one above
    "0x1.010002p0, 3f81", // just over half way
    "0x1.fffffep127, 7f80", // the largest float is nearer to what would be 2^128
    "0x1.fep127, 7f7f",
    "0x1p-149, 0000",
    "0x1.fffffcp-127, 0080", // a subnormal number rounds to the smallest normal one
    "Infinity, 7f80",
    "-Infinity, ff80"
  })
  void bfloat16IsTheNearest(float value, String hex) {
    assertThat(DType.bfloat16(value)).isEqualTo((short) Integer.parseInt(hex, 16));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7fc00000, 0x7f800001, 0x7fffffff, 0xffffffff, 0xff800001})
  void bfloat16OfNoNumberIsNoNumber(int bits) {
    var value = Float.intBitsToFloat(bits);
    assertThat(widened(DType.bfloat16(value))).isNaN();
  }

  @Test
  void everyBfloat16ComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      var value = widened((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(DType.bfloat16(value)).isEqualTo((short) bits);
      }
    }
  }

  /** A {@code float} with these bits as its upper half. */
  private static float widened(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  @Test
  void bytesAreLittleEndianInEveryBuffer() {
    var bytes = ByteBuffer.allocate(12);
    DType.F32.write(new float[] {9, 1, -2.5f, 9}, 1, 2, bytes);
    DType.BF16.write(new float[] {0.125f, 1}, 0, 2, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(bytes.array()).isEqualTo(new byte[] {
      0, 0, (byte) 0x80, 0x3f, 0, 0, 0x20, (byte) 0xc0, 0, 0x3e, (byte) 0x80, 0x3f
    });
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> DType.F16.write(new float[1], 0, 1, ByteBuffer.allocate(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("F16");
  }
}
