package org.tdro.rows.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.io.InputException;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;
import org.tdro.rows.TrainingTexts;
import org.tdro.testing.Shared;
import org.tdro.text.WordCounts;

class DomainStatisticsTest {
  @TempDir
  Path folder;

  private static List<DomainStatistics> ofFiles(Path... places) {
    var rows = DomainRows.of(List.of(places), RowOptions.RECOGNISE, skipped -> {}, 2, read -> {});
    return RowStatistics.of(rows, RowStatistics::characters, new EvaluationOverlap.Sets())
        .domains();
  }

  @Test
  void percentilesAreOfTheSortedLengths() {
    var lengths = new LengthCounts();
    for (var length : new int[] {300, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
      lengths.add(length);
    }
    assertThat(lengths.percentile(0.5)).isEqualTo(5);
    assertThat(lengths.percentile(0.9)).isEqualTo(9);
    assertThat(lengths.max()).isEqualTo(300);
  }

  @Test
  void countsTheMiniDomains() {
    var mini = ofFiles(Shared.path("data/mini"));
    // data/README.md: the first 200 lines of five domains.
    assertThat(mini)
        .extracting(DomainStatistics::domain)
        .containsExactly("agnews", "gsm8k", "tldr_cmd", "tldr_xling", "trivia");
    assertThat(mini)
        .allMatch(domain -> domain.rows() == 200
            && domain.passageLengths().total() == domain.positives() + domain.negatives());
    assertThat(mini.get(4).negatives()).isEqualTo(1200);
  }

  /** As far as twenty, and of all files; so does learning a vocabulary from them. */
  @Test
  void allWrongRowsAreTold() throws IOException {
    var first = folder.resolve("rows/a.jsonl");
    var second = folder.resolve("rows/b.jsonl");
    ImportedRows.write(first, ImportedRows.row("1", "abc", 1, 2));
    Files.writeString(first, "{}\n7\n", StandardOpenOption.APPEND);
    Files.writeString(second, "[1]\n");
    for (ThrowingCallable reading : List.<ThrowingCallable>of(
        () -> ofFiles(first, second),
        () -> TrainingTexts.count(List.of(first, second), new WordCounts(true), 2))) {
      assertThatThrownBy(reading)
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("a.jsonl:2: ", "a.jsonl:3: ", "b.jsonl:1: ");
    }
  }

  @Test
  void importedRowsAreMeasuredInTokens() {
    ImportedRows.write(
        folder.resolve("rows/a.jsonl"),
        ImportedRows.row("1", "abc", 1, 2),
        ImportedRows.row("2", "x", 1, 0));
    try (var data = ImportedRows.imported(folder, folder.resolve("rows"))) {
      var domain = data.statistics().get(0);
      assertThat(domain.rows()).isEqualTo(2);
      assertThat(domain.rowsWithoutNegatives()).isEqualTo(1);
      // Bytes and an end token: "abc" 4, "x" 2; "abcp0" 6, "xp0" 4.
      assertThat(domain.queryLengths().max()).isEqualTo(4);
      assertThat(domain.passageLengths().percentile(0.5)).isEqualTo(6);
      assertThat(domain.passageLengths().percentile(0.25)).isEqualTo(4);
    }
  }
}
