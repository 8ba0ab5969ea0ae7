package org.tdro.export.tokenizer;

import java.util.List;
import org.tdro.text.WordPieceTables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * WordPiece without a loop: all texts of a batch are one array of code points, and every step is an operation on all of it.
 *
 * <p>Code points become items by a table; those that the maximum length cuts off in any case are left out. At each item the longest
 * token is found by as many steps in a trie as the longest token has items. That gives each item a successor, the first item after
 * its token; the tokens of a word are at the items that are reached from its first one, found by squaring the successor function
 * (pointer jumping), since a word of 100 items has at most 100 tokens.
 */
final class GraphWordPiece implements GraphTokenizer {
  private static final long DEAD = -1;

  private final WordPieceTables tables;

  GraphWordPiece(WordPieceTables tables) {
    this.tables = tables;
  }

  @Override
  public Tokens tokenize(Ops tf, Operand<TString> texts, int maxLength) {
    return new Steps(tf).tokenize(texts, maxLength);
  }

  /** The steps in one graph. In comments, n are code points of the batch, m items, w words and t tokens. */
  private final class Steps extends TokenSteps {
    Steps(Ops tf) {
      super(tf);
    }

    Tokens tokenize(Operand<TString> texts, int maxLength) {
      var decoded = decoded(marked(texts));
      var ends = tf.math.mul(decoded.rowSplits(), tf.constant((long) tables.width()));
      var batch = tf.size(texts, TInt64.class);
      var items = new Items(items(decoded.charValues()), ends, batch, maxLength);
      var words = new Words(items);
      var at = where(words.isToken);
      return cut(gather(words.ids, at), gather(items.rows, at), batch, maxLength, tail());
    }

    /** Returns texts in which special tokens are code points of private use, with those around a text. */
    private Operand<TString> marked(Operand<TString> texts) {
      var reserved = "[" + escaped(WordPieceTables.FIRST_RESERVED) + "-"
          + escaped(WordPieceTables.LAST_RESERVED) + "]";
      Operand<TString> marked = tf.strings.staticRegexReplace(
          texts, reserved, Character.toString(WordPieceTables.SUBSTITUTE));
      for (var special : tables.specials()) {
        marked = tf.strings.staticRegexReplace(
            marked, quoted(special.content()), Character.toString(special.codePoint()));
      }
      return tf.strings.join(
          List.of(tf.constant(tables.before()), marked, tf.constant(tables.after())));
    }

    /** Returns {@code [n · width]} items of {@code [n]} code points. */
    private Operand<TInt32> items(Operand<TInt32> codePoints) {
      var row = rows(codePoints, tf.constant(tables.pages()));
      int width = tables.width();
      if (width == 1) {
        return gather(tf.constant(tables.items()), row);
      }
      var rows = tf.reshape(tf.constant(tables.items()), tf.constant(new int[] {-1, width}));
      return tf.reshape(gather(rows, row), tf.constant(new int[] {-1}));
    }

    /** Returns a number for each item that grows where a word ends. */
    private Operand<TInt32> groups(Operand<TInt32> items) {
      // An isolated item ends the word before it and its own.
      var isolated = tf.bitwise.bitwiseAnd(items, one);
      var sum = tf.math.cumsum(isolated, zero);
      return tf.math.sub(tf.math.add(sum, sum), isolated);
    }

    /**
     * The {@code [m]} items that decide about the tokens. A word has at least one token, so words beyond the maximum length are left
     * out, except for the special ones at the end; and so are items of a word beyond the one that makes it unknown. Work on what is
     * left is bounded, whatever the length of a text.
     */
    private final class Items {
      final Operand<TInt32> codes;
      /** Whether a word begins at an item. */
      final Operand<TBool> isFirst;
      /** The place of an item in its word. */
      final Operand<TInt32> places;
      /** The text of an item. */
      final Operand<TInt64> rows;

      Items(Operand<TInt32> all, Operand<TInt64> ends, Operand<TInt64> batch, int maxLength) {
        var present = where(tf.math.greater(all, one));
        var groups = gather(groups(all), present);
        var begins = tf.math.notEqual(
            groups, shifted(tf.constant(new int[] {-1}), groups, tf.shape(groups)));
        var word = tf.math.sub(tf.math.cumsum(int32(begins), zero), one);
        var row = textsOf(ends, present);
        var firsts = where(begins);
        var place = tf.math.sub(
            tf.range(zero, tf.size(word), one), tf.dtypes.cast(gather(firsts, word), TInt32.class));
        var ranks = new Ranks(gather(row, firsts), batch);
        var isKept = tf.math.logicalAnd(
            gather(ranks.isWithin(maxLength, tail()), word),
            tf.math.lessEqual(place, tf.constant(tables.longestWord())));
        var kept = where(isKept);
        codes = tf.bitwise.rightShift(gather(all, gather(present, kept)), one);
        isFirst = gather(begins, kept);
        places = gather(place, kept);
        rows = gather(row, kept);
      }
    }

    /** Returns the number of special tokens after a text. */
    private int tail() {
      return tables.after().codePointCount(0, tables.after().length());
    }

    /** The tokens of the words of {@code [m]} items. */
    private final class Words {
      /** Whether a token begins at an item. */
      final Operand<TBool> isToken;
      /** Its id. */
      final Operand<TInt32> ids;

      private final Operand<TInt32> size;
      private final Items items;

      Words(Items items) {
        this.items = items;
        size = tf.shape(items.codes);
        var longest = longest(symbols());
        var lengths = gather(tf.constant(tables.lengths()), longest);
        var isReached = isReached(lengths);
        var isUnknown = isUnknown(tf.math.logicalAnd(isReached, tf.math.equal(lengths, zero)));
        isToken = tf.select(isUnknown, items.isFirst, isReached);
        ids = tf.select(
            isUnknown,
            tf.constant(tables.unknown()),
            gather(tf.constant(tables.tokens()), longest));
      }

      private Operand<TInt64> symbols() {
        var begins = tf.math.mul(int32(items.isFirst), tf.constant(tables.codes()));
        return tf.dtypes.cast(tf.math.add(items.codes, begins), TInt64.class);
      }

      /** Returns the state in the trie that the longest match at each item ends in. */
      private Operand<TInt64> longest(Operand<TInt64> symbols) {
        // Beyond the end there is code 0, of which no token has any.
        var beyond = tf.constant(new long[tables.longest()]);
        var row = tf.constant(new int[] {1, -1});
        var padded = tf.reshape(tf.concat(List.of(symbols, beyond), zero), row);
        var shape = tf.concat(List.of(tf.constant(new int[] {1}), size), zero);
        var edges = tf.constant(tables.edges());
        var sorted = tf.reshape(edges, row);
        var radix = tf.constant(2L * tables.codes());
        var dead = tf.constant(DEAD);
        Operand<TInt64> state = null;
        Operand<TInt64> longest = null;
        for (int step = 0; step < tables.longest(); step++) {
          var symbol = tf.slice(padded, tf.constant(new int[] {0, step}), shape);
          var edge = state == null ? symbol : tf.math.add(tf.math.mul(state, radix), symbol);
          var place = tf.lowerBound(sorted, edge, TInt64.class);
          state = tf.select(
              tf.math.equal(gather(edges, place), edge), tf.math.add(place, oneLong), dead);
          longest = tf.math.maximum(longest == null ? zeroLong : longest, state);
        }
        return tf.reshape(longest, tf.constant(new int[] {-1}));
      }

      /** Returns the items at which a token begins if all words are known. */
      private Operand<TBool> isReached(Operand<TInt32> lengths) {
        var count = count();
        Operand<TInt32> next =
            tf.concat(List.of(tf.math.add(tf.range(zero, count, one), lengths), size), zero);
        Operand<TInt32> reached = tf.concat(List.of(int32(items.isFirst), first), zero);
        // The steps from the first to the last of a word's most tokens.
        reached = reached(next, reached, count, tables.longestWord() - 1);
        return tf.math.equal(tf.slice(reached, first, size), one);
      }

      private Operand<TInt32> count() {
        return tf.reshape(size, tf.constant(Shape.scalar()));
      }

      /** Returns whether the word of an item is unknown, since it is too long or some part of it is no token. */
      private Operand<TBool> isUnknown(Operand<TBool> isLost) {
        var word = tf.math.sub(tf.math.cumsum(int32(items.isFirst), zero), one);
        var isBeyond = tf.math.equal(items.places, tf.constant(tables.longestWord()));
        var lost =
            tf.math.unsortedSegmentMax(int32(tf.math.logicalOr(isLost, isBeyond)), word, count());
        return tf.math.equal(gather(lost, word), one);
      }
    }

    /** Returns the text of each token by the ends of the texts. */
    private Operand<TInt64> textsOf(Operand<TInt64> ends, Operand<TInt64> places) {
      var row = tf.constant(new int[] {1, -1});
      var above = tf.upperBound(tf.reshape(ends, row), tf.reshape(places, row), TInt64.class);
      return tf.math.sub(tf.reshape(above, tf.constant(new int[] {-1})), oneLong);
    }
  }
}
