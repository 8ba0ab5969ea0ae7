package org.tdro.export.tokenizer;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.tdro.text.CodePointTable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.op.strings.UnicodeDecode;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** What tokenizers in a graph have in common: steps on one array of all texts of a batch. */
class TokenSteps {
  final Ops tf;
  final Operand<TInt32> zero;
  final Operand<TInt32> one;
  final Operand<TInt64> zeroLong;
  final Operand<TInt64> oneLong;
  /** Where a slice of all begins. */
  final Operand<TInt32> first;
  /** The shape of an array of one dimension. */
  final Operand<TInt32> flat;

  TokenSteps(Ops tf) {
    this.tf = tf;
    zero = tf.constant(0);
    one = tf.constant(1);
    zeroLong = tf.constant(0L);
    oneLong = tf.constant(1L);
    first = tf.constant(new int[] {0});
    flat = tf.constant(new int[] {-1});
  }

  /** Returns the code points of all texts; bytes that are not UTF-8 become U+FFFD. */
  final UnicodeDecode<TInt64> decoded(Operand<TString> texts) {
    return tf.strings.unicodeDecode(
        texts, "UTF-8", new UnicodeDecode.Options[] {UnicodeDecode.errors("replace")});
  }

  /** A table of code points in the graph. */
  final class Numbers {
    private final Operand<TInt32> pages;
    private final Operand<TInt32> numbers;

    Numbers(CodePointTable table) {
      pages = tf.constant(table.pages());
      numbers = tf.constant(table.numbers());
    }

    /** Returns the numbers of {@code [n]} code points. */
    Operand<TInt32> of(Operand<TInt32> codePoints) {
      return gather(numbers, rows(codePoints, pages));
    }
  }

  /** Returns the rows of {@code [n]} code points by the first row of each page of them. */
  final Operand<TInt32> rows(Operand<TInt32> codePoints, Operand<TInt32> pages) {
    int bits = Integer.numberOfTrailingZeros(CodePointTable.PAGE);
    return tf.math.add(
        gather(pages, tf.bitwise.rightShift(codePoints, tf.constant(bits))),
        tf.bitwise.bitwiseAnd(codePoints, tf.constant(CodePointTable.PAGE - 1)));
  }

  /** Returns values moved to the right, behind some others. */
  final Operand<TInt32> shifted(
      Operand<TInt32> others, Operand<TInt32> values, Operand<TInt32> size) {
    return tf.slice(tf.concat(List.of(others, values), zero), first, size);
  }

  /**
   * Extends what is reached in an array of {@code [n]} places by steps to their successors.
   *
   * @param next the successor of each place and of {@code n}
   * @param reached 1 at places that are reached, and 0
   * @param steps most that lead from them to another one
   * @return {@code [n + 1]}
   */
  final Operand<TInt32> reached(
      Operand<TInt32> next, Operand<TInt32> reached, Operand<TInt32> count, int steps) {
    var all = tf.math.add(count, one);
    for (long made = 1; made <= steps; made *= 2) {
      reached = tf.math.maximum(reached, tf.math.unsortedSegmentMax(reached, next, all));
      next = gather(next, next);
    }
    return reached;
  }

  /** The places of words or tokens in their texts, by the text of each. */
  final class Ranks {
    private final Operand<TInt64> ranks;
    /** How many the text of each has. */
    private final Operand<TInt64> counts;

    Ranks(Operand<TInt64> rows, Operand<TInt64> batch) {
      var ones = tf.onesLike(rows);
      var sums = tf.math.unsortedSegmentSum(ones, rows, batch);
      var starts = tf.math.cumsum(sums, zero, Cumsum.exclusive(true));
      ranks = tf.math.sub(tf.math.cumsum(ones, zero, Cumsum.exclusive(true)), gather(starts, rows));
      counts = gather(sums, rows);
    }

    /** Returns whether each is among the first of its text, or the last. */
    Operand<TBool> isWithin(long first, long last) {
      return tf.math.logicalOr(
          tf.math.less(ranks, tf.constant(first)),
          tf.math.greaterEqual(ranks, tf.math.sub(counts, tf.constant(last))));
    }
  }

  /**
   * Returns tokens cut to a maximum length and padded.
   *
   * @param ids {@code [t]} of all texts
   * @param rows the text of each
   * @param tail special tokens at the end of a text, which stay
   */
  final GraphTokenizer.Tokens cut(
      Operand<TInt32> ids, Operand<TInt64> rows, Operand<TInt64> batch, int maxLength, int tail) {
    var kept = where(new Ranks(rows, batch).isWithin(maxLength - tail, tail));
    var padded = tf.ragged.raggedTensorToTensor(
        tf.constant(new long[] {-1, -1}),
        gather(ids, kept),
        tf.constant(-1),
        List.of(batch, gather(rows, kept)),
        List.of("FIRST_DIM_SIZE", "VALUE_ROWIDS"));
    return new GraphTokenizer.Tokens(
        tf.math.maximum(padded, zero), int32(tf.math.greaterEqual(padded, zero)));
  }

  /**
   * Returns whether each code point is one of the last of its text.
   *
   * @param isEnd whether it is the last one
   */
  final Operand<TBool> isAmongLast(Operand<TBool> isEnd, int count, Operand<TInt32> size) {
    var padded = tf.concat(List.of(int32(isEnd), tf.constant(new int[count - 1])), zero);
    Operand<TInt32> any = int32(isEnd);
    for (int ahead = 1; ahead < count; ahead++) {
      any = tf.math.maximum(any, tf.slice(padded, tf.constant(new int[] {ahead}), size));
    }
    return tf.math.equal(any, one);
  }

  final Operand<TInt64> where(Operand<TBool> condition) {
    return tf.reshape(tf.where(condition), flat);
  }

  final Operand<TInt32> int32(Operand<TBool> values) {
    return tf.dtypes.cast(values, TInt32.class);
  }

  final Operand<TInt64> int64(Operand<TInt32> values) {
    return tf.dtypes.cast(values, TInt64.class);
  }

  final <T extends TType> Operand<T> gather(Operand<T> values, Operand<? extends TNumber> indices) {
    return tf.gather(values, indices, zero);
  }

  /** Returns a regular expression (RE2) of a text itself. */
  static String quoted(String text) {
    return text.codePoints().mapToObj(TokenSteps::escaped).collect(Collectors.joining());
  }

  static String escaped(int codePoint) {
    return String.format(Locale.ROOT, "\\x{%X}", codePoint);
  }
}
