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
import org.tdro.io.InputException;
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
        .containsOnlyKeys("one", "two", "three", "four", "six");
    assertThat(skipped)
        .containsExactly(field
            + ": not read are sub (a folder, but not one whose files are the rows of a domain)");
  }

  @Test
  void endingsAreReadInAnyCase() throws IOException {
    for (var name : List.of("a.JSONL", "b.ndjson", "c.Jsonl.GZ", "d.jsonlines", "e.jsonl.zst")) {
      write(name, "");
    }
    assertThat(DomainFiles.sources(List.of(folder), skipped::add))
        .containsOnlyKeys("a", "b", "c", "d", "e");
    assertThat(skipped).isEmpty();
  }

  @Test
  void filesThatMayHoldAnythingAreReadIfTheirFirstRecordIsARow() throws IOException {
    write("rows.json", "{\"query_id\": \"1\", \"query\": \"a\"}\n");
    write("other.json", "{\"query\": \"a\", \"pos\": [\"b\"]}\n");
    write("list.json", "[{\"query_id\": \"1\"}]");
    write("pairs.csv", "query,answer\na,b\n");
    write("stats.json", "{\n  \"rows\": 5\n}\n");
    write("stats.csv", "domain,rows\na,5\n");
    write("corpus.jsonl", "");
    write("a.0.arrow", "");
    write(".hidden.json", "");
    assertThat(DomainFiles.sources(List.of(folder), skipped::add))
        .containsOnlyKeys("rows", "other", "list", "pairs");
    assertThat(skipped)
        .containsExactly(
            folder
                + ": not read are a.0.arrow; corpus.jsonl (documents); stats.csv, stats.json (its first record is not a row)");
  }

  /** A damaged file may have been one of rows: it is not passed over. */
  @Test
  void filesThatCannotBeReadAreAllNamed() throws IOException {
    write("rows.jsonl", "{\"query_id\": \"1\", \"query\": \"a\"}\n");
    write("cut.parquet", "PAR1");
    write("cut.csv.gz", "no gzip");
    assertThatThrownBy(() -> DomainFiles.sources(List.of(folder), skipped::add))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems())
                .hasSize(2)
                .allMatch(problem -> problem.startsWith(folder + "/cut.")));
  }

  @Test
  void aFolderOfOtherFilesSaysWhatTheyAre() throws IOException {
    write("a.tsv", "");
    write("b.jsonl.xz", "");
    assertThatThrownBy(() -> DomainFiles.sources(List.of(folder), skipped::add))
        .hasMessage(folder
            + ": holds no file of rows, such as DOMAIN.jsonl; not read are a.tsv (holds no records); b.jsonl.xz (decompress it: unxz -k "
            + folder + "/b.jsonl.xz)");
  }

  @Test
  void filesOfTheSameDomainAreRefused() throws IOException {
    write("a.jsonl", "");
    write("a.JSONL.gz", "");
    assertThatThrownBy(() -> DomainFiles.sources(List.of(folder), skipped::add))
        .hasMessageContaining("is a file of the same domain");
  }
}
