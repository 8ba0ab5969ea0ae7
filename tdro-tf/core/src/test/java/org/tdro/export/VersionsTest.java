package org.tdro.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsTest {
  @TempDir
  Path base;

  private Path add(OptionalLong version) {
    return new Versions(base).add(version, beside -> Files.writeString(beside.resolve("f"), "x"));
  }

  @Test
  void theNextVersionFollowsTheHighest() throws IOException {
    assertThat(add(OptionalLong.empty())).isEqualTo(base.resolve("1"));
    Files.createDirectories(base.resolve("41"));
    Files.createDirectories(base.resolve("not-a-version"));
    assertThat(add(OptionalLong.empty())).isEqualTo(base.resolve("42")).isDirectory();
  }

  @Test
  void aChosenNumberMayLieBelowTheHighest() throws IOException {
    Files.createDirectories(base.resolve("41"));
    assertThat(add(OptionalLong.of(7)).resolve("f")).hasContent("x");
  }

  @Test
  void aVersionThatIsThereIsNotReplaced() {
    add(OptionalLong.of(3));
    assertThatThrownBy(() -> add(OptionalLong.of(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has a version 3 already; the next free one is 4");
    assertThatThrownBy(() -> add(OptionalLong.of(-1))).hasMessageContaining("at least 0, was -1");
  }

  /** While it is written and when it has failed. */
  @Test
  void aVersionIsSeenWholeOrNotAtAll() {
    assertThatThrownBy(() -> new Versions(base).add(OptionalLong.empty(), beside -> {
          Files.writeString(beside.resolve("half"), "x");
          assertThat(numbers()).isEmpty();
          assertThat(beside.getFileName().toString()).doesNotMatch("[0-9]+");
          throw new IOException("the disk is full");
        }))
        .hasMessageContaining("the disk is full");
    assertThat(numbers()).isEmpty();
  }

  private String[] numbers() {
    return base.toFile().list((folder, name) -> name.matches("[0-9]+"));
  }

  @Test
  void twoExportsIntoOneFolderDoNotMix() {
    assertThatThrownBy(
            () -> new Versions(base).add(OptionalLong.empty(), beside -> add(OptionalLong.empty())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another process is exporting into " + base);
  }

  @Test
  void aFileIsNoFolderOfVersions() throws IOException {
    var file = Files.writeString(base.resolve("file"), "x");
    assertThatThrownBy(() -> new Versions(file).check(OptionalLong.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a file");
  }
}
