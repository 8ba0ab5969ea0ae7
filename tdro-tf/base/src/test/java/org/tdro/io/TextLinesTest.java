package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {
  @TempDir
  Path folder;

  @Test
  void blankLinesAreLeftOutButCounted() throws IOException {
    var file = Files.writeString(folder.resolve("f"), "a\n\n  \nb\n");
    assertThat(all(file))
        .containsExactly(new TextLines.Line(file, 1, "a"), new TextLines.Line(file, 4, "b"));
  }

  @Test
  void byteOrderMarkCarriageReturnsAndAMissingLastEndDoNotMatter() throws IOException {
    var file = Files.writeString(folder.resolve("f"), "\uFEFFa\r\nb");
    assertThat(all(file)).extracting(TextLines.Line::text).containsExactly("a", "b");
  }

  @Test
  void linesMayBeLongerThanTheBuffer() throws IOException {
    var line = "é".repeat(100_000);
    var file = Files.writeString(folder.resolve("f"), line + "\n" + line + "x\n");
    assertThat(all(file)).extracting(TextLines.Line::text).containsExactly(line, line + "x");
  }

  @Test
  void aMalformedByteIsReportedWithItsLineAndReadingGoesOn() throws IOException {
    var file = Files.write(folder.resolve("f"), new byte[] {'a', '\n', (byte) 0xff, '\n', 'b'});
    try (var lines = TextLines.open(file)) {
      assertThat(lines.next().text()).isEqualTo("a");
      assertThatThrownBy(lines::next)
          .isInstanceOf(InputException.class)
          .hasMessage(file + ":2: " + TextLines.NOT_UTF_8);
      assertThat(lines.next()).isEqualTo(new TextLines.Line(file, 3, "b"));
      assertThat(lines.next()).isNull();
    }
  }

  @Test
  void aCutGzipStreamEndsReading() throws IOException {
    var whole = gzip("line\n".repeat(1000));
    var file = Files.write(folder.resolve("f.gz"), Arrays.copyOf(whole, whole.length - 10));
    try (var lines = TextLines.open(file)) {
      assertThatThrownBy(() -> {
            while (lines.next() != null) {}
          })
          .isInstanceOf(InputException.class)
          .hasMessageMatching("(?s).*f\\.gz:\\d+: the gzip file ends too early.*");
      assertThat(lines.next()).isNull();
    }
  }

  @Test
  void whatIsNoGzipIsNamed() throws IOException {
    var file = Files.writeString(folder.resolve("f.gz"), "plain text");
    assertThatThrownBy(() -> TextLines.open(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":1: damaged gzip file");
  }

  @Test
  void chunksHoldTheLinesInOrder() throws IOException {
    var file = Files.writeString(folder.resolve("f"), "a\nb\nc\n");
    var sizes = new ArrayList<Integer>();
    try (var lines = TextLines.open(file)) {
      lines.chunks(2).forEachRemaining(chunk -> sizes.add(chunk.size()));
    }
    assertThat(sizes).containsExactly(2, 1);
  }

  @Test
  void chunksOfVeryLongLinesAreShorter() throws IOException {
    var file =
        Files.writeString(folder.resolve("f"), ("x".repeat(1 << 26) + "\n").repeat(2) + "c\n");
    var sizes = new ArrayList<Integer>();
    try (var lines = TextLines.open(file)) {
      lines.chunks(100).forEachRemaining(chunk -> sizes.add(chunk.size()));
    }
    assertThat(sizes).containsExactly(1, 1, 1);
  }

  /** It breaks a limit of the parser, which tells no place then. */
  @Test
  void deeplyNestedJsonIsToldByLine() throws IOException {
    var nested = "{\"a\": " + "[".repeat(2000) + "]".repeat(2000) + "}";
    var file = Files.writeString(folder.resolve("f"), "{}\n" + nested + "\n");
    var second = all(file).get(1);
    assertThatThrownBy(second::object)
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ":2: malformed JSON: ")
        .hasMessageContaining("nesting depth");
  }

  private static List<TextLines.Line> all(Path file) {
    var all = new ArrayList<TextLines.Line>();
    try (var lines = TextLines.open(file)) {
      for (var line = lines.next(); line != null; line = lines.next()) {
        all.add(line);
      }
    }
    return all;
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
