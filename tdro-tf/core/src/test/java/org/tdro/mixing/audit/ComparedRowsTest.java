package org.tdro.mixing.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.data.shards.Domain;
import org.tdro.mixing.audit.PositiveRanks.Ranked;
import org.tdro.rows.Fold;
import org.tdro.search.Embeddings;

class ComparedRowsTest {
  @TempDir
  private static Path folder;

  private static Map<String, Domain> domains;

  @BeforeAll
  static void imports() {
    rows("many", IntStream.range(0, 300).mapToObj(i -> "x" + i).toArray(String[]::new));
    rows("four", "a", "b", "a", "c");
    domains = ImportedRows.imported(folder, folder.resolve("rows")).domains().stream()
        .collect(Collectors.toMap(Domain::name, domain -> domain));
  }

  private static void rows(String domain, String... queries) {
    ImportedRows.write(
        folder.resolve("rows/" + domain + ".jsonl"),
        IntStream.range(0, queries.length)
            .mapToObj(i -> ImportedRows.row(domain + i, queries[i], 1, 1))
            .toArray(String[]::new));
  }

  private static ComparedRows compared(String domain, int most, long seed) {
    return new ComparedRows(domains.get(domain), Fold.ALL, most, seed);
  }

  /** Embeddings with one component: those of queries are 1, so that scores are those of the passages. */
  private static PositiveRanks ranks(ComparedRows rows, float... passages) {
    var queries = new float[passages.length];
    Arrays.fill(queries, 1);
    return rows.ranks(
        new ComparedRows.Vectors(
            new Embeddings(queries.length, 1, queries),
            new Embeddings(passages.length, 1, passages),
            new Embeddings(0, 1, new float[0])),
        0.5);
  }

  @Test
  void aSampleFollowsFromTheSeedAndHasNoRowTwice() {
    assertThat(compared("many", 200, 1).queries())
        .isDeepEqualTo(compared("many", 200, 1).queries());
    assertThat(Arrays.deepEquals(
            compared("many", 200, 1).queries(), compared("many", 200, 2).queries()))
        .isFalse();
    assertThat(Arrays.stream(compared("many", 200, 1).queries())
            .map(Arrays::toString)
            .distinct())
        .hasSize(200);
  }

  @Test
  void rowsAreComparedInGroupsOfAboutEqualSize() {
    var ranks = ranks(compared("many", 200, 1), new float[200]);
    assertThat(ranks.rows()).extracting(Ranked::candidates).containsOnly(66, 67);
    assertThat(ranks.rows()).hasSize(200);
  }

  @Test
  void lossAndRankAreThoseOfASoftmaxOverOtherPositives() {
    var ranks = ranks(compared("many", 3, 1), 0.1f, 0.4f, 0.4f).rows();
    double sum = Math.exp(0.2) + 2 * Math.exp(0.8);
    assertThat(ranks.get(0).loss()).isEqualTo(Math.log(sum) - 0.2, within(1e-6));
    assertThat(ranks.get(0).rank()).isEqualTo(3);
    assertThat(ranks.get(1).rank()).isEqualTo(1.5);
    assertThat(ranks).extracting(Ranked::rival).containsExactly(1, 2, 1);
  }

  /** Two of the four rows are equal, so each of them is compared with two passages besides its own. */
  @Test
  void equalRowsAreNotComparedWithEachOther() {
    assertThat(ranks(compared("four", 4, 1), new float[4]).rows())
        .extracting(Ranked::candidates)
        .containsExactlyInAnyOrder(3, 3, 4, 4);
  }

  /** A quarter of the rows has its negatives, one each. */
  @Test
  void positivesAreRankedAmongTheNegativesOfTheirRows() {
    var rows = compared("many", 8, 1);
    assertThat(rows.negatives()).hasNumberOfRows(2);
    var ones = new Embeddings(8, 1, new float[] {1, 1, 1, 1, 1, 1, 1, 1});
    var negatives = new Embeddings(2, 1, new float[] {2, 0});
    assertThat(rows.ranksAmongOwn(new ComparedRows.Vectors(ones, ones, negatives), 0.5)
            .rows())
        .extracting(Ranked::rank, Ranked::candidates, Ranked::rival)
        .containsExactly(tuple(2.0, 2, 0), tuple(1.0, 2, 1));
  }
}
