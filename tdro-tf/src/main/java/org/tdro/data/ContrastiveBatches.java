package org.tdro.data;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Batches for contrastive training: a pure function of the batch's index. Thread-safe.
 *
 * <p>Which positive and which negatives of a row are taken follows from (seed, domain, row, epoch): another batch size or mixture
 * does not change what a row shows in its epoch.
 */
public final class ContrastiveBatches {
  private static final long PASSAGE_STREAM = 3;

  private final List<Domain> domains;
  private final Fold fold;
  private final MixtureSampler sampler;
  private final BatchOptions options;
  private final AtomicLong negativesReused = new AtomicLong();

  public ContrastiveBatches(
      TrainingData data, Fold fold, MixtureSampler sampler, BatchOptions options) {
    this.domains = data.domains();
    this.fold = fold;
    this.sampler = sampler;
    this.options = options;
  }

  /**
   * The batch at an index.
   *
   * @throws DataException if a negative is needed and a row has none
   */
  public ContrastiveBatch batch(long index) {
    var refs = sampler.rows(index);
    var perQuery = options.passagesPerQuery();
    var queries = new int[refs.length][];
    var passages = new int[refs.length * perQuery][];
    var domainIds = new int[refs.length];
    for (var i = 0; i < refs.length; i++) {
      var ref = refs[i];
      var row = domains.get(ref.domain()).row(fold, ref.row());
      domainIds[i] = ref.domain();
      queries[i] = row.query();
      choosePassages(ref, row, passages, i * perQuery);
    }
    return new ContrastiveBatch(
        TokenMatrix.pad(queries, options.padId(), options.padMultiple(), options.maxQueryLength()),
        TokenMatrix.pad(
            passages, options.padId(), options.padMultiple(), options.maxPassageLength()),
        domainIds,
        perQuery);
  }

  /** Rows so far, those prefetched included, that had fewer negatives than asked for and so show some of them repeatedly. */
  public long negativesReused() {
    return negativesReused.get();
  }

  private void choosePassages(RowRef ref, TokenizedRow row, int[][] passages, int at) {
    var key =
        CounterRandom.bits(options.seed(), PASSAGE_STREAM, ref.domain(), ref.row(), ref.epoch());
    passages[at] =
        row.positives()[CounterRandom.below(row.positives().length, CounterRandom.bits(key, 0))];
    var wanted = options.passagesPerQuery() - 1;
    if (wanted == 0) return;
    var negatives = row.negatives();
    if (negatives.length == 0) {
      var domain = domains.get(ref.domain());
      throw new DataException(
          "domain %s, query %s: has no negative passage, but %d passages per query need one; drop the row or train with 1"
              .formatted(
                  domain.name(), domain.queryId(fold, ref.row()), options.passagesPerQuery()));
    }
    var distinct = negatives.length >= wanted;
    if (!distinct) negativesReused.incrementAndGet();
    for (var k = 0; k < wanted; k++) {
      var draw = CounterRandom.bits(key, k + 1);
      var chosen = distinct
          ? k + CounterRandom.below(negatives.length - k, draw)
          : CounterRandom.below(negatives.length, draw);
      passages[at + 1 + k] = negatives[chosen];
      // A step of Fisher and Yates' shuffle: what was taken leaves the range of the next draw.
      if (distinct) negatives[chosen] = negatives[k];
    }
  }
}
