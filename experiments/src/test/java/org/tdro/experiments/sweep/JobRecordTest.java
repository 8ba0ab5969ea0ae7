package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;

class JobRecordTest {
  @TempDir
  private Path folder;

  private static String line(String numbers, String identity) {
    return "{%s,\"overrides\":[\"seed=1\"],\"identity\":\"%s\",\"evaluation\":\"\",\"status\":\"COMPLETE\"}"
        .formatted(numbers, identity);
  }

  private void write(String... lines) throws IOException {
    Files.write(folder.resolve("jobs.jsonl"), List.of(lines));
  }

  @Test
  void wordsAreThoseOfTheDocumentationAndOldFilesAreRead() throws IOException {
    write(line("\"job\":7,\"steps\":[5],\"seconds\":1.5", "a"));
    var records = JobRecord.readAll(folder);
    assertThat(records.get(0).status()).isEqualTo(JobRecord.Status.COMPLETE);
    JobRecord.writeAll(folder, records);
    assertThat(folder.resolve("jobs.jsonl")).content().contains("\"status\":\"complete\"");
    assertThat(JobRecord.readAll(folder)).isEqualTo(records);
  }

  @Test
  void numbersThatCannotBeAreNamedWithTheirLines() throws IOException {
    write(
        line("\"job\":0,\"steps\":[5]", "a"),
        line("\"job\":-1,\"steps\":[5]", "b"),
        line("\"job\":2147483647,\"steps\":[5]", "c"),
        line("\"job\":3,\"steps\":[0],\"seconds\":-2", "d"),
        line("\"job\":0,\"steps\":[5]", "e"),
        line("\"job\":5,\"steps\":[5]", "a"));
    var file = folder.resolve("jobs.jsonl");
    assertThatThrownBy(() -> JobRecord.readAll(folder))
        .isInstanceOf(InputException.class)
        .satisfies(failure -> assertThat(((InputException) failure).problems())
            .containsExactly(
                file + ":2: job must be from 0 to 9999999, was -1",
                file + ":3: job must be from 0 to 9999999, was 2147483647",
                file + ":4: steps must be at least 1, were [0]",
                file + ":4: seconds must be at least 0, was -2.0",
                file + ":5: job 0 is in %s:1, too".formatted(file),
                file + ":6: this is the same job as that of %s:1".formatted(file)));
  }
}
