package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipMembersTest {
  private static byte[] member(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static String read(byte[] file, int buffer) throws IOException {
    try (var in = GzipMembers.open(new ByteArrayInputStream(file), buffer)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Buffers of all sizes, so that members end anywhere in them. */
  @Test
  void membersAreReadOneAfterTheOther() throws IOException {
    var file = joined(member("one "), member(""), member("two "), member("three"));
    for (int buffer = 1; buffer <= file.length + 1; buffer++) {
      assertThat(read(file, buffer)).isEqualTo("one two three");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 9})
  void aCutHeaderIsNotTheEnd(int bytes) throws IOException {
    var file = joined(member("one"), Arrays.copyOf(member("two"), bytes));
    for (int buffer = 1; buffer <= file.length + 1; buffer++) {
      int size = buffer;
      assertThatThrownBy(() -> read(file, size)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatIsNotAMemberIsNotTheEnd() throws IOException {
    var damaged = member("two");
    damaged[1] = 0;
    for (var rest :
        new byte[][] {damaged, new byte[5000], "garbage".getBytes(StandardCharsets.UTF_8)}) {
      var file = joined(member("one"), rest, member("three"));
      for (int buffer : new int[] {1, 7, 30, 512, 1 << 16}) {
        assertThatThrownBy(() -> read(file, buffer)).isInstanceOf(IOException.class);
      }
    }
  }
}
