package org.tdro.experiments.bench;

import java.util.Arrays;
import java.util.Optional;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.ContrastiveBatch.TeacherScores;
import org.tdro.data.TokenMatrix;
import org.tdro.io.CounterRandom;

/**
 * Batches of synthetic tokens: a pure function of seed and index.
 *
 * @param variedLengths whether rows have from an eighth of the longest length to all of it, or all the longest
 */
record SyntheticBatches(
    long seed,
    int queries,
    int queryLength,
    int passageLength,
    int passagesPerQuery,
    int vocabulary,
    int domains,
    boolean teacher,
    boolean variedLengths) {
  private static final int QUERY_STREAM = 0;
  private static final int PASSAGE_STREAM = 1;
  private static final int DOMAIN_STREAM = 2;
  private static final int TEACHER_STREAM = 3;
  /** The first of the streams of lengths, after the others. */
  private static final int LENGTH_STREAMS = 4;

  private static final int SHORTEST = 8;

  /** A teacher gives whole scores below this. */
  private static final int SCORES = 10;

  ContrastiveBatch batch(long index) {
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
    if (variedLengths) {
      int shortest = (length + SHORTEST - 1) / SHORTEST;
      var more = draw(index, LENGTH_STREAMS + stream, rows, length - shortest + 1);
      Arrays.setAll(lengths, row -> shortest + more[row]);
    }
    return new TokenMatrix(rows, length, draw(index, stream, rows * length, vocabulary), lengths);
  }

  private int[] draw(long index, int stream, int count, int bound) {
    long key = CounterRandom.bits(seed, stream, index);
    var values = new int[count];
    Arrays.setAll(values, i -> CounterRandom.below(bound, CounterRandom.bits(key, i)));
    return values;
  }
}
