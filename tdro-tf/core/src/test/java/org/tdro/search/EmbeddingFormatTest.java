package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFormatTest {
  @TempDir
  private Path folder;

  /** Arrow refuses the schema of vectors without a size, and a file where a folder is. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aWriterThatCannotBeOpenedKeepsNoFileOpen() throws IOException {
    var file = folder.resolve("new.arrow");
    assertThatThrownBy(() -> EmbeddingFormat.ARROW.open(file, -1))
        .isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> EmbeddingFormat.ARROW.open(folder, 4)).isInstanceOf(IOException.class);
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.filter(Files::exists).map(EmbeddingFormatTest::target))
          .noneMatch(target -> target.startsWith(folder.toString()));
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed in the meantime
    }
  }
}
