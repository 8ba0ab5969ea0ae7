package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.FileException;

class RowOutputTest {
  private static final TrainingRow ROW =
      new TrainingRow("1", "a", List.of(new Passage("", "", "b")), List.of(), Optional.empty());

  @TempDir
  private Path folder;

  @Test
  void aDomainWithoutRowsHasNoFile() {
    var output = folder.resolve("out");
    RowOutput.write(output, beside -> {
      try (var full = RowOutput.open(beside, "full", Path.of("full.jsonl.gz"))) {
        full.write(ROW);
      }
      RowOutput.open(beside, "empty", Path.of("empty.jsonl")).close();
      return Map.of("command", "test");
    });
    assertThat(output.resolve("full.jsonl.gz")).exists();
    assertThat(output.resolve("empty.jsonl")).doesNotExist();
    assertThat(RowOutput.isOne(output)).isTrue();
  }

  @Test
  void whatAppearsWhileRowsAreWrittenStays() {
    var output = folder.resolve("out");
    assertThatThrownBy(() -> RowOutput.write(output, beside -> {
          Files.writeString(Files.createDirectory(output).resolve("thesis.txt"), "precious");
          return Map.of();
        }))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("something was written there in the meantime");
    assertThat(output.resolve("thesis.txt")).hasContent("precious");
  }

  @Test
  void anOutputOfBeforeIsReplaced() {
    var output = folder.resolve("out");
    for (int i = 0; i < 2; i++) {
      int number = i;
      RowOutput.write(output, beside -> Map.of("number", number));
    }
    assertThat(output.resolve(".tdro-rows.json")).content().contains("1");
  }
}
