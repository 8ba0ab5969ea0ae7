package org.tdro.retriever.contrastive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dimension;
import org.tdro.retriever.contrastive.ContrastiveLoss.Direction;
import org.tdro.retriever.contrastive.ContrastiveLoss.Negatives;
import org.tdro.retriever.contrastive.ContrastiveLoss.Rows;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What the rows of a batch are compared with: the columns of a matrix {@code [batch, candidates]}. Of hard negatives only, these are a
 * row's own n passages; else, direction after direction, all passages or all queries of the batch.
 */
record Candidates(Negatives negatives, List<Direction> directions) {
  /** Subtracted from scores, after which exp underflows to 0. */
  private static final float MASKED = -1e9f;

  /** Returns the inner products of rows and candidates, {@code [batch, candidates]}. */
  Operand<TFloat32> products(Ops tf, Rows rows) {
    if (negatives == Negatives.HARD_ONLY) {
      return ownProducts(tf, rows);
    }
    return joined(
        tf, directions.stream().map(direction -> products(tf, rows, direction)).toList());
  }

  /** Returns the inner products of each query and its own passages, {@code [batch, n]}. */
  static Operand<TFloat32> ownProducts(Ops tf, Rows rows) {
    int n = rows.passagesPerQuery();
    int dim = (int) rows.queries().shape().get(-1);
    var own = tf.reshape(rows.passages(), tf.constant(new int[] {-1, n, dim}));
    var products = CallContext.inference(tf)
        .batchMatMul(tf.expandDims(rows.queries(), tf.constant(1)), own, true);
    return tf.reshape(products, tf.constant(new int[] {-1, n}));
  }

  private static Operand<TFloat32> products(Ops tf, Rows rows, Direction direction) {
    return switch (direction) {
      case QUERY_TO_PASSAGE -> products(tf, rows.queries(), rows.passages());
      case QUERY_TO_QUERY -> products(tf, rows.queries(), rows.queries());
      case PASSAGE_TO_PASSAGE -> products(tf, positives(tf, rows), rows.passages());
      case PASSAGE_TO_QUERY -> products(tf, positives(tf, rows), rows.queries());
    };
  }

  private static Operand<TFloat32> products(
      Ops tf, Operand<TFloat32> left, Operand<TFloat32> right) {
    return tf.linalg.matMul(left, right, MatMul.transposeB(true));
  }

  private static Operand<TFloat32> positives(Ops tf, Rows rows) {
    var first = tf.math.mul(numbers(tf, rows), tf.constant(rows.passagesPerQuery()));
    return tf.gather(rows.passages(), first, tf.constant(0));
  }

  /** Returns the column of each row's positive, {@code [batch]}. */
  Operand<TInt32> targets(Ops tf, Rows rows) {
    var numbers = numbers(tf, rows);
    return negatives == Negatives.HARD_ONLY
        ? tf.zerosLike(numbers)
        : tf.math.mul(numbers, tf.constant(rows.passagesPerQuery()));
  }

  /**
   * Returns what is added to scores so that texts that are known to be relevant to a row are no negatives of it, {@code [batch,
   * candidates]}: 0 for the others, whose scores so stay the same bits.
   *
   * @param products of rows and candidates, whose shape it has
   */
  Operand<TFloat32> lowered(Ops tf, Rows rows, Operand<TInt32> pairs, Operand<TFloat32> products) {
    if (negatives == Negatives.HARD_ONLY) {
      var own = ofOwnPassages(tf, pairs, tf.constant(rows.passagesPerQuery()));
      return scattered(tf, own, tf.shape(products));
    }
    if (directions.size() == 1) {
      return scattered(tf, pairs, tf.shape(products));
    }
    var shape = tf.stack(
        List.of(Dimension.of(tf, rows.queries(), 0), Dimension.of(tf, rows.passages(), 0)));
    var passages = scattered(tf, pairs, shape);
    var ofPositives = tf.gather(passages, targets(tf, rows), tf.constant(1));
    var mirrored = tf.linalg.transpose(ofPositives, tf.constant(new int[] {1, 0}));
    // A positive that is relevant to another row's query belongs to that row and its query, too.
    var queries = tf.math.add(ofPositives, mirrored);
    return joined(
        tf,
        directions.stream()
            .map(direction -> switch (direction) {
              case QUERY_TO_PASSAGE -> passages;
              case PASSAGE_TO_PASSAGE -> tf.math.add(passages, atPositives(tf, rows, mirrored));
              case QUERY_TO_QUERY, PASSAGE_TO_QUERY -> queries;
            })
            .toList());
  }

  /** Returns {@code values [batch, batch]} in the columns of the rows' positives, {@code [batch, batch · n]}, and 0 in the others. */
  private static Operand<TFloat32> atPositives(Ops tf, Rows rows, Operand<TFloat32> values) {
    int[][] others = {{0, 0}, {0, 0}, {0, rows.passagesPerQuery() - 1}};
    var padded =
        tf.pad(tf.expandDims(values, tf.constant(2)), tf.constant(others), tf.constant(0f));
    var shape = tf.stack(
        List.of(Dimension.of(tf, rows.queries(), 0), Dimension.of(tf, rows.passages(), 0)));
    return tf.reshape(padded, shape);
  }

  private static Operand<TFloat32> scattered(Ops tf, Operand<TInt32> pairs, Operand<TInt32> shape) {
    var count = tf.reshape(Dimension.of(tf, pairs, 0), tf.constant(new int[] {1}));
    return tf.scatterNd(pairs, tf.fill(count, tf.constant(MASKED)), shape);
  }

  /** Returns the pairs of a query and one of its own n passages, which are counted from the first of them. */
  private static Operand<TInt32> ofOwnPassages(Ops tf, Operand<TInt32> pairs, Operand<TInt32> n) {
    var parts = tf.unstack(pairs, 2L, Unstack.axis(1L)).output();
    var query = parts.get(0);
    var passage = parts.get(1);
    var own = tf.where(tf.math.equal(query, tf.math.floorDiv(passage, n)));
    var counted = tf.stack(List.of(query, tf.math.floorMod(passage, n)), Stack.axis(1L));
    return tf.gatherNd(counted, own);
  }

  /**
   * Returns the candidates that rows are not compared with, {@code [batch, candidates]}: themselves, and for rows of {@code hardOnlyRows}
   * the texts of others. Empty if there are none.
   */
  Optional<Operand<TBool>> hidden(Ops tf, Rows rows, Optional<Operand<TBool>> hardOnlyRows) {
    if (negatives == Negatives.HARD_ONLY) {
      return Optional.empty();
    }
    var parts = new ArrayList<Optional<Operand<TBool>>>();
    for (var direction : directions) {
      parts.add(either(
          tf,
          direction == Direction.QUERY_TO_PASSAGE
              ? Optional.empty()
              : Optional.of(themselves(tf, rows, direction)),
          hardOnlyRows.map(hardOnly -> tf.math.logicalAnd(
              foreign(tf, rows, direction), tf.expandDims(hardOnly, tf.constant(1))))));
    }
    if (parts.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    var hidden = new ArrayList<Operand<TBool>>();
    for (int i = 0; i < parts.size(); i++) {
      var direction = directions.get(i);
      hidden.add(parts.get(i).orElseGet(() -> nothing(tf, rows, direction)));
    }
    return Optional.of(hidden.size() == 1 ? hidden.get(0) : tf.concat(hidden, tf.constant(1)));
  }

  /** Returns where either of two masks is. */
  static Optional<Operand<TBool>> either(
      Ops tf, Optional<Operand<TBool>> first, Optional<Operand<TBool>> second) {
    if (first.isPresent() && second.isPresent()) {
      return Optional.of(tf.math.logicalOr(first.get(), second.get()));
    }
    return first.or(() -> second);
  }

  /** Returns which candidates of a direction are the row's own query or positive. */
  private Operand<TBool> themselves(Ops tf, Rows rows, Direction direction) {
    return tf.math.equal(
        tf.expandDims(
            direction.isToPassages() ? targets(tf, rows) : numbers(tf, rows), tf.constant(1)),
        tf.expandDims(columns(tf, rows, direction), tf.constant(0)));
  }

  /** Returns which candidates of a direction are of another row. */
  private static Operand<TBool> foreign(Ops tf, Rows rows, Direction direction) {
    var columns = columns(tf, rows, direction);
    var owner = direction.isToPassages()
        ? tf.math.floorDiv(columns, tf.constant(rows.passagesPerQuery()))
        : columns;
    return tf.math.notEqual(
        tf.expandDims(numbers(tf, rows), tf.constant(1)), tf.expandDims(owner, tf.constant(0)));
  }

  private static Operand<TBool> nothing(Ops tf, Rows rows, Direction direction) {
    var shape = tf.stack(List.of(
        Dimension.of(tf, rows.queries(), 0),
        Dimension.of(tf, direction.isToPassages() ? rows.passages() : rows.queries(), 0)));
    return tf.fill(shape, tf.constant(false));
  }

  private static Operand<TInt32> columns(Ops tf, Rows rows, Direction direction) {
    return range(tf, direction.isToPassages() ? rows.passages() : rows.queries());
  }

  private static Operand<TInt32> numbers(Ops tf, Rows rows) {
    return range(tf, rows.queries());
  }

  private static Operand<TInt32> range(Ops tf, Operand<TFloat32> texts) {
    return tf.range(tf.constant(0), Dimension.of(tf, texts, 0), tf.constant(1));
  }

  private static Operand<TFloat32> joined(Ops tf, List<Operand<TFloat32>> parts) {
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1));
  }
}
