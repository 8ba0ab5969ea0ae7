package org.tdro.search.mining;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.io.CounterRandom;
import org.tdro.rows.Passage;
import org.tdro.rows.PassageScores;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.NormalText;
import org.tdro.rows.duplicates.Shingles;
import org.tdro.search.mining.MiningCounts.Reason;
import org.tdro.search.mining.PoolRanker.Candidate;

/**
 * Chooses the negatives of rows.
 *
 * @param pool the passages of the rows' domain
 * @param positives the numbers of the positives by the hash of the query
 * @param ranker ranks the pool
 * @param teacher scores what is chosen, if there is one
 */
record RowMiner(
    MiningOptions options,
    PassagePool pool,
    Map<Long, int[]> positives,
    PoolRanker ranker,
    Optional<PoolRanker> teacher) {
  private static final long STREAM = 0x6e65676174697665L;

  /** Ranked passages in memory at a time, of about 100 bytes each. */
  private static final long RANKED_TOGETHER = 1 << 19;

  /** Rows with mined negatives, in the order of those they were mined for. */
  record Mined(List<TrainingRow> rows, MiningCounts counts) {}

  /** Mines rows, fewer of them together where rankings are long. */
  Mined mine(List<TrainingRow> rows) {
    long depth = Math.min(options.rangeMax(), pool.size());
    int together = (int) Math.max(1, RANKED_TOGETHER / Math.max(1, depth));
    var mined = new ArrayList<TrainingRow>(rows.size());
    var counts = MiningCounts.NONE;
    for (int start = 0; start < rows.size(); start += together) {
      var some = mineTogether(rows.subList(start, Math.min(rows.size(), start + together)));
      mined.addAll(some.rows());
      counts = counts.plus(some.counts());
    }
    return new Mined(mined, counts);
  }

  private Mined mineTogether(List<TrainingRow> rows) {
    var queries = rows.stream().map(TrainingRow::query).toList();
    var rankings = ranker.rank(queries, options.rangeMax());
    var relevant = queries.stream()
        .map(query -> positives.get(NormalText.of(query).hash()))
        .toList();
    var own = rows.stream()
        .map(row -> row.positives().stream().mapToInt(pool::number).toArray())
        .toList();
    var positiveScores =
        options.needsPositives() ? ranker.scores(queries, own) : List.<double[]>of();
    // Rows are independent of each other, so their order of work does not matter.
    var choices = IntStream.range(0, rows.size())
        .parallel()
        .mapToObj(i -> new Choice(
                rows.get(i),
                relevant.get(i),
                positiveScores.isEmpty()
                    ? Double.NaN
                    : Arrays.stream(positiveScores.get(i)).min().orElseThrow())
            .from(rankings.get(i)))
        .toList();
    var chosen = choices.stream().map(Choice::chosen).toList();
    var counts = choices.stream().map(Choice::counts).reduce(MiningCounts.NONE, MiningCounts::plus);
    return new Mined(withNegatives(rows, queries, own, chosen), counts);
  }

  /** The choice of one row's negatives. */
  private final class Choice {
    private final TrainingRow row;
    private final int[] relevant;
    private final double lowestPositive;
    private final List<Shingles> positiveShingles;
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private int ranked;
    private int[] chosen;

    private Choice(TrainingRow row, int[] relevant, double lowestPositive) {
      this.row = row;
      this.relevant = relevant;
      this.lowestPositive = lowestPositive;
      this.positiveShingles = options.positiveOverlap() > 1
          ? List.of()
          : row.positives().stream()
              .map(positive -> NormalText.of(positive.content()).shingles())
              .toList();
    }

    private Choice from(List<Candidate> ranking) {
      var remaining = new ArrayList<Integer>();
      for (int rank = options.rangeMin(); rank <= ranking.size(); rank++) {
        ranked++;
        var candidate = ranking.get(rank - 1);
        var reason = reason(candidate);
        if (reason == null) {
          remaining.add(candidate.passage());
        } else {
          reasons.merge(reason, 1L, Long::sum);
        }
      }
      chosen = draw(remaining);
      return this;
    }

    private Reason reason(Candidate candidate) {
      for (int number : relevant) {
        if (number == candidate.passage()) {
          return Reason.POSITIVE;
        }
      }
      return options.reason(candidate.score(), lowestPositive);
    }

    /** Draws negatives; their texts are compared with the positives' only now, since that takes longest. In the order of their ranks. */
    private int[] draw(List<Integer> remaining) {
      long id = CounterRandom.fnv1a(row.queryId().getBytes(StandardCharsets.UTF_8));
      var places = new int[remaining.size()];
      Arrays.setAll(places, place -> place);
      var drawn = new ArrayList<Integer>();
      for (int k = 0; k < places.length && drawn.size() < options.number(); k++) {
        if (options.sampling() == MiningOptions.Sampling.RANDOM) {
          long draw = CounterRandom.bits(options.seed(), STREAM, id, k);
          int next = k + CounterRandom.below(places.length - k, draw);
          int place = places[next];
          places[next] = places[k];
          places[k] = place;
        }
        if (isNearPositive(remaining.get(places[k]))) {
          reasons.merge(Reason.NEAR_POSITIVE, 1L, Long::sum);
        } else {
          drawn.add(places[k]);
        }
      }
      return drawn.stream().sorted().mapToInt(remaining::get).toArray();
    }

    private boolean isNearPositive(int number) {
      if (positiveShingles.isEmpty()) {
        return false;
      }
      var shingles = NormalText.of(pool.passage(number).content()).shingles();
      return positiveShingles.stream()
          .anyMatch(positive -> positive.jaccard(shingles) >= options.positiveOverlap());
    }

    private int[] chosen() {
      return chosen;
    }

    private MiningCounts counts() {
      return new MiningCounts(
          1,
          ranked,
          chosen.length,
          reasons,
          chosen.length < options.number() ? 1 : 0,
          chosen.length == 0 ? 1 : 0,
          chosen.length == 0 && row.negatives().isEmpty() ? 1 : 0);
    }
  }

  private List<TrainingRow> withNegatives(
      List<TrainingRow> rows, List<String> queries, List<int[]> own, List<int[]> chosen) {
    var negatives = new ArrayList<List<Passage>>();
    var numbers = new ArrayList<int[]>();
    for (int i = 0; i < rows.size(); i++) {
      // A row for which nothing remains keeps what it came with.
      var kept = rows.get(i).negatives();
      boolean isMined = chosen.get(i).length > 0;
      negatives.add(
          isMined ? Arrays.stream(chosen.get(i)).mapToObj(pool::passage).toList() : kept);
      numbers.add(isMined ? chosen.get(i) : kept.stream().mapToInt(pool::number).toArray());
    }
    var positiveScores = teacher.map(scorer -> scorer.scores(queries, own));
    var negativeScores = teacher.map(scorer -> scorer.scores(queries, numbers));
    var mined = new ArrayList<TrainingRow>();
    for (int i = 0; i < rows.size(); i++) {
      int number = i;
      var row = rows.get(i);
      mined.add(new TrainingRow(
          row.queryId(),
          row.query(),
          row.positives(),
          negatives.get(i),
          positiveScores.map(scores -> new PassageScores(
              floats(scores.get(number)), floats(negativeScores.orElseThrow().get(number))))));
    }
    return mined;
  }

  private static float[] floats(double[] values) {
    var floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
