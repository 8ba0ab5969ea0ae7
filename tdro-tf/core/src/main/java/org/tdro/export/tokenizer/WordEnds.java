package org.tdro.export.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tdro.text.BytePairTables;
import org.tdro.text.CodePointClass;
import org.tdro.text.WordPattern;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;

/** Where the words of a {@link WordPattern} that begin at each code point end. */
final class WordEnds extends TokenSteps {
  private final WordPattern pattern;
  private final Operand<TInt32> count;
  private final Operand<TInt32> size;
  private final Operand<TInt32> places;
  private final Operand<TInt32> kinds;
  private final Operand<TInt32> roles;

  /**
   * Creates them of code points whose texts all end with a special token.
   *
   * @param codePoints {@code [n]}
   */
  WordEnds(Ops tf, Operand<TInt32> codePoints, BytePairTables tables) {
    super(tf);
    pattern = tables.pattern();
    count = tf.size(codePoints);
    size = tf.shape(codePoints);
    places = tf.range(zero, count, one);
    var classes = new Numbers(tables.classes()).of(codePoints);
    kinds = tf.bitwise.bitwiseAnd(classes, tf.constant(CodePointClass.KINDS - 1));
    roles = tf.bitwise.rightShift(
        classes, tf.constant(Integer.numberOfTrailingZeros(CodePointClass.KINDS)));
  }

  /** The end of a word for which a condition holds; the conditions are tried in order, and one always holds. */
  private record Choice(Operand<TBool> condition, Operand<TInt32> end) {}

  /** Returns {@code [n]}: the place behind the word that begins at each code point. */
  Operand<TInt32> ends() {
    return pattern == WordPattern.BLOOM ? endsOfRuns() : endsOfWords();
  }

  /** Returns the ends of runs of letters, with a blank before them, and of what is between. */
  private Operand<TInt32> endsOfRuns() {
    var isLetter = is(CodePointClass.LETTER);
    var isSpecial = is(CodePointClass.SPECIAL);
    var isBlank = is(CodePointClass.BLANK);
    var choices = new ArrayList<Choice>();
    choices.add(new Choice(isSpecial, after(1)));
    runs(choices, isLetter, isBlank, runEnds(isLetter));
    var others = runEnds(tf.math.logicalNot(tf.math.logicalOr(isLetter, isSpecial)));
    // The last blank before letters is theirs; a text does not begin with the end of another one.
    var isTheirs = tf.math.logicalAnd(
        gather(isLetter, clipped(others)),
        gather(isBlank, tf.math.maximum(tf.math.sub(others, one), zero)));
    return end(choices, tf.math.sub(others, int32(isTheirs)));
  }

  private Operand<TInt32> endsOfWords() {
    var isLetter = is(CodePointClass.LETTER);
    var isNumber = is(CodePointClass.NUMBER);
    var isOther = is(CodePointClass.OTHER);
    var isBlank = is(CodePointClass.BLANK);
    var isLineEnd = is(CodePointClass.LINE_END);
    var isSpecial = is(CodePointClass.SPECIAL);
    var isSpace =
        tf.math.logicalOr(tf.math.logicalOr(isBlank, isLineEnd), is(CodePointClass.SPACE));
    var choices = new ArrayList<Choice>();
    // Texts are divided at these first, so each ends the part before it.
    var isAlone = tf.math.logicalOr(isSpecial, is(CodePointClass.DIGIT));
    choices.add(new Choice(isAlone, after(1)));
    contractions(choices);
    var beforeLetters = pattern.isLater()
        ? tf.math.logicalNot(tf.math.logicalOr(tf.math.logicalOr(isLetter, isNumber), isLineEnd))
        : isBlank;
    runs(choices, isLetter, beforeLetters, runEnds(isLetter));
    var numbers = runEnds(isNumber);
    if (pattern.digits() == Integer.MAX_VALUE) {
      runs(choices, isNumber, isBlank, numbers);
    } else {
      choices.add(new Choice(isNumber, tf.math.minimum(numbers, after(pattern.digits()))));
    }
    var others = runEnds(isOther);
    runs(
        choices,
        isOther,
        isBlank,
        pattern.isLater() ? gather(runEnds(isLineEnd), clipped(others)) : others);
    var spaces = runEnds(isSpace);
    if (pattern.isLater()) {
      lines(choices, isSpace, isLineEnd, spaces);
    }
    // All blanks but the last, which may belong to the next word; all of them at the end of a text.
    var isLong = tf.math.greater(tf.math.sub(spaces, places), one);
    var isInside = tf.math.logicalNot(gather(isAlone, clipped(spaces)));
    choices.add(new Choice(tf.math.logicalAnd(isLong, isInside), tf.math.sub(spaces, one)));
    return end(choices, spaces);
  }

  /** Returns the end of the first choice that holds. */
  private Operand<TInt32> end(List<Choice> choices, Operand<TInt32> otherwise) {
    Operand<TInt32> end = otherwise;
    for (int i = choices.size() - 1; i >= 0; i--) {
      end = tf.select(choices.get(i).condition, choices.get(i).end, end);
    }
    return end;
  }

  private Operand<TBool> is(int kind) {
    return tf.math.equal(kinds, tf.constant(kind));
  }

  private Operand<TInt32> after(int length) {
    return tf.math.add(places, tf.constant(length));
  }

  /** Returns places of which none is behind the last one. */
  private Operand<TInt32> clipped(Operand<TInt32> places) {
    return tf.math.minimum(places, tf.math.sub(count, one));
  }

  /** Returns values of the code points some places ahead; behind the last one the other value. */
  private Operand<TInt32> ahead(Operand<TInt32> values, int places, int other) {
    var behind = new int[places];
    Arrays.fill(behind, other);
    return tf.slice(
        tf.concat(List.of(values, tf.constant(behind)), zero),
        tf.constant(new int[] {places}),
        size);
  }

  private Operand<TBool> ahead(Operand<TBool> values) {
    return tf.math.equal(ahead(int32(values), 1, 0), one);
  }

  /** Returns for each code point the first place from it on that is not in a set. */
  private Operand<TInt32> runEnds(Operand<TBool> isIn) {
    var isOut = tf.math.logicalNot(isIn);
    var stops = tf.concat(
        List.of(
            tf.dtypes.cast(where(isOut), TInt32.class),
            tf.reshape(count, tf.constant(new int[] {1}))),
        zero);
    return gather(stops, tf.math.cumsum(int32(isOut), zero, Cumsum.exclusive(true)));
  }

  /** Adds the words of a run and, maybe, one code point before it. */
  private void runs(
      List<Choice> choices, Operand<TBool> isIn, Operand<TBool> isBefore, Operand<TInt32> ends) {
    choices.add(new Choice(isIn, ends));
    choices.add(
        new Choice(tf.math.logicalAnd(isBefore, ahead(isIn)), gather(ends, clipped(after(1)))));
  }

  private void contractions(List<Choice> choices) {
    var isApostrophe = tf.math.equal(roles, tf.constant(CodePointClass.APOSTROPHE));
    var second = ahead(roles, 1, 0);
    var third = ahead(roles, 2, 0);
    choices.add(new Choice(
        tf.math.logicalAnd(isApostrophe, tf.math.equal(second, tf.constant(CodePointClass.ALONE))),
        after(2)));
    for (int[] letters : new int[][] {
      {CodePointClass.R, CodePointClass.E},
      {CodePointClass.V, CodePointClass.E},
      {CodePointClass.L, CodePointClass.L}
    }) {
      choices.add(new Choice(
          tf.math.logicalAnd(
              isApostrophe,
              tf.math.logicalAnd(
                  tf.math.equal(second, tf.constant(letters[0])),
                  tf.math.equal(third, tf.constant(letters[1])))),
          after(3)));
    }
  }

  /** Adds the words of white space that end with the last line end in it. */
  private void lines(
      List<Choice> choices,
      Operand<TBool> isSpace,
      Operand<TBool> isLineEnd,
      Operand<TInt32> spaces) {
    var all = tf.concat(List.of(first, tf.math.cumsum(int32(isLineEnd), zero)), zero);
    var before = tf.slice(all, first, size);
    var within = gather(all, spaces);
    var lineEnds = tf.concat(List.of(first, tf.dtypes.cast(where(isLineEnd), TInt32.class)), zero);
    choices.add(new Choice(
        tf.math.logicalAnd(isSpace, tf.math.greater(within, before)),
        tf.math.add(gather(lineEnds, within), one)));
  }
}
