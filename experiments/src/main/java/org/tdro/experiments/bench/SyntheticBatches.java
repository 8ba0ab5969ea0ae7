package org.tdro.experiments.bench;

import java.util.Arrays;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.CounterRandom;
import org.tdro.data.TokenMatrix;

/** Batches of made-up tokens, every row as long as it may be: a pure function of seed and index. */
record SyntheticBatches(
    long seed,
    int queries,
    int queryLength,
    int passageLength,
    int passagesPerQuery,
    int vocabulary,
    int domains) {
  private static final int QUERY_STREAM = 0;
  private static final int PASSAGE_STREAM = 1;
  private static final int DOMAIN_STREAM = 2;

  ContrastiveBatch batch(long index) {
    var domainIds = draw(index, DOMAIN_STREAM, queries, domains);
    return new ContrastiveBatch(
        tokens(index, QUERY_STREAM, queries, queryLength),
        tokens(index, PASSAGE_STREAM, queries * passagesPerQuery, passageLength),
        domainIds,
        passagesPerQuery);
  }

  private TokenMatrix tokens(long index, int stream, int rows, int length) {
    var lengths = new int[rows];
    Arrays.fill(lengths, length);
    return new TokenMatrix(rows, length, draw(index, stream, rows * length, vocabulary), lengths);
  }

  private int[] draw(long index, int stream, int count, int bound) {
    long key = CounterRandom.bits(seed, stream, index);
    var values = new int[count];
    Arrays.setAll(values, i -> CounterRandom.below(bound, CounterRandom.bits(key, i)));
    return values;
  }
}
