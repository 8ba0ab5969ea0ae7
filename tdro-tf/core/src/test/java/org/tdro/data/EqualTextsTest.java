package org.tdro.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.shards.Domain;
import org.tdro.data.shards.TrainingData;
import org.tdro.rows.Fold;

class EqualTextsTest {
  @TempDir
  Path folder;

  /** q1 and q2 share a positive, q2 and q3 another, q4 and q5 the query; q6 has a negative that is a positive of q1. */
  private TrainingData rows() {
    ImportedRows.write(
        folder.resolve("rows/a.jsonl"),
        row("q1", "one", "x", "n"),
        row("q2", "two", "x\"}, {\"docid\": \"e\", \"text\": \"y", "n"),
        row("q3", "three", "y", "n"),
        row("q4", "four", "u", "n"),
        row("q5", "four", "v", "n"),
        row("q6", "six", "w", "x"));
    return ImportedRows.imported(folder, folder.resolve("rows"));
  }

  private static String row(String id, String query, String positive, String negative) {
    return "{\"query_id\": \"%s\", \"query\": \"%s\", \"positive_passages\": [{\"docid\": \"d\", \"text\": \"%s\"}], \"negative_passages\": [{\"docid\": \"n\", \"text\": \"%s\"}]}"
        .formatted(id, query, positive, negative);
  }

  private static List<List<String>> groups(Domain domain, int most) {
    var groups = new TreeMap<Integer, TreeSet<String>>();
    var numbers = EqualTexts.of(domain, Fold.ALL).groups(most);
    for (int row = 0; row < numbers.length; row++) {
      groups
          .computeIfAbsent(numbers[row], first -> new TreeSet<>())
          .add(domain.queryId(Fold.ALL, row));
    }
    return groups.values().stream()
        .map(List::copyOf)
        .sorted(Comparator.comparing(group -> group.get(0)))
        .toList();
  }

  @Test
  void rowsThatShareTextsDirectlyOrThroughOthersAreAGroup() {
    try (var data = rows()) {
      assertThat(groups(data.domains().get(0), 3))
          .containsExactly(List.of("q1", "q2", "q3"), List.of("q4", "q5"), List.of("q6"));
    }
  }

  @Test
  void aGroupThatIsTooLargeIsDividedByItsTexts() {
    try (var data = rows()) {
      var groups = groups(data.domains().get(0), 2);
      assertThat(groups).hasSize(4).anyMatch(group -> group.size() == 1 && !group.contains("q6"));
      assertThat(groups)
          .filteredOn(group -> group.contains("q2"))
          .allMatch(group -> group.size() == 2);
    }
  }
}
