package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.mixing.WeightsFile;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.rows.Fold;

/** The domains of {@link SmallCollection}, in the order of their ids: capitals, colours and sums, of 90, 30 and 60 rows. */
class DomainProbabilitiesTest {
  @TempDir
  static Path folder;

  @BeforeAll
  static void writeData() throws IOException {
    SmallCollection.write(folder);
  }

  private static double[] probabilities(Fold fold, String... settings) {
    var config = SmallCollection.config(folder, settings).config();
    try (var prepared = PreparedData.of(config)) {
      return DomainProbabilities.of(config.data(), prepared, fold);
    }
  }

  private static String weights(String name, String... domains) {
    var sizes =
        List.of(domains).stream().map(domain -> new DomainSize(domain, 10)).toList();
    var shares = List.of(domains).stream().map(domain -> 1f / domains.length).toList();
    var file = folder.resolve(name);
    WeightsFile.of(sizes, shares).write(file);
    return "data.weights=" + file;
  }

  @Test
  void uniformDrawsEveryDomainAlike() {
    assertThat(probabilities(Fold.ALL)).containsExactly(1, 1, 1);
  }

  @Test
  void proportionalDrawsByTheRowsOfTheFold() {
    assertThat(probabilities(Fold.ALL, "data.weights=proportional")).containsExactly(90, 30, 60);
    var first = probabilities(Fold.FIRST, "data.weights=proportional");
    var second = probabilities(Fold.SECOND, "data.weights=proportional");
    assertThat(first[0]).isPositive();
    assertThat(first[0] + second[0]).isEqualTo(90);
  }

  @Test
  void aFileLeavesOutTheDomainsThatItDoesNotName() {
    assertThat(probabilities(Fold.ALL, weights("two.json", "sums", "capitals")))
        .containsExactly(0.5, 0, 0.5);
  }

  @Test
  void aFileOfOtherDomainsIsRefusedByName() {
    assertThatThrownBy(() -> probabilities(Fold.ALL, weights("other.json", "sums", "rivers")))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("other.json")
            + ": domain rivers has a weight, but the data have no such domain");
  }

  @Test
  void aRowWithoutNegativesIsRefusedOnlyIfBatchesNeedThem() throws IOException {
    var data = Files.createDirectories(folder.resolve("positives"));
    Files.writeString(data.resolve("plain.jsonl"), """
        {"query_id": "a", "query": "a b", "positive_passages": [{"docid": "1", "text": "c"}], "negative_passages": [{"docid": "2", "text": "d"}]}
        {"query_id": "b", "query": "e f", "positive_passages": [{"docid": "3", "text": "g"}]}
        """);
    assertThat(probabilities(Fold.ALL, "data=" + data, "data.passages-per-query=1"))
        .containsExactly(1);
    assertThatThrownBy(() -> probabilities(Fold.ALL, "data=" + data))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("domain plain: 1 of 2 rows have no negative passage")
        .hasMessageContaining("the first is query b");
  }

  @Test
  void whatIsDrawnNeedsRowsInTheFold() throws IOException {
    var data = Files.createDirectories(folder.resolve("single"));
    Files.writeString(data.resolve("single.jsonl"), """
        {"query_id": "a", "query": "a b", "positive_passages": [{"docid": "1", "text": "c"}], "negative_passages": [{"docid": "2", "text": "d"}]}
        """);
    var empty = Fold.of("a") == Fold.FIRST ? Fold.SECOND : Fold.FIRST;
    assertThatThrownBy(() -> probabilities(empty, "data=" + data))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("no domain has rows in data.fold=");
    assertThatThrownBy(() -> probabilities(empty, "data=" + data, weights("single.json", "single")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("domain single has a weight, but no rows in data.fold=");
  }
}
