package org.tdro.retriever.contrastive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.retriever.contrastive.ContrastiveLoss.Direction;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tdro.retriever.contrastive.FalseNegatives.Judge;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Directions and false negatives, against the loss written out in doubles. */
class CandidatesTest {
  private static final int BATCH = 5;
  private static final int N = 3;
  private static final int SIZE = 6;
  private static final float TEMPERATURE = 0.3f;
  private static final boolean[] HARD_ONLY = {false, true, false, false, true};
  /** A passage of row 2 is relevant to row 0, the positive of row 3 to row 2, and a negative of row 4 to itself. */
  private static final int[][] PAIRS = {{0, 7}, {2, 9}, {4, 13}};
  /** Of float32 against doubles, of values around 3. */
  private static final float ROUNDING = 2e-5f;

  private record Case(
      Negatives negatives,
      List<Direction> directions,
      boolean hardOnlyRows,
      boolean pairs,
      Judge judge,
      double margin) {}

  private static Stream<Case> cases() {
    var all = List.of(Direction.values());
    var twoSided = List.of(Direction.PASSAGE_TO_QUERY, Direction.QUERY_TO_PASSAGE);
    var one = List.of(Direction.QUERY_TO_PASSAGE);
    var cases = new ArrayList<Case>();
    for (var pairs : List.of(false, true)) {
      for (var hardOnlyRows : List.of(false, true)) {
        cases.add(new Case(Negatives.IN_BATCH, all, hardOnlyRows, pairs, Judge.NONE, 0));
        cases.add(new Case(Negatives.IN_BATCH, twoSided, hardOnlyRows, pairs, Judge.MODEL, 0.1));
        cases.add(new Case(Negatives.IN_BATCH, all, hardOnlyRows, pairs, Judge.GUIDE, 0));
        cases.add(new Case(Negatives.IN_BATCH, one, hardOnlyRows, pairs, Judge.MODEL, -0.2));
      }
      cases.add(new Case(Negatives.HARD_ONLY, one, false, pairs, Judge.MODEL, 0));
      cases.add(new Case(Negatives.HARD_ONLY, one, false, pairs, Judge.GUIDE, -0.1));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossesAreThoseOfTheFormula(Case of) {
    var random = new SplittableRandom(7);
    var queries = unit(random, BATCH);
    var passages = unit(random, BATCH * N);
    var guideQueries = unit(random, BATCH);
    var guidePassages = unit(random, BATCH * N);
    var expected = new float[BATCH];
    int left = 0;
    for (int row = 0; row < BATCH; row++) {
      var judgeQueries = of.judge() == Judge.GUIDE ? guideQueries : queries;
      var judgePassages = of.judge() == Judge.GUIDE ? guidePassages : passages;
      var scores = scores(of, queries, passages, row);
      var judged = scores(of, judgeQueries, judgePassages, row);
      double limit = dot(judgeQueries[row], judgePassages[row * N]) + of.margin();
      double positive = dot(queries[row], passages[row * N]) / TEMPERATURE;
      double sum = Math.exp(positive);
      for (int i = 0; i < scores.size(); i++) {
        if (of.judge() != Judge.NONE && judged.get(i) > limit) {
          left++;
        } else {
          sum += Math.exp(scores.get(i) / TEMPERATURE);
        }
      }
      expected[row] = (float) (Math.log(sum) - positive);
    }
    assertThat(left > 0).as("some candidate is left out").isEqualTo(of.judge() != Judge.NONE);
    assertThat(computed(of, queries, passages, guideQueries, guidePassages))
        .usingComparatorWithPrecision(ROUNDING)
        .containsExactly(expected);
  }

  /** The products of a row's negatives, those that the pairs, the row and its kind rule out left out. */
  private static List<Double> scores(Case of, double[][] queries, double[][] passages, int row) {
    var scores = new ArrayList<Double>();
    boolean ownOnly =
        of.negatives() == Negatives.HARD_ONLY || (of.hardOnlyRows() && HARD_ONLY[row]);
    for (var direction : of.directions()) {
      boolean fromQuery =
          direction == Direction.QUERY_TO_PASSAGE || direction == Direction.QUERY_TO_QUERY;
      var from = fromQuery ? queries[row] : passages[row * N];
      if (direction.isToPassages()) {
        for (int column = 0; column < passages.length; column++) {
          boolean foreign = column / N != row;
          boolean mirrored = !fromQuery && column % N == 0 && isRelevant(of, column / N, row * N);
          if (column != row * N
              && !(foreign && ownOnly)
              && !isRelevant(of, row, column)
              && !mirrored) {
            scores.add(dot(from, passages[column]));
          }
        }
      } else {
        for (int other = 0; other < queries.length; other++) {
          if (other != row
              && !ownOnly
              && !isRelevant(of, row, other * N)
              && !isRelevant(of, other, row * N)) {
            scores.add(dot(from, queries[other]));
          }
        }
      }
    }
    return scores;
  }

  private static boolean isRelevant(Case of, int row, int column) {
    return of.pairs() && Stream.of(PAIRS).anyMatch(pair -> pair[0] == row && pair[1] == column);
  }

  private static float[] computed(
      Case of,
      double[][] queries,
      double[][] passages,
      double[][] guideQueries,
      double[][] guidePassages) {
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      boolean guided = of.judge() == Judge.GUIDE;
      var loss = new ContrastiveLoss(
          TEMPERATURE,
          of.negatives(),
          List.of(),
          of.directions(),
          new FalseNegatives(
              of.judge(), of.margin(), guided ? Optional.of(Path.of("guide")) : Optional.empty()),
          Matryoshka.NONE,
          Distillation.NONE);
      Optional<Operand<TInt32>> pairs =
          of.pairs() ? Optional.of(tf.constant(PAIRS)) : Optional.empty();
      Optional<Operand<TBool>> hardOnly =
          of.hardOnlyRows() ? Optional.of(tf.constant(HARD_ONLY)) : Optional.empty();
      var losses = loss.call(
          tf,
          rows(tf, queries, passages, pairs),
          hardOnly,
          Optional.empty(),
          guided ? Optional.of(rows(tf, guideQueries, guidePassages, pairs)) : Optional.empty());
      try (var values = (TFloat32) session.runner().fetch(losses).run().get(0)) {
        return StdArrays.array1dCopyOf(values);
      }
    }
  }

  private static ContrastiveLoss.Rows rows(
      Ops tf, double[][] queries, double[][] passages, Optional<Operand<TInt32>> pairs) {
    return new ContrastiveLoss.Rows(constant(tf, queries), constant(tf, passages), N, true, pairs);
  }

  private static Operand<TFloat32> constant(Ops tf, double[][] rows) {
    var floats = new float[rows.length][SIZE];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < SIZE; j++) {
        floats[i][j] = (float) rows[i][j];
      }
    }
    return tf.constant(floats);
  }

  private static double[][] unit(SplittableRandom random, int rows) {
    var vectors = new double[rows][SIZE];
    for (var vector : vectors) {
      double squares = 0;
      for (int i = 0; i < SIZE; i++) {
        vector[i] = random.nextDouble() - 0.5;
        squares += vector[i] * vector[i];
      }
      for (int i = 0; i < SIZE; i++) {
        vector[i] /= Math.sqrt(squares);
      }
    }
    return vectors;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void settingsThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(() -> new FalseNegatives(Judge.GUIDE, 0, Optional.empty()))
        .hasMessageContaining("guide is missing");
    assertThatThrownBy(() -> new FalseNegatives(Judge.MODEL, 0, Optional.of(Path.of("guide"))))
        .hasMessageContaining("judge must be guide");
    assertThatThrownBy(() -> loss(Negatives.IN_BATCH, Direction.QUERY_TO_QUERY))
        .hasMessageContaining("query-to-passage");
    assertThatThrownBy(
            () -> loss(Negatives.HARD_ONLY, Direction.QUERY_TO_PASSAGE, Direction.PASSAGE_TO_QUERY))
        .hasMessageContaining("hard-only");
  }

  private static ContrastiveLoss loss(Negatives negatives, Direction... directions) {
    return new ContrastiveLoss(
        1,
        negatives,
        List.of(),
        List.of(directions),
        FalseNegatives.KEPT,
        Matryoshka.NONE,
        Distillation.NONE);
  }
}
