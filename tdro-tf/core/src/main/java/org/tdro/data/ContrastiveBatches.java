package org.tdro.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.tdro.data.ContrastiveBatch.TeacherScores;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.data.mixture.MixtureSampler.RowRef;
import org.tdro.data.shards.Domain;
import org.tdro.data.shards.TokenizedRow;
import org.tdro.data.shards.TrainingData;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;
import org.tdro.rows.Fold;

/**
 * Batches for contrastive training, each a pure function of its index. Thread-safe.
 *
 * <p>The positive and the negatives that are taken of a row follow from (seed, domain, row, epoch), whatever the batch size and the
 * mixture. Equal texts of a batch are not each other's negatives ({@link ContrastiveBatch#alsoRelevant}).
 */
public final class ContrastiveBatches implements ContrastiveBatch.Source {
  private static final long PASSAGE_STREAM = 3;

  private final List<Domain> domains;
  private final Fold fold;
  private final MixtureSampler sampler;
  private final BatchOptions options;
  private final AtomicLong negativesReused = new AtomicLong();
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong masked = new AtomicLong();

  /** Creates the batches of a fold of training data. */
  public ContrastiveBatches(
      TrainingData data, Fold fold, MixtureSampler sampler, BatchOptions options) {
    this.domains = data.domains();
    this.fold = fold;
    this.sampler = sampler;
    this.options = options;
  }

  /**
   * Returns the batch at an index.
   *
   * @throws InputException if a negative is needed and a row has none
   */
  @Override
  public ContrastiveBatch batch(long index) {
    var refs = sampler.rows(index);
    var perQuery = options.passagesPerQuery();
    var queries = new int[refs.length][];
    var passages = new int[refs.length * perQuery][];
    var domainIds = new int[refs.length];
    var scores = new float[passages.length];
    var scored = new boolean[refs.length];
    var relevance = new KnownRelevance(perQuery);
    for (int i = 0; i < refs.length; i++) {
      var ref = refs[i];
      var row = domains.get(ref.domain()).row(fold, ref.row());
      domainIds[i] = ref.domain();
      queries[i] = row.query();
      var chosen = choose(ref, row);
      for (int k = 0; k < perQuery; k++) {
        passages[i * perQuery + k] = (k == 0 ? row.positives() : row.negatives())[chosen[k]];
      }
      relevance.add(
          row.query(),
          row.positives(),
          Arrays.copyOfRange(passages, i * perQuery, (i + 1) * perQuery));
      scored[i] = row.scores().isPresent();
      for (int k = 0; scored[i] && k < perQuery; k++) {
        var ofRow = row.scores().orElseThrow();
        scores[i * perQuery + k] = (k == 0 ? ofRow.positives() : ofRow.negatives())[chosen[k]];
      }
    }
    var alsoRelevant = relevance.pairs();
    made.incrementAndGet();
    masked.addAndGet(alsoRelevant.length / 2);
    return new ContrastiveBatch(
        TokenMatrix.pad(queries, options.padId(), options.padMultiple(), options.maxQueryLength()),
        TokenMatrix.pad(
            passages, options.padId(), options.padMultiple(), options.maxPassageLength()),
        domainIds,
        perQuery,
        alsoRelevant,
        options.teacherScores()
            ? Optional.of(new TeacherScores(scores, scored))
            : Optional.empty());
  }

  @Override
  public boolean isDecided(long index) {
    return sampler.decides(index);
  }

  /** Returns the number of rows so far, prefetched ones included, that repeated negatives because they had fewer than needed. */
  public long negativesReused() {
    return negativesReused.get();
  }

  /**
   * Returns the mean number of pairs of a query and a passage that were left out of the negatives of a batch because of equal texts, so far,
   * in batches that were made ahead, too.
   */
  public double maskedPairs() {
    return masked.get() / (double) Math.max(1, made.get());
  }

  /** Returns the position of the positive among the row's positives, then those of the negatives among its negatives. */
  private int[] choose(RowRef ref, TokenizedRow row) {
    var key =
        CounterRandom.bits(options.seed(), PASSAGE_STREAM, ref.domain(), ref.row(), ref.epoch());
    var chosen = new int[options.passagesPerQuery()];
    chosen[0] = CounterRandom.below(row.positives().length, CounterRandom.bits(key, 0));
    var wanted = chosen.length - 1;
    if (wanted == 0) {
      return chosen;
    }
    var negatives = row.negatives().length;
    if (negatives == 0) {
      var domain = domains.get(ref.domain());
      throw new InputException(
          "domain %s, query %s: has no negative passage, but %d passages per query need one; drop the row or train with 1"
              .formatted(
                  domain.name(), domain.queryId(fold, ref.row()), options.passagesPerQuery()));
    }
    var distinct = negatives >= wanted;
    if (!distinct) {
      negativesReused.incrementAndGet();
    }
    var order = IntStream.range(0, negatives).toArray();
    for (int k = 0; k < wanted; k++) {
      var draw = CounterRandom.bits(key, k + 1);
      var next = distinct
          ? k + CounterRandom.below(negatives - k, draw)
          : CounterRandom.below(negatives, draw);
      chosen[k + 1] = order[next];
      // A step of Fisher and Yates' shuffle: the one taken leaves the range of the next draw.
      if (distinct) {
        order[next] = order[k];
      }
    }
    return chosen;
  }
}
