package org.tdro.mixing.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.mixing.WeightsFile.DomainWeight;
import org.tdro.mixing.audit.DomainAudit.Ranks;
import org.tdro.mixing.audit.DomainAudit.Verdict;
import org.tdro.mixing.audit.PositiveRanks.Ranked;
import org.tdro.rows.duplicates.RepeatedRows;

class DomainAuditTest {
  private static final int ROWS = 640;

  private static final RowExample OUTRANKED = new RowExample("q 2", "b", "y", 2, 5, "z");

  @TempDir
  private Path folder;

  /** Ranks of rows of which a share has ranks like guesses, and the others are right. */
  private static Ranks ranks(double loss, double mispaired) {
    return ranks(loss, mispaired, 0);
  }

  /** The same, and a share of rows with ranks like guesses among five passages of their own. */
  private static Ranks ranks(double loss, double mispaired, double contradicted) {
    return new Ranks(ranks(loss, mispaired, 64, ROWS), ranks(loss, contradicted, 5, ROWS / 4));
  }

  private static PositiveRanks ranks(double loss, double guessed, int candidates, int rows) {
    return new PositiveRanks(IntStream.range(0, rows)
        .mapToObj(
            i -> new Ranked(0, loss, i < guessed * rows ? i % candidates + 1 : 1, candidates, 0))
        .toList());
  }

  private static RepeatedRows copies(long copies) {
    return new RepeatedRows(100, copies, new TreeMap<>());
  }

  private static DomainAudit audit(String name, double mispaired) {
    return DomainAudit.of(
        name,
        ranks(3, 1),
        ranks(1, mispaired),
        ranks(0.5, mispaired),
        copies(0),
        List.of(new RowExample("q 1", "a \u001b <b>\n" + "x".repeat(300), "y", 60, 64, null)),
        List.of(OUTRANKED));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 1, 0.5, 0, 0, 0, learnable",
    "3, 0.05, 0.04, 0, 0, 0, saturated",
    "3, 1, 0.05, 0, 0, 0, memorised",
    "1, 0.95, 0.9, 0, 0, 0, nothing left to learn",
    "4.2, 4.2, 1, 1, 0, 0, looks like noise",
    "3, 2.5, 1, 0.5, 0, 0, looks like noise",
    "3, 2.5, 1, 0.2, 0, 0, learnable",
    "3, 2, 1, 0.1, 1, 0, looks like noise",
    "3, 2, 1, 0.1, 0.5, 0, learnable",
    "4, 3, 1, 0.1, 1, 0, learnable",
    "3, 1, 0.5, 0, 0, 30, copies"
  })
  void theVerdictFollowsFromLossesRanksAndCopies(
      double start,
      double unseen,
      double seen,
      double mispaired,
      double contradicted,
      long copies,
      String verdict) {
    var audit = DomainAudit.of(
        "a",
        ranks(start, mispaired, contradicted),
        ranks(unseen, mispaired, contradicted),
        ranks(seen, mispaired, contradicted),
        copies(copies),
        List.of(),
        List.of(OUTRANKED));
    assertThat(audit.verdict()).hasToString(verdict);
    assertThat(audit.suspected())
        .isEqualTo(audit.verdict() == Verdict.NOISE || audit.verdict() == Verdict.COPIES);
  }

  @Test
  void rowsThatAreShownAreThoseOfTheReason() {
    var contradicted = DomainAudit.of(
        "a",
        ranks(3, 0.1, 1),
        ranks(2, 0.1, 1),
        ranks(1, 0.1, 1),
        copies(0),
        List.of(),
        List.of(OUTRANKED));
    assertThat(contradicted.reason()).contains("their own negatives look as good");
    assertThat(contradicted.worst()).containsExactly(OUTRANKED);
    assertThat(OUTRANKED.lines()).containsExactly("q 2, rank 2 of 5: b", "→ y", "× z");
    assertThat(audit("a", 0.5).worst()).doesNotContain(OUTRANKED);
  }

  @Test
  void theReasonHasNumbers() {
    assertThat(audit("a", 0.5).reason())
        .isEqualTo(
            "query and positive do not seem to belong together in 50 % of the rows (± 5), and the loss of unseen rows is 1.00 (a guess: 4.16)");
  }

  /** A start may know more than a short training teaches. */
  @Test
  void theModelThatTakesFewerRowsForMispairedCounts() {
    var audit = DomainAudit.of(
        "a", ranks(1, 0.1), ranks(4, 0.9), ranks(1, 0), copies(0), List.of(), List.of());
    assertThat(audit.mispaired().value()).isBetween(0.09, 0.11);
  }

  @Test
  void aHandfulOfRowsIsNotEnoughForSuspicion() {
    var few = new PositiveRanks(List.of(
        new Ranked(0, 5, 4, 4, 0),
        new Ranked(0, 1, 1, 4, 0),
        new Ranked(0, 1, 1, 4, 0),
        new Ranked(0, 1, 1, 4, 0),
        new Ranked(0, 1, 1, 4, 0),
        new Ranked(0, 1, 1, 4, 0),
        new Ranked(0, 1, 1, 4, 0),
        new Ranked(0, 1, 1, 4, 0)));
    assertThat(few.mispaired().value()).isEqualTo(0.5);
    var ranks = new Ranks(few, few);
    assertThat(DomainAudit.of("a", ranks, ranks, ranks, copies(0), List.of(), List.of())
            .suspected())
        .isFalse();
  }

  @Test
  void withoutRowsNothingIsKnown() {
    var none = new Ranks(new PositiveRanks(List.of()), new PositiveRanks(List.of()));
    var audit = DomainAudit.of("a", none, none, none, copies(0), List.of(), List.of());
    assertThat(audit.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(audit.suspected()).isFalse();
  }

  @Test
  void aReportIsReadAsItWasWritten() {
    var none = new Ranks(new PositiveRanks(List.of()), new PositiveRanks(List.of()));
    var report = new AuditReport(
        "key",
        List.of(
            audit("a", 0),
            audit("b", 1),
            DomainAudit.of("c", none, none, none, copies(0), List.of(), List.of())));
    report.write(folder);
    assertThat(AuditReport.read(folder)).contains(report);
    assertThat(report.domains()).extracting(DomainAudit::domain).containsExactly("b", "a", "c");
    assertThat(folder.resolve("audit.md"))
        .content()
        .startsWith("# Audit\n\n1 of 3 domains is suspected: b.\n")
        .contains(
            "| b | 0.93 \\* | looks like noise | 3.00 | 1.00 | 0.50 | 4.16 | 1.00 ± 0.07 | 0.00 ± 0.03 | 0.00 |")
        .contains("| c | 0.00 | too few rows |  |  |  |  |  | – | 0.00 |")
        .endsWith(
            "\n## Rows of b that fit least, as the models read them\n\n    q 1, rank 60 of 64: a ? <b> "
                + "x".repeat(191) + "…\n    → y\n");
  }

  @Test
  void theWeightsAreEqualSharesOfTheOthers() {
    var report = new AuditReport("key", List.of(audit("a", 0), audit("b", 1), audit("c", 0.1)));
    assertThat(report.weights().domains())
        .extracting(DomainWeight::name, DomainWeight::weight)
        .containsExactly(tuple("a", 0.5), tuple("c", 0.5));
  }

  @Test
  void theLeastSuspiciousIsKeptWhereAllAreSuspected() {
    var report = new AuditReport("key", List.of(audit("a", 0.9), audit("b", 0.5)));
    assertThat(report.weights().domains()).extracting(DomainWeight::name).containsExactly("b");
  }
}
