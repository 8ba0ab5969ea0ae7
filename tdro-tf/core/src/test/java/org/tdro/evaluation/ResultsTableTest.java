package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTableTest {
  private static ResultsTable table(ResultsTable.Row... rows) {
    return new ResultsTable("nDCG@10", List.of("uniform", "curr"), List.of(rows));
  }

  @Test
  void printsMarkdownWithAverages() {
    var table = table(
        new ResultsTable.Row("acl", List.of(0.5, 0.25)),
        new ResultsTable.Row("med", List.of(0.10004, 0.10001)));
    assertThat(table.toMarkdown(true)).isEqualTo("""
        | nDCG@10 | uniform | curr |
        |---|--:|--:|
        | acl | **0.5000** | 0.2500 |
        | med | **0.1000** | **0.1000** |
        | average | **0.3000** | 0.1750 |
        """);
  }

  @Test
  void rowsWithGapsAreNotInTheAverage() {
    var table = table(
        new ResultsTable.Row("acl", List.of(0.5, 0.25)),
        new ResultsTable.Row("med", List.of(Double.NaN, 0.75)));
    assertThat(table.toMarkdown(false)).isEqualTo("""
        | nDCG@10 | uniform | curr |
        |---|--:|--:|
        | acl | 0.5000 | 0.2500 |
        | med | – | 0.7500 |
        | average of the 1 without gaps | 0.5000 | 0.2500 |
        """);
  }

  @Test
  void rowsFitTheColumns() {
    assertThatThrownBy(() -> table(new ResultsTable.Row("acl", List.of(1.0))))
        .hasMessage("row 'acl' has 1 values for 2 columns");
  }
}
