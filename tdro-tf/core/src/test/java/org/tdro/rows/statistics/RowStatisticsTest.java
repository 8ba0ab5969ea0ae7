package org.tdro.rows.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.data.ImportedRows;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;
import org.tdro.rows.duplicates.KnownText;

class RowStatisticsTest {
  @TempDir
  private Path folder;

  private static String row(String id, String query, String positive, String negative) {
    return "{\"query_id\":\"%s\",\"query\":\"%s\",\"positive_passages\":[{\"docid\":\"d%s\",\"text\":\"%s\"}],\"negative_passages\":[{\"text\":\"%s\"}]}"
        .formatted(id, query, id, positive, negative);
  }

  @Test
  void findsContradictionsFalseNegativesAndOverlaps() {
    ImportedRows.write(
        folder.resolve("a.jsonl"),
        row("1", "x", "p", "P!"),
        row("2", "X", "q", "p"),
        row("3", "y", "p", "q"),
        row("4", "x.", "q", "n"));
    var sets = new EvaluationOverlap.Sets();
    sets.addQuery(new KnownText("set", "4", "Y?"));
    sets.addDocument(new KnownText("set", "d1", "q"));
    var found = RowStatistics.of(
        DomainRows.of(List.of(folder), RowOptions.RECOGNISE, skipped -> {}, 2, read -> {}),
        RowStatistics::characters,
        sets);
    var domain = found.domains().get(0);
    assertThat(domain.rowsWithContradiction()).isEqualTo(1);
    assertThat(domain.rowsWithFalseNegative()).isEqualTo(1);
    assertThat(domain.pool()).isEqualTo(3);
    assertThat(found.repeated().get("a").copies()).isEqualTo(1);
    assertThat(found.scripts().get("a")).isEqualTo(Map.of("Latin", 8L));
    assertThat(found.languages().get("a")).isEqualTo(Map.of("unsure", 8L));
    assertThat(found.overlaps()).containsExactly(new EvaluationOverlap("a", "set", 1, 1, 2, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "Wer schrieb Faust?, Latin",
    "喀喇汗國, Han",
    "東京都庁舎はどこにありますか, Kana",
    "서울 特別市, Hangul",
    "Паритет, Cyrillic",
    "पैंथर्स, Devanagari",
    "42 + 1, none",
  })
  void scriptsAreNamed(String text, String script) {
    assertThat(Scripts.of(text)).isEqualTo(script);
  }
}
