package org.tdro.export.tokenizer;

import java.util.List;
import org.tdro.text.NormalizerTables;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.ragged.RaggedRange;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Unicode normalisation without a loop: all texts of a batch are one array of code points, and every step is an operation on all of
 * it, or on the parts in which code points may be joined.
 *
 * <p>Texts of which nothing changes, which are most, take a branch of their own.
 *
 * <p>Composition takes as many rounds as a composite has code points beyond its first one, three, and not as many as a text has
 * marks: in each round every first code point is composed with the next one that it can be composed with.
 */
final class GraphNormalizer {
  private final NormalizerTables tables;

  GraphNormalizer(NormalizerTables tables) {
    this.tables = tables;
  }

  /**
   * Adds the normalised code points of texts to a graph.
   *
   * @param codePoints {@code [n]}, of all texts; code points of private use, or numbers beyond Unicode, between them separate them
   * @return {@code [m]}
   */
  Operand<TInt32> normalize(Ops tf, Operand<TInt32> codePoints) {
    var normalized = codePoints;
    for (var step : tables.steps()) {
      normalized = new Step(tf, step).normalize(normalized);
    }
    return normalized;
  }

  /** A step in one graph. In comments, n are code points of the batch, a those in parts, d what these are decomposed into. */
  private static final class Step extends TokenSteps {
    private final NormalizerTables.Step tables;
    private final Operand<TInt32> afterFirst;
    private final Operand<TInt32> column;
    private final Numbers kinds;

    Step(Ops tf, NormalizerTables.Step tables) {
      super(tf);
      this.tables = tables;
      afterFirst = tf.constant(new int[] {1});
      column = tf.constant(new int[] {-1, 1});
      kinds = new Numbers(tables.kinds());
    }

    Operand<TInt32> normalize(Operand<TInt32> codePoints) {
      var kinds = kindsOf(codePoints);
      var isChanged =
          tf.reduceAny(tf.math.greaterEqual(kinds, tf.constant(tables.changed())), zero);
      var before = tf.switchCond(codePoints, isChanged);
      var after = changed(before.outputTrue(), tf.switchCond(kinds, isChanged).outputTrue());
      return tf.merge(List.of(before.outputFalse(), after)).output();
    }

    /** Returns what code points become if not all stay as they are. */
    private Operand<TInt32> changed(Operand<TInt32> codePoints, Operand<TInt32> kinds) {
      var rows = new Rows(codePoints, kinds, tables.alone());
      if (!tables.isByCodePoint()) {
        var joins = int32(tf.math.greaterEqual(kinds, tf.constant(tables.joined())));
        var next = tf.slice(tf.concat(List.of(joins, first), zero), afterFirst, tf.shape(joins));
        var places = tf.where(tf.math.equal(tf.math.maximum(joins, next), one));
        var at = tf.reshape(places, flat);
        rows.put(places, new Parts(gather(codePoints, at), gather(kinds, at)));
      }
      return gather(rows.pool, rows.ranges().rtDenseValues());
    }

    /** Returns the kinds of code points. */
    private Operand<TInt32> kindsOf(Operand<TInt32> codePoints) {
      // Special tokens are numbers beyond Unicode, and stay as the last of its code points does.
      var known = tf.math.minimum(codePoints, tf.constant(Character.MAX_CODE_POINT));
      return kinds.of(known);
    }

    /** What code points become: ranges of a pool of code points, of which these are the first. */
    private final class Rows {
      Operand<TInt32> pool;
      private Operand<TInt32> starts;
      private Operand<TInt32> lengths;

      Rows(
          Operand<TInt32> codePoints,
          Operand<TInt32> kinds,
          NormalizerTables.Expansions expansions) {
        var size = tf.size(codePoints);
        var start = gather(tf.constant(expansions.starts()), kinds);
        starts = tf.select(
            tf.math.less(start, zero), tf.range(zero, size, one), tf.math.add(start, size));
        lengths = gather(tf.constant(expansions.lengths()), kinds);
        pool = tf.concat(List.of(codePoints, tf.constant(expansions.codePoints())), zero);
      }

      /** Replaces rows by those of parts. */
      void put(Operand<TInt64> places, Parts parts) {
        var count = tf.shape(tf.reshape(places, flat));
        var from = tf.slice(parts.ends, first, count);
        var to = tf.slice(parts.ends, afterFirst, count);
        starts = tf.tensorScatterNdUpdate(starts, places, tf.math.add(from, tf.size(pool)));
        lengths = tf.tensorScatterNdUpdate(lengths, places, tf.math.sub(to, from));
        pool = tf.concat(List.of(pool, parts.codePoints), zero);
      }

      RaggedRange<TInt32, TInt32> ranges() {
        return tf.ragged.raggedRange(starts, tf.math.add(starts, lengths), one, TInt32.class);
      }
    }

    /** Parts of texts that are more than a code point that is not joined. */
    private final class Parts {
      /** Normalised. */
      final Operand<TInt32> codePoints;
      /** {@code [a + 1]}: where in these the part of each code point begins, and the end of the last one's. */
      final Operand<TInt32> ends;

      Parts(Operand<TInt32> original, Operand<TInt32> originalKinds) {
        var rows = new Rows(original, originalKinds, tables.decomposed());
        var ranges = rows.ranges();
        var decomposed = gather(rows.pool, ranges.rtDenseValues());
        var kinds = kindsOf(decomposed);
        var ranks = gather(tf.constant(tables.ranks()), kinds);
        var starters = tf.math.equal(ranks, zero);
        var runs = tf.math.cumsum(int32(starters), zero);
        var order = order(ranks, runs);
        if (tables.pairs().rounds() == 0) {
          codePoints = gather(decomposed, order);
          ends = ranges.rtNestedSplits();
        } else {
          var composition = new Composition(
              gather(decomposed, order),
              gather(ranks, order),
              gather(kinds, order),
              starters,
              runs);
          for (int round = 0; round < tables.pairs().rounds(); round++) {
            composition.round();
          }
          var isKept = composition.isKept();
          codePoints = gather(composition.codePoints, flatWhere(isKept));
          ends = gather(
              tf.concat(List.of(first, tf.math.cumsum(int32(isKept), zero)), zero),
              ranges.rtNestedSplits());
        }
      }

      /** Returns the places that those at each place come from in canonical order, which sorts what is between starters. */
      private Operand<TInt32> order(Operand<TInt32> ranks, Operand<TInt32> runs) {
        var places = tf.where(tf.math.greater(ranks, zero));
        var at = tf.reshape(tf.dtypes.cast(places, TInt32.class), flat);
        // Stable: of equal ones the first comes first.
        var sorted = tf.nn.topK(
            tf.math.neg(number(gather(runs, at), gather(ranks, at))), tf.size(at), TInt32.class);
        return tf.tensorScatterNdUpdate(
            tf.range(zero, tf.size(ranks), one), places, gather(at, sorted.indices()));
      }
    }

    /** Returns {@code high · RADIX + low}. */
    private Operand<TInt64> number(Operand<TInt32> high, Operand<TInt32> low) {
      return tf.math.add(tf.math.mul(int64(high), tf.constant(NormalizerTables.RADIX)), int64(low));
    }

    /** Code points {@code [d]} as they are composed. */
    private final class Composition {
      Operand<TInt32> codePoints;

      private final Operand<TInt32> size;
      private final Operand<TInt32> all;
      /** The place of what each is composed with, its own if it is kept. */
      private Operand<TInt32> targets;
      /** {@code [d + 1]}: the rank of what is before each, apart from what was composed. */
      private Operand<TInt32> before;
      /** The place of what was composed with each in the last round; only what is after it may be in the next one. */
      private Operand<TInt32> last;
      /** The places of those that may be the second of a pair. */
      private final Operand<TInt32> seconds;
      /** Their ranks. */
      private final Operand<TInt32> ranks;
      /** The places of the last starters before them. */
      private final Operand<TInt32> starters;

      private final Operand<TInt64> pairs;
      private final Operand<TInt32> composites;

      Composition(
          Operand<TInt32> codePoints,
          Operand<TInt32> ranks,
          Operand<TInt32> kinds,
          Operand<TBool> isStarter,
          Operand<TInt32> runs) {
        this.codePoints = codePoints;
        size = tf.size(codePoints);
        all = tf.range(zero, size, one);
        targets = all;
        before = tf.concat(List.of(first, ranks), zero);
        last = tf.fill(tf.shape(codePoints), tf.constant(-1));
        seconds = flatWhere(tf.math.greaterEqual(kinds, tf.constant(tables.seconds())));
        this.ranks = gather(ranks, seconds);
        var earlier = tf.math.sub(runs, int32(isStarter));
        // Before the first starter, the first place stands for one: nothing is composed with what
        // is there.
        starters =
            gather(tf.concat(List.of(first, flatWhere(isStarter)), zero), gather(earlier, seconds));
        pairs = tf.constant(tables.pairs().numbers());
        composites = tf.constant(tables.pairs().composites());
      }

      /** Composes each code point with the next one that it can be composed with. */
      void round() {
        var target = gather(targets, starters);
        var rankBefore = gather(before, seconds);
        var isReached =
            tf.math.logicalOr(tf.math.equal(rankBefore, zero), tf.math.less(rankBefore, ranks));
        var candidates = flatWhere(
            tf.math.logicalAnd(isReached, tf.math.greater(seconds, gather(last, target))));
        var from = gather(seconds, candidates);
        var to = gather(target, candidates);
        var pair = number(gather(codePoints, to), gather(codePoints, from));
        var row = tf.constant(new int[] {1, -1});
        var found = tf.reshape(
            tf.lowerBound(tf.reshape(pairs, row), tf.reshape(pair, row), TInt32.class), flat);
        var matches = flatWhere(tf.math.equal(gather(pairs, found), pair));
        var next = gather(matches, flatWhere(isFirst(gather(to, matches))));
        var composed = gather(to, next);
        var leftOut = gather(from, next);
        codePoints = put(codePoints, composed, gather(composites, gather(found, next)));
        targets = put(targets, leftOut, composed);
        before = put(before, tf.math.add(leftOut, one), gather(before, leftOut));
        last = put(tf.fill(tf.shape(codePoints), size), composed, leftOut);
      }

      /** Returns whether each of ascending values is the first of equal ones. */
      private Operand<TBool> isFirst(Operand<TInt32> values) {
        var previous = tf.slice(
            tf.concat(List.of(tf.constant(new int[] {-1}), values), zero), first, tf.shape(values));
        return tf.math.notEqual(values, previous);
      }

      private Operand<TInt32> put(
          Operand<TInt32> array, Operand<TInt32> places, Operand<TInt32> values) {
        return tf.tensorScatterNdUpdate(array, tf.reshape(places, column), values);
      }

      /** Returns whether each is composed with nothing before it. */
      Operand<TBool> isKept() {
        return tf.math.equal(targets, all);
      }
    }

    private Operand<TInt32> flatWhere(Operand<TBool> condition) {
      return tf.dtypes.cast(tf.reshape(tf.where(condition), flat), TInt32.class);
    }
  }
}
