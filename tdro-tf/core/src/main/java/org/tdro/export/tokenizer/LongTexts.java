package org.tdro.export.tokenizer;

import java.util.List;
import org.tdro.text.BytePairTables;
import org.tdro.text.CodePointClass;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TInt32;

/**
 * The code points of texts so long that it pays to cut them before words are looked for. A letter before a blank ends a word whatever
 * the pattern. So a text can end where it has as many of these as it may have tokens, since a word has one at least.
 */
final class LongTexts extends TokenSteps {
  /** Code points of a batch from which on it is cut. */
  private static final int LONG = 1 << 16;

  private final BytePairTables tables;

  LongTexts(Ops tf, BytePairTables tables) {
    super(tf);
    this.tables = tables;
  }

  /**
   * Returns code points that have the same first tokens, and those after a text.
   *
   * @param codePoints {@code [n]}, of all texts
   */
  Operand<TInt32> cut(Operand<TInt32> codePoints, int maxLength) {
    var isLong = tf.math.greater(tf.size(codePoints), tf.constant(LONG));
    var branches = tf.switchCond(codePoints, isLong);
    return tf.merge(List.of(branches.outputFalse(), shortened(branches.outputTrue(), maxLength)))
        .output();
  }

  private Operand<TInt32> shortened(Operand<TInt32> codePoints, int maxLength) {
    var size = tf.shape(codePoints);
    var kinds = tf.bitwise.bitwiseAnd(
        new Numbers(tables.classes()).of(codePoints), tf.constant(CodePointClass.KINDS - 1));
    var isLetter = int32(tf.math.equal(kinds, tf.constant(CodePointClass.LETTER)));
    var isBlank = int32(tf.math.equal(kinds, tf.constant(CodePointClass.BLANK)));
    var ends = tf.math.cumsum(tf.math.mul(shifted(first, isLetter, size), isBlank), zero);
    var isEnd = tf.math.equal(codePoints, tf.constant(tables.end()));
    var row = tf.math.cumsum(int32(isEnd), zero, Cumsum.exclusive(true));
    var endsBefore = gather(tf.concat(List.of(first, gather(ends, where(isEnd))), zero), row);
    var isNeeded = tf.math.less(tf.math.sub(ends, endsBefore), tf.constant(maxLength));
    var kept = tf.math.logicalOr(isNeeded, isAmongLast(isEnd, tables.tail(), size));
    return gather(codePoints, where(kept));
  }
}
