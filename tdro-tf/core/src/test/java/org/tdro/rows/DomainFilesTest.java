package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Shared;

class DomainFilesTest {
  @TempDir
  Path folder;

  private final List<String> skipped = new ArrayList<>();

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  @Test
  void filesOfRowsHaveManyEndingsAndTheOthersAreNamed() {
    var field = Shared.path("field/14-endings/d");
    assertThat(DomainFiles.sources(List.of(field), skipped::add))
        .containsOnlyKeys("one", "two", "three", "six");
    assertThat(skipped)
        .containsExactly(field + ": not read are four.jsonl.zst (decompress it: zstd -d " + field
            + "/four.jsonl.zst), sub (a folder; only files directly in a folder are read)");
  }

  @Test
  void endingsAreReadInAnyCase() throws IOException {
    for (var name : List.of("a.JSONL", "b.ndjson", "c.Jsonl.GZ", "d.jsonlines")) {
      write(name, "");
    }
    assertThat(DomainFiles.sources(List.of(folder), skipped::add))
        .containsOnlyKeys("a", "b", "c", "d");
    assertThat(skipped).isEmpty();
  }

  @Test
  void aJsonFileIsReadIfItsFirstLineIsARow() throws IOException {
    write("rows.json", "{\"query_id\": \"1\", \"query\": \"a\"}\n");
    write("other.json", "{\"query\": \"a\", \"pos\": [\"b\"]}\n");
    write("list.json", "[{\"query_id\": \"1\"}]");
    write("stats.json", "{\n  \"rows\": 5\n}\n");
    write(".hidden.json", "");
    assertThat(DomainFiles.sources(List.of(folder), skipped::add))
        .containsOnlyKeys("rows", "other");
    assertThat(skipped)
        .containsExactly(
            folder
                + ": not read are list.json (a list: make lines of it with jq -c '.[]' list.json), stats.json (its first line is not a row)");
  }

  @Test
  void aFolderOfOtherFilesSaysWhatTheyAre() throws IOException {
    write("a.tsv", "");
    write("b.jsonl.zst", "");
    assertThatThrownBy(() -> DomainFiles.sources(List.of(folder), skipped::add))
        .hasMessage(folder
            + ": holds no file DOMAIN.jsonl or DOMAIN.jsonl.gz; not read are a.tsv, b.jsonl.zst (decompress it: zstd -d "
            + folder + "/b.jsonl.zst)");
  }

  @Test
  void filesOfTheSameDomainAreRefused() throws IOException {
    write("a.jsonl", "");
    write("a.JSONL.gz", "");
    assertThatThrownBy(() -> DomainFiles.sources(List.of(folder), skipped::add))
        .hasMessageContaining("is a file of the same domain");
  }
}
