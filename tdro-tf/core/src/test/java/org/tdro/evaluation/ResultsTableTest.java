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
        | average (2 sets) | **0.3000** | 0.1750 |
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
        | average (1 sets without gaps) | 0.5000 | 0.2500 |
        """);
  }

  @Test
  void theMeanOfThePartsOfASetCountsAsOne() {
    var table = table(
        new ResultsTable.Row("arguana", List.of(0.5, 0.25)),
        new ResultsTable.Row("cqadupstack/android", List.of(0.25, 0.5)),
        new ResultsTable.Row("cqadupstack/english", List.of(0.75, 1.0)),
        new ResultsTable.Row("mkqa/de", List.of(Double.NaN, 1.0)),
        new ResultsTable.Row("mkqa/fr", List.of(Double.NaN, 0.5)));
    assertThat(table.toMarkdown(false)).isEqualTo("""
        | nDCG@10 | uniform | curr |
        |---|--:|--:|
        | arguana | 0.5000 | 0.2500 |
        | cqadupstack/android | 0.2500 | 0.5000 |
        | cqadupstack/english | 0.7500 | 1.0000 |
        | cqadupstack, mean of 2 parts | 0.5000 | 0.7500 |
        | mkqa/de | – | 1.0000 |
        | mkqa/fr | – | 0.5000 |
        | mkqa, mean of 2 parts | – | 0.7500 |
        | average (2 sets without gaps) | 0.5000 | 0.5000 |
        """);
  }

  @Test
  void averagesOfAPartOfASuiteSaySo() {
    var table = table(
            new ResultsTable.Row("arguana", List.of(0.5, 0.25)),
            new ResultsTable.Row("cqadupstack/android", List.of(0.25, 0.5)))
        .without(List.of("cqadupstack/tex", "nq", "mkqa/de", "mkqa/fr"));
    assertThat(table.toMarkdown(false)).isEqualTo("""
        | nDCG@10 | uniform | curr |
        |---|--:|--:|
        | arguana | 0.5000 | 0.2500 |
        | cqadupstack/android | 0.2500 | 0.5000 |
        | cqadupstack, mean of 1 of 2 parts | 0.2500 | 0.5000 |
        | average (2 of 4 sets) | 0.3750 | 0.3750 |
        """);
  }

  @Test
  void rowsFitTheColumns() {
    assertThatThrownBy(() -> table(new ResultsTable.Row("acl", List.of(1.0))))
        .hasMessage("row 'acl' has 1 values for 2 columns");
  }
}
