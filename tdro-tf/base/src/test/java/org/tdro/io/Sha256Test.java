package org.tdro.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
  /** The first example of FIPS 180-2, appendix B. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir
  Path folder;

  @Test
  void bytesAndFilesHaveTheHashOfTheStandard() throws IOException {
    assertThat(Sha256.of("abc".getBytes(US_ASCII))).isEqualTo(ABC);
    assertThat(Sha256.of(Files.writeString(folder.resolve("abc"), "abc"))).isEqualTo(ABC);
  }

  @Test
  void aChangeThatKeepsSizeAndTimeIsNoticed() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "abd");
    var time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, time);
    assertThat(Sha256.of(file)).isNotEqualTo(ABC);
    Files.writeString(file, "abc");
    Files.setLastModifiedTime(file, time);
    assertThat(Sha256.of(file)).isEqualTo(ABC);
  }

  @Test
  void aMissingFileIsNamed() {
    var file = folder.resolve("absent");
    assertThatThrownBy(() -> Sha256.of(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("cannot read " + file);
  }
}
