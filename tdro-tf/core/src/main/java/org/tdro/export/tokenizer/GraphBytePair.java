package org.tdro.export.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tdro.text.BytePairTables;
import org.tdro.text.TextSide;
import org.tdro.text.WordPieceTables;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Byte-level BPE: all texts of a batch are one array of code points, and every step is an operation on all of it.
 *
 * <p>At each code point, {@link WordEnds} tells where a word that begins there ends, so words are found as in {@link GraphWordPiece},
 * by pointer jumping. Words that are tokens are looked up. The bytes of the others are merged in a loop, each turn of which makes all
 * merges that no other can prevent.
 */
final class GraphBytePair implements GraphTokenizer {
  /** The code point that marks the next one as a text's own. */
  private static final int ESCAPE = WordPieceTables.LAST_RESERVED;

  /** After the escape, this code point of private use stands for an escape in a text. */
  private static final int ESCAPED_ESCAPE = ESCAPE - 1;

  /** The first code point of private use that stands for a special token. */
  private static final int FIRST_RESERVED = WordPieceTables.FIRST_RESERVED;

  /** Any white space of Unicode, which RE2 has no class for. */
  private static final String WHITE_SPACE =
      "[\\x{9}-\\x{D}\\x{20}\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}]*";

  private final BytePairTables tables;

  GraphBytePair(BytePairTables tables) {
    this.tables = tables;
  }

  @Override
  public Tokens tokenize(Ops tf, Operand<TString> texts, int maxLength) {
    return new Steps(tf).tokenize(texts, maxLength);
  }

  /** The steps in one graph. In comments, n are code points of the batch, w words and m their bytes. */
  private final class Steps extends TokenSteps {
    Steps(Ops tf) {
      super(tf);
    }

    Tokens tokenize(Operand<TString> texts, int maxLength) {
      var decoded = decoded(marked(texts));
      var batch = tf.size(texts, TInt64.class);
      var codePoints =
          new GraphNormalizer(tables.normalizer()).normalize(tf, unmarked(decoded.charValues()));
      if (tables.beginsWithBlank()) {
        codePoints = withBlanks(codePoints);
      }
      var words = new Words(new LongTexts(tf, tables).cut(codePoints, maxLength), batch, maxLength);
      var bytes = new Bytes(words);
      var tokens =
          new BytePairMerges(tf, tables).tokens(bytes.ids, bytes.values, bytes.words, bytes.count);
      var at = where(tf.math.greaterEqual(tokens, zero));
      var rows = gather(words.rows, gather(bytes.words, at));
      return cut(gather(tokens, at), rows, batch, maxLength, tables.after().length);
    }

    /** Returns texts in which special tokens are code points of private use, with those around a text and the end of it. */
    private Operand<TString> marked(Operand<TString> texts) {
      var escape = Character.toString(ESCAPE);
      int last = reserved(tables.end());
      Operand<TString> marked = tf.strings.staticRegexReplace(
          texts, escaped(ESCAPE), escape + Character.toString(ESCAPED_ESCAPE));
      marked = tf.strings.staticRegexReplace(
          marked, "[" + escaped(FIRST_RESERVED) + "-" + escaped(last) + "]", escape + "\\0");
      for (var special : tables.specials().entrySet()) {
        marked = tf.strings.staticRegexReplace(
            marked,
            regex(special.getKey(), special.getValue().bare()),
            Character.toString(reserved(special.getValue().number())));
      }
      var after = reserved(tables.after()) + Character.toString(last);
      return tf.strings.join(
          List.of(tf.constant(reserved(tables.before())), marked, tf.constant(after)));
    }

    private static String reserved(int[] specials) {
      var codePoints = Arrays.stream(specials).map(Steps::reserved).toArray();
      return new String(codePoints, 0, codePoints.length);
    }

    private static String regex(String special, Set<TextSide> bare) {
      return (bare.contains(TextSide.BEFORE) ? WHITE_SPACE : "")
          + quoted(special)
          + (bare.contains(TextSide.AFTER) ? WHITE_SPACE : "");
    }

    private static int reserved(int special) {
      return FIRST_RESERVED + special - BytePairTables.FIRST_SPECIAL;
    }

    /** Returns code points in which special tokens are numbers beyond Unicode, without escapes. */
    private Operand<TInt32> unmarked(Operand<TInt32> codePoints) {
      var isEscape = tf.math.equal(codePoints, tf.constant(ESCAPE));
      var isEscaped = tf.math.equal(shifted(first, int32(isEscape), tf.shape(codePoints)), one);
      var isReserved = tf.math.logicalAnd(
          tf.math.greaterEqual(codePoints, tf.constant(FIRST_RESERVED)),
          tf.math.less(codePoints, tf.constant(FIRST_RESERVED + tables.specialIds().length)));
      var special =
          tf.math.add(codePoints, tf.constant(BytePairTables.FIRST_SPECIAL - FIRST_RESERVED));
      var own = tf.select(
          tf.math.equal(codePoints, tf.constant(ESCAPED_ESCAPE)), tf.constant(ESCAPE), codePoints);
      var all = tf.select(isEscaped, own, tf.select(isReserved, special, codePoints));
      return gather(all, where(tf.math.logicalNot(isEscape)));
    }

    /** Returns code points with a blank before texts, and before what follows special tokens, that do not begin with one. */
    private Operand<TInt32> withBlanks(Operand<TInt32> codePoints) {
      var isSpecial = tf.math.greaterEqual(codePoints, tf.constant(BytePairTables.FIRST_SPECIAL));
      var begins = shifted(tf.constant(new int[] {1}), int32(isSpecial), tf.shape(codePoints));
      var lacks = tf.math.logicalNot(
          tf.math.logicalOr(isSpecial, tf.math.equal(codePoints, tf.constant((int) ' '))));
      var added = tf.math.mul(begins, int32(lacks));
      var places =
          tf.math.add(tf.range(zero, tf.size(codePoints), one), tf.math.cumsum(added, zero));
      var size = tf.math.add(tf.shape(codePoints), tf.reduceSum(added, zero));
      return tf.tensorScatterNdUpdate(
          tf.fill(size, tf.constant((int) ' ')),
          tf.reshape(places, tf.constant(new int[] {-1, 1})),
          codePoints);
    }

    /** The words that decide about the tokens: each has at least one, so those beyond the maximum length are left out. */
    private final class Words {
      /** Code points of all texts. */
      final Operand<TInt32> codePoints;
      /** Where words begin. */
      final Operand<TInt32> starts;
      /** Their number of code points. */
      final Operand<TInt32> lengths;
      /** The text of each. */
      final Operand<TInt64> rows;

      Words(Operand<TInt32> codePoints, Operand<TInt64> batch, int maxLength) {
        this.codePoints = codePoints;
        var count = tf.size(codePoints);
        var size = tf.shape(codePoints);
        var end = tf.constant(tables.end());
        var isEnd = tf.math.equal(codePoints, end);
        var begins = shifted(tf.constant(new int[] {1}), int32(isEnd), size);
        // The tokens after a text, and its end, are words of their own.
        int tail = tables.tail();
        var next = tf.concat(
            List.of(
                new WordEnds(tf, codePoints, tables).ends(),
                tf.reshape(count, tf.constant(new int[] {1}))),
            zero);
        var reached = reached(next, tf.concat(List.of(begins, first), zero), count, maxLength);
        var row = tf.dtypes.cast(
            tf.math.cumsum(int32(isEnd), zero, Cumsum.exclusive(true)), TInt64.class);
        var isLast = isAmongLast(isEnd, tail, size);
        var isWord = tf.math.logicalOr(tf.math.equal(tf.slice(reached, first, size), one), isLast);
        var found = where(isWord);
        var kept = where(new Ranks(gather(row, found), batch).isWithin(maxLength, tail));
        starts = tf.dtypes.cast(gather(found, kept), TInt32.class);
        lengths = tf.math.sub(gather(next, starts), starts);
        rows = gather(row, starts);
      }
    }

    /** The bytes of words. */
    private final class Bytes {
      /** {@code [m]}, the id of each byte or special token. */
      final Operand<TInt32> ids;
      /** 0 to 255; of special tokens anything. */
      final Operand<TInt32> values;
      /** The word of each. */
      final Operand<TInt32> words;
      /** The number of words. */
      final Operand<TInt32> count;

      Bytes(Words of) {
        count = tf.size(of.starts);
        var codes = new Parts(of.starts, of.lengths);
        var codePoints = gather(of.codePoints, codes.values);
        var isSpecial = tf.math.greaterEqual(codePoints, tf.constant(BytePairTables.FIRST_SPECIAL));
        Operand<TInt32> following = zero;
        for (int from : new int[] {0x80, 0x800, 0x10000}) {
          following =
              tf.math.add(following, int32(tf.math.greaterEqual(codePoints, tf.constant(from))));
        }
        following = tf.select(isSpecial, zero, following);
        var bytes = new Parts(tf.zerosLike(following), tf.math.add(following, one));
        var codePoint = gather(codePoints, bytes.owners);
        var most = gather(following, bytes.owners);
        // UTF-8: six bits in each byte after the first one.
        var shift = tf.math.mul(tf.math.sub(most, bytes.values), tf.constant(6));
        var bits = tf.bitwise.rightShift(codePoint, shift);
        var lead =
            tf.bitwise.bitwiseOr(bits, gather(tf.constant(new int[] {0, 0xc0, 0xe0, 0xf0}), most));
        var rest =
            tf.bitwise.bitwiseOr(tf.bitwise.bitwiseAnd(bits, tf.constant(0x3f)), tf.constant(0x80));
        values = tf.bitwise.bitwiseAnd(
            tf.select(tf.math.equal(bytes.values, zero), lead, rest), tf.constant(0xff));
        words = gather(codes.owners, bytes.owners);
        var special = tf.math.sub(codePoint, tf.constant(BytePairTables.FIRST_SPECIAL));
        ids = tf.select(
            gather(isSpecial, bytes.owners),
            gather(tf.constant(tables.specialIds()), tf.math.maximum(special, zero)),
            gather(tf.constant(tables.bytes()), values));
      }
    }

    /** The numbers of ranges, one range after another, none of them empty. */
    private final class Parts {
      final Operand<TInt32> values;
      /** The range of each number. */
      final Operand<TInt32> owners;

      Parts(Operand<TInt32> from, Operand<TInt32> lengths) {
        var ranges = tf.ragged.raggedRange(from, tf.math.add(from, lengths), one);
        values = ranges.rtDenseValues();
        var begins = tf.math.cumsum(lengths, zero, Cumsum.exclusive(true));
        var marks = tf.math.unsortedSegmentSum(tf.onesLike(begins), begins, tf.size(values));
        owners = tf.math.sub(tf.math.cumsum(marks, zero), one);
      }
    }
  }
}
