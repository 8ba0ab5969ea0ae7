package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FloatBytesTest {
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
    assertThat(Bfloat16.fromFloat(value)).isEqualTo((short) Integer.parseInt(hex, 16));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7fc00000, 0x7f800001, 0x7fffffff, 0xffffffff, 0xff800001})
  void bfloat16OfNoNumberIsNoNumber(int bits) {
    var value = Float.intBitsToFloat(bits);
    assertThat(Bfloat16.toFloat(Bfloat16.fromFloat(value))).isNaN();
  }

  @Test
  void everyBfloat16ComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      var value = Bfloat16.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(Bfloat16.fromFloat(value)).isEqualTo((short) bits);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3c00, 1",
    "c000, -2",
    "3555, 0x1.554p-2",
    "7bff, 65504",
    "0400, 0x1p-14",
    "03ff, 0x1.ff8p-15",
    "0001, 0x1p-24",
    "8001, -0x1p-24",
    "0000, 0",
    "8000, -0",
    "7c00, Infinity",
    "fc00, -Infinity",
    "7e00, NaN",
    "fc01, NaN"
  })
  void float16IsWidenedExactly(String hex, float value) {
    // As bits, to tell -0 from 0.
    assertThat(Float.floatToIntBits(Float16.toFloat((short) Integer.parseInt(hex, 16))))
        .isEqualTo(Float.floatToIntBits(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "BF16"})
  void whatIsWrittenIsRead(DType type) {
    var bytes = ByteBuffer.allocate(3 * type.bytes());
    FloatBytes.write(type, new float[] {9, 1, -2.5f, 9}, 1, 2, bytes);
    FloatBytes.write(type, new float[] {0.125f}, 0, 1, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    var read = new float[4];
    bytes.flip();
    FloatBytes.read(type, bytes, read, 1, 1);
    FloatBytes.read(type, bytes, read, 2, 2);
    assertThat(read).containsExactly(0, 1, -2.5f, 0.125f);
  }

  @Test
  void bytesAreLittleEndianInEveryBuffer() {
    var read = new float[1];
    FloatBytes.read(DType.F16, ByteBuffer.wrap(new byte[] {0, 0x3c}), read, 0, 1);
    assertThat(read).containsExactly(1);
    FloatBytes.read(DType.F32, ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3f}), read, 0, 1);
    assertThat(read).containsExactly(1);
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> FloatBytes.read(DType.F64, ByteBuffer.allocate(8), new float[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("F64");
    assertThatThrownBy(
            () -> FloatBytes.write(DType.F16, new float[1], 0, 1, ByteBuffer.allocate(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("F16");
  }
}
