package org.tdro.export.tokenizer;

import java.util.Arrays;
import java.util.List;
import org.tdro.text.BytePairTables;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The tokens of the bytes of words. BPE merges the pair of lowest rank, the first of several, until none is left. In each turn of the
 * loop here, all pairs of the lowest rank of a word are merged, and with them each pair of which no earlier merge can take a part away.
 */
final class BytePairMerges extends TokenSteps {
  /** The rank of what is no pair. */
  private static final int NONE = Integer.MAX_VALUE;

  private final BytePairTables tables;

  BytePairMerges(Ops tf, BytePairTables tables) {
    super(tf);
    this.tables = tables;
  }

  /**
   * Returns tokens at the places of their first bytes, and −1 at the other places.
   *
   * @param ids {@code [m]} of the bytes, or −1
   * @param bytes 0 to 255
   * @param words the word of each, in ascending order
   * @param count number of words
   */
  Operand<TInt32> tokens(
      Operand<TInt32> ids, Operand<TInt32> bytes, Operand<TInt32> words, Operand<TInt32> count) {
    var lengths = tf.math.unsortedSegmentSum(tf.onesLike(words), words, count);
    Operand<TBool> isDone = tf.math.equal(lengths, one);
    Operand<TInt32> tokens = ids;
    if (tables.words().ids().length > 0) {
      var whole = new Whole(bytes, words, lengths, count);
      isDone = tf.math.logicalOr(isDone, whole.isFound);
      tokens = tf.select(gather(whole.isFound, words), whole.tokens, ids);
    }
    var isOfDone = gather(isDone, words);
    tokens = tf.select(isOfDone, tokens, tf.constant(-1));
    var open = where(tf.math.logicalNot(isOfDone));
    var places = tf.dtypes.cast(open, TInt32.class);
    var state = List.<Operand<?>>of(tokens, gather(ids, open), places, gather(words, open), count);
    try (var condition = ConcreteFunction.create(BytePairMerges::isUnfinished);
        var body = ConcreteFunction.create(ops -> new BytePairMerges(ops, tables).turn())) {
      return asInts(tf.statelessWhile(state, condition, body).output().get(0));
    }
  }

  @SuppressWarnings("unchecked")
  private static Operand<TInt32> asInts(Operand<?> output) {
    return (Operand<TInt32>) output;
  }

  /** The words that are one token. */
  private final class Whole {
    /** Whether a word is. */
    final Operand<TBool> isFound;
    /** At the first byte of such a word its token, elsewhere −1. */
    final Operand<TInt32> tokens;

    Whole(
        Operand<TInt32> bytes,
        Operand<TInt32> words,
        Operand<TInt32> lengths,
        Operand<TInt32> count) {
      var table = tables.words();
      var firsts = tf.math.sub(tf.math.cumsum(lengths, zero), lengths);
      var place = tf.math.sub(tf.range(zero, tf.size(words), one), gather(firsts, words));
      var weights = gather(
          tf.constant(table.weights()),
          tf.math.minimum(place, tf.constant(table.weights().length - 1)));
      var hashes = tf.math.unsortedSegmentSum(
          tf.math.mul(weights, tf.dtypes.cast(tf.math.add(bytes, one), TInt64.class)),
          words,
          count);
      var found = new Found(table.hashes(), hashes);
      var candidate = tf.math.minimum(found.places, tf.constant(table.ids().length - 1));
      var starts = tf.constant(table.starts());
      var start = gather(starts, candidate);
      var isLike = tf.math.logicalAnd(
          found.isFound,
          tf.math.equal(lengths, tf.math.sub(gather(starts, tf.math.add(candidate, one)), start)));
      // Other words may have the same sum.
      var compared = where(gather(isLike, words));
      var of = gather(words, compared);
      var expected = gather(
          tf.constant(table.bytes()), tf.math.add(gather(start, of), gather(place, compared)));
      var isOther = tf.math.notEqual(
          gather(bytes, compared),
          tf.bitwise.bitwiseAnd(tf.dtypes.cast(expected, TInt32.class), tf.constant(0xff)));
      var others = tf.math.unsortedSegmentSum(int32(isOther), of, count);
      isFound = tf.math.logicalAnd(isLike, tf.math.equal(others, zero));
      tokens = tf.select(
          tf.math.equal(place, zero),
          gather(gather(tf.constant(table.ids()), candidate), words),
          tf.constant(-1));
    }
  }

  /** Numbers in an ascending table. */
  private final class Found {
    /** Where each is, or the next larger one. */
    final Operand<TInt32> places;
    /** Whether it is there. */
    final Operand<TBool> isFound;

    Found(long[] table, Operand<TInt64> numbers) {
      var row = tf.constant(new int[] {1, -1});
      var sorted = tf.constant(table);
      places = tf.reshape(
          tf.lowerBound(tf.reshape(sorted, row), tf.reshape(numbers, row), TInt32.class), flat);
      isFound = tf.math.equal(gather(sorted, places), numbers);
    }

    /** Returns the values of a table at the numbers that are there, and another value for the others. */
    Operand<TInt32> values(int[] table, Operand<TBool> condition, int other) {
      // There is one more number, the largest, than values.
      var padded = Arrays.copyOf(table, table.length + 1);
      return tf.select(
          tf.math.logicalAnd(condition, isFound),
          gather(tf.constant(padded), places),
          tf.constant(other));
    }
  }

  private static Signature isUnfinished(Ops tf) {
    var inputs = new Inputs(tf);
    return inputs
        .signature("isUnfinished")
        .output("isUnfinished", tf.math.greater(tf.size(inputs.ids), tf.constant(0)))
        .build();
  }

  /** The state of the loop. */
  private static final class Inputs {
    /** The tokens of finished words, {@code [m]}. */
    final Operand<TInt32> tokens;
    /** What is left of the other words, {@code [u]}. */
    final Operand<TInt32> ids;
    /** Where that is among the tokens. */
    final Operand<TInt32> places;
    /** The word of each. */
    final Operand<TInt32> words;
    /** The number of all words. */
    final Operand<TInt32> count;

    Inputs(Ops tf) {
      tokens = input(tf, Shape.of(-1));
      ids = input(tf, Shape.of(-1));
      places = input(tf, Shape.of(-1));
      words = input(tf, Shape.of(-1));
      count = input(tf, Shape.scalar());
    }

    private static Operand<TInt32> input(Ops tf, Shape shape) {
      return tf.placeholder(TInt32.class, Placeholder.shape(shape));
    }

    Signature.Builder signature(String name) {
      return Signature.builder(name)
          .input("tokens", tokens)
          .input("ids", ids)
          .input("places", places)
          .input("words", words)
          .input("count", count);
    }
  }

  /** One turn of the loop, in the graph of its function. */
  private Signature turn() {
    var in = new Inputs(tf);
    var size = tf.shape(in.ids);
    var places = tf.range(zero, tf.size(in.ids), one);
    // The pair of each token with the next one of its word.
    var hasNext = tf.math.equal(in.words, left(in.words, size, -1));
    var pairs = tf.math.add(
        tf.math.mul(int64(in.ids), tf.constant((long) tables.vocabulary())),
        int64(left(in.ids, size, 0)));
    var found = new Found(tables.pairs(), pairs);
    var ranks = found.values(tables.ranks(), hasNext, NONE);
    var isPair = tf.math.less(ranks, tf.constant(NONE));
    var lowest = gather(tf.math.unsortedSegmentMin(ranks, in.words, in.count), in.words);
    var isMerged =
        isMerged(pairs, ranks, isPair, tf.math.equal(ranks, lowest), hasNext, places, size);
    var merged = tf.select(isMerged, found.values(tables.merged(), isPair, 0), in.ids);
    var isLeft = tf.math.equal(right(int32(isMerged), size, 0), zero);
    var isOpen = tf.math.less(lowest, tf.constant(NONE));
    var done = where(tf.math.logicalNot(isOpen));
    var kept = where(tf.math.logicalAnd(isOpen, isLeft));
    var doneAt = tf.reshape(gather(in.places, done), tf.constant(new int[] {-1, 1}));
    return in.signature("merge")
        .output("tokens", tf.tensorScatterNdUpdate(in.tokens, doneAt, gather(in.ids, done)))
        .output("ids", gather(merged, kept))
        .output("places", gather(in.places, kept))
        .output("words", gather(in.words, kept))
        .output("count", tf.identity(in.count))
        .build();
  }

  /** Returns whether a pair has the lowest rank of its word, or no merge of lower rank, now or later, can take away a part of it. */
  private Operand<TBool> isMerged(
      Operand<TInt64> pairs,
      Operand<TInt32> ranks,
      Operand<TBool> isPair,
      Operand<TBool> isLowest,
      Operand<TBool> hasNext,
      Operand<TInt32> places,
      Operand<TInt32> size) {
    var ranksBefore = right(ranks, size, NONE);
    var isSafe = all(List.of(
        tf.math.greaterEqual(ranksBefore, ranks),
        tf.math.greater(right(earlier(tables.earlierBefore(), pairs, hasNext), size, NONE), ranks),
        tf.math.greaterEqual(left(ranks, size, NONE), ranks),
        tf.math.greaterEqual(
            left(earlier(tables.earlierAfter(), pairs, hasNext), size, NONE), ranks)));
    var isReady = tf.math.logicalAnd(isPair, tf.math.logicalOr(isSafe, isLowest));
    // In a row of equal pairs, as of "aaaa", every second one, if the first is.
    var isRepeated = tf.math.logicalAnd(isPair, tf.math.equal(ranksBefore, ranks));
    var isFirst = tf.math.logicalNot(isRepeated);
    var firsts = tf.dtypes.cast(where(isFirst), TInt32.class);
    var firstOf = gather(firsts, tf.math.sub(tf.math.cumsum(int32(isFirst), zero), one));
    var isEven = tf.math.equal(tf.bitwise.bitwiseAnd(tf.math.sub(places, firstOf), one), zero);
    return all(List.of(isReady, isEven, gather(isReady, firstOf)));
  }

  private Operand<TInt32> earlier(
      BytePairTables.Earlier table, Operand<TInt64> pairs, Operand<TBool> hasNext) {
    return new Found(table.pairs(), pairs).values(table.ranks(), hasNext, NONE);
  }

  private Operand<TBool> all(List<Operand<TBool>> conditions) {
    return conditions.stream().reduce(tf.math::logicalAnd).orElseThrow();
  }

  /** Returns values moved one place to the left, with another one behind. */
  private Operand<TInt32> left(Operand<TInt32> values, Operand<TInt32> size, int other) {
    var longer = tf.concat(List.of(values, tf.constant(new int[] {other})), zero);
    return tf.slice(longer, tf.constant(new int[] {1}), size);
  }

  /** Returns values moved one place to the right, with another one before. */
  private Operand<TInt32> right(Operand<TInt32> values, Operand<TInt32> size, int other) {
    return shifted(tf.constant(new int[] {other}), values, size);
  }
}
