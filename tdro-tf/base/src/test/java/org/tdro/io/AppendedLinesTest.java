package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendedLinesTest {
  @TempDir
  Path folder;

  @Test
  void aTornLineIsLeftOut() throws IOException {
    var file = Files.writeString(folder.resolve("log"), "step,loss\n1,0.5\n2,0.");
    assertThat(AppendedLines.read(file)).containsExactly("step,loss", "1,0.5");
  }

  @Test
  void aFileWithoutALineEndHasNoLines() throws IOException {
    assertThat(AppendedLines.read(Files.writeString(folder.resolve("log"), "st")))
        .isEmpty();
  }

  @Test
  void whatIsReplacedIsReadBack() throws IOException {
    var file = folder.resolve("log");
    AppendedLines.replace(file, List.of("a", "b"));
    assertThat(file).hasContent("a\nb\n");
    assertThat(AppendedLines.read(file)).containsExactly("a", "b");
    AppendedLines.replace(file, List.of());
    assertThat(file).isEmptyFile();
  }
}
