package org.tdro.search.mining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.io.CounterRandom;
import org.tdro.rows.DomainRows;
import org.tdro.rows.Passage;
import org.tdro.rows.RowOptions;
import org.tdro.rows.RowSource;
import org.tdro.rows.RowWriter;
import org.tdro.rows.TrainingRow;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.mining.MiningCounts.Reason;
import org.tdro.search.mining.MiningOptions.Sampling;

class HardNegativeMiningTest {
  /** More than a part, so that there are two. */
  private static final int ROWS = HardNegativeMining.PART_ROWS + 100;

  @TempDir
  private Path folder;

  /** Scores that follow from the texts by a hash: any ranking, the same each time. */
  private record Hashed(List<String> contents) implements PoolRanker {
    Hashed(PassagePool pool) {
      this(pool.documents().map(Passage::content).toList());
    }

    @Override
    public List<List<Candidate>> rank(List<String> queries, int depth) {
      return queries.stream()
          .map(query -> IntStream.range(0, contents.size())
              .mapToObj(passage -> new Candidate(passage, score(query, passage)))
              .sorted(Comparator.comparingDouble(Candidate::score).reversed())
              .limit(depth)
              .toList())
          .toList();
    }

    @Override
    public List<double[]> scores(List<String> queries, List<int[]> passages) {
      return IntStream.range(0, queries.size())
          .mapToObj(i -> Arrays.stream(passages.get(i))
              .mapToDouble(passage -> score(queries.get(i), passage))
              .toArray())
          .toList();
    }

    private double score(String query, int passage) {
      return score(query, contents.get(passage));
    }

    static double score(String query, String content) {
      return (CounterRandom.mix(CounterRandom.nameHash(query + "|" + content)) >>> 11) * 0x1p-53;
    }

    @Override
    public void close() {}
  }

  private static MiningOptions options(Sampling sampling, OptionalDouble relativeMargin) {
    return new MiningOptions(
        2,
        12,
        3,
        sampling,
        5,
        OptionalDouble.of(0.95),
        OptionalDouble.of(0.05),
        OptionalDouble.empty(),
        relativeMargin,
        0.85);
  }

  private static Passage passage(String text) {
    return new Passage("d-" + text, "", text);
  }

  /** Rows of which three in a row have the same query, with 40 different passages. */
  private static List<TrainingRow> rows(int count) {
    var rows = new ArrayList<TrainingRow>();
    for (int i = 0; i < count; i++) {
      rows.add(new TrainingRow(
          "q" + i,
          "question " + i / 3,
          List.of(passage("answer number " + i % 40)),
          List.of(passage("Answer  number " + (i + 7) % 40)),
          Optional.empty()));
    }
    return rows;
  }

  private DomainRows domain(List<TrainingRow> rows) throws Exception {
    var file = folder.resolve("some.jsonl");
    try (var writer = RowWriter.open(file, file)) {
      for (var row : rows) {
        writer.write(row);
      }
    }
    return DomainRows.of(List.of(file), RowOptions.RECOGNISE, skipped -> {}, 2, read -> {});
  }

  /** What was mined, and the same as a file. */
  private record Mined(MiningCounts counts, List<TrainingRow> rows, String file) {}

  private Mined mine(
      DomainRows rows, MiningOptions options, Function<PassagePool, PoolRanker> ranker)
      throws Exception {
    var parts = folder.resolve("parts");
    var counts = new HardNegativeMining(options, ranker, Optional.of(ranker))
        .mine(rows, "some", parts, n -> {});
    var joined = folder.resolve("joined.jsonl");
    try (var writer = RowWriter.open(joined, joined)) {
      HardNegativeMining.join(parts, false, writer);
    }
    return new Mined(counts, read(joined), Files.readString(joined));
  }

  private static List<TrainingRow> read(Path file) {
    var rows = new ArrayList<TrainingRow>();
    try (var source = RowSource.open(file)) {
      source.chunks(100).forEachRemaining(chunk -> chunk.forEach(row -> rows.add(row.parse())));
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(Sampling.class)
  void negativesPassEveryFilterAndTheCountsAddUp(Sampling sampling) throws Exception {
    var rows = rows(300);
    var options = options(sampling, OptionalDouble.of(0.1));
    var mined = mine(domain(rows), options, Hashed::new);
    var relevant = new HashMap<String, HashSet<String>>();
    rows.forEach(row -> row.positives()
        .forEach(passage -> relevant
            .computeIfAbsent(row.query(), query -> new HashSet<>())
            .add(passage.text().toLowerCase(Locale.ROOT))));
    assertThat(mined.rows()).hasSameSizeAs(rows);
    long negatives = 0;
    for (int i = 0; i < rows.size(); i++) {
      var row = mined.rows().get(i);
      assertThat(row.queryId()).isEqualTo(rows.get(i).queryId());
      assertThat(row.positives()).isEqualTo(rows.get(i).positives());
      if (row.negatives().equals(rows.get(i).negatives())) {
        continue;
      }
      negatives += row.negatives().size();
      double positive = row.scores().orElseThrow().positives()[0];
      var scores = new ArrayList<Double>();
      for (var negative : row.negatives()) {
        assertThat(relevant.get(row.query()))
            .doesNotContain(negative.text().toLowerCase(Locale.ROOT));
        double score = Hashed.score(row.query(), negative.content());
        assertThat(score).isBetween(0.05, 0.95).isLessThanOrEqualTo(0.9 * positive + 1e-6);
        scores.add(score);
      }
      assertThat(scores).isSortedAccordingTo(Comparator.reverseOrder()).doesNotHaveDuplicates();
      assertThat(row.negatives()).hasSizeLessThanOrEqualTo(3);
    }
    assertThat(mined.counts().rows()).isEqualTo(300);
    assertThat(mined.counts().candidates()).isEqualTo(300 * 11);
    assertThat(mined.counts().filtered().get(Reason.POSITIVE)).isPositive();
    assertThat(mined.counts().filtered().get(Reason.RELATIVE_MARGIN)).isPositive();
    assertThat(mined.counts().negatives()).isGreaterThanOrEqualTo(negatives).isPositive();
  }

  @Test
  void aMiningThatWasInterruptedEndsAsOneThatWasNot() throws Exception {
    var rows = domain(rows(ROWS));
    var options = options(Sampling.RANDOM, OptionalDouble.empty());
    var whole = mine(rows, options, Hashed::new);
    Files.delete(folder.resolve("parts/1.json"));
    var resumed = mine(rows, options, Hashed::new);
    assertThat(resumed.file()).isEqualTo(whole.file());
    assertThat(resumed.counts()).isEqualTo(whole.counts());
    var again = mine(rows, options, pool -> {
      throw new AssertionError("all parts are there");
    });
    assertThat(again.counts()).isEqualTo(whole.counts());
  }

  @Test
  void bm25FindsPassagesThatShareWordsAndLeavesOutCopiesOfThePositive() throws Exception {
    var rows = List.of(new TrainingRow(
        "q",
        "capital of france",
        List.of(passage("paris is the large old capital of france on the river seine")),
        List.of(
            passage("paris is the large old capital of france on the river Seine, too"),
            passage("lyon is a city of france"),
            passage("berlin is the capital of germany"),
            passage("cats sleep all day")),
        Optional.empty()));
    var options = new MiningOptions(
        1,
        100,
        16,
        Sampling.TOP,
        0,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        0.85);
    var mined = mine(
        domain(rows),
        options,
        pool -> Bm25PoolRanker.of(pool, folder.resolve("bm25"), Bm25.DEFAULT));
    assertThat(mined.rows().get(0).negatives())
        .extracting(Passage::text)
        .containsExactlyInAnyOrder("lyon is a city of france", "berlin is the capital of germany");
    assertThat(mined.counts().filtered())
        .isEqualTo(Map.of(Reason.POSITIVE, 1L, Reason.NEAR_POSITIVE, 1L));
    assertThat(mined.rows().get(0).scores().orElseThrow().positives()[0])
        .isGreaterThan(mined.rows().get(0).scores().orElseThrow().negatives()[0]);
  }

  @Test
  void wrongOptionsAreAllNamed() {
    assertThatThrownBy(() -> new MiningOptions(
            0,
            -1,
            0,
            Sampling.TOP,
            0,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.of(1),
            0))
        .hasMessageContaining("rangeMin must be at least 1")
        .hasMessageContaining("rangeMax must be at least rangeMin")
        .hasMessageContaining("number must be at least 1")
        .hasMessageContaining("relativeMargin must be from 0 to below 1")
        .hasMessageContaining("positiveOverlap must be above 0");
  }
}
