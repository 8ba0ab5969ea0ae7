package org.tdro.data.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.io.InputException;
import org.tdro.rows.Fold;

class TrainingDataTest {
  @TempDir
  Path folder;

  private TrainingData imported() {
    for (var name : List.of("b", "a", "c")) {
      ImportedRows.write(
          folder.resolve("rows/" + name + ".jsonl"), ImportedRows.row("1", name, 1, 1));
    }
    return ImportedRows.imported(folder, folder.resolve("rows"));
  }

  @Test
  void domainsAreSortedByName() {
    try (var data = imported()) {
      assertThat(data.domains()).extracting(Domain::name).containsExactly("a", "b", "c");
    }
  }

  @Test
  void aSelectionKeepsItsOrder() {
    try (var data = imported()) {
      assertThat(data.select(List.of("c", "a")).domains())
          .extracting(Domain::name)
          .containsExactly("c", "a");
    }
  }

  @Test
  void unknownNamesAreAllReported() {
    try (var data = imported()) {
      assertThatThrownBy(() -> data.select(List.of("x", "a", "y")))
          .hasMessageContaining("domain x is unknown; there are a, b, c")
          .hasMessageContaining("domain y is unknown");
    }
  }

  @Test
  void theFingerprintIsOfTheContents() {
    String before;
    try (var data = imported()) {
      before = data.fingerprint();
      assertThat(data.select(List.of("a", "b")).fingerprint()).isNotEqualTo(before);
    }
    try (var data = imported()) {
      assertThat(data.fingerprint()).isEqualTo(before);
    }
    ImportedRows.write(folder.resolve("rows/a.jsonl"), ImportedRows.row("1", "z", 1, 1));
    try (var data = ImportedRows.imported(folder, folder.resolve("rows"))) {
      assertThat(data.fingerprint()).isNotEqualTo(before);
    }
  }

  @Test
  void domainsOfOtherLengthsDoNotFit() throws IOException {
    imported().close();
    try (var tokenizer = ImportedRows.byteTokenizer(folder)) {
      new TrainingDataImport(tokenizer, TrainingDataImport.Options.of(32, 32))
          .run(List.of(folder.resolve("rows/b.jsonl")), folder.resolve("other"));
    }
    for (var shard : List.of("b.0.arrow", "b.1.arrow")) {
      Files.delete(folder.resolve("arrow").resolve(shard));
      Files.move(folder.resolve("other").resolve(shard), folder.resolve("arrow").resolve(shard));
    }
    assertThatThrownBy(() -> TrainingData.open(folder.resolve("arrow")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "domain b was imported with another tokenizer or other lengths than a");
  }

  @Test
  void anEmptyFolderIsNamed() {
    assertThatThrownBy(() -> TrainingData.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no imported domains");
  }

  @Test
  void readingAfterClosingFails() {
    var data = imported();
    data.close();
    assertThatThrownBy(() -> data.domains().get(0).row(Fold.ALL, 0))
        .isInstanceOf(IllegalStateException.class);
  }
}
