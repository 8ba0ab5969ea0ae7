package org.tdro.experiments.bench;

import java.util.Arrays;
import java.util.Optional;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.ContrastiveBatch.TeacherScores;
import org.tdro.data.TokenMatrix;
import org.tdro.io.CounterRandom;

/** Batches of synthetic tokens, all texts of the longest length: a pure function of seed and index. */
record SyntheticBatches(
    long seed,
    int queries,
    int queryLength,
    int passageLength,
    int passagesPerQuery,
    int vocabulary,
    int domains,
    boolean teacher)
    implements ContrastiveBatch.Source {
  private static final int QUERY_STREAM = 0;
  private static final int PASSAGE_STREAM = 1;
  private static final int DOMAIN_STREAM = 2;
  private static final int TEACHER_STREAM = 3;

  /** A teacher gives whole scores below this. */
  private static final int SCORES = 10;

  @Override
  public ContrastiveBatch batch(long index) {
    var domainIds = draw(index, DOMAIN_STREAM, queries, domains);
    return new ContrastiveBatch(
        tokens(index, QUERY_STREAM, queries, queryLength),
        tokens(index, PASSAGE_STREAM, queries * passagesPerQuery, passageLength),
        domainIds,
        passagesPerQuery,
        teacher ? Optional.of(teacher(index)) : Optional.empty());
  }

  private TeacherScores teacher(long index) {
    var drawn = draw(index, TEACHER_STREAM, queries * passagesPerQuery, SCORES);
    var scores = new float[drawn.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = drawn[i];
    }
    var present = new boolean[queries];
    Arrays.fill(present, true);
    return new TeacherScores(scores, present);
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
