package org.tdro.rows.duplicates;

import java.text.Normalizer;
import java.util.Locale;
import org.tdro.io.CounterRandom;

/**
 * A text without what does not change its words: in Unicode's form NFKC (full-width letters become narrow ones, ligatures become
 * letters), in lower case, with one blank for each run of white space, punctuation and control characters, and without invisible format
 * characters such as soft hyphens. Letters, marks, digits and other symbols stay: {@code C++} differs from {@code C}. A text of
 * punctuation alone keeps it.
 *
 * @param value two texts are equal after normalisation if their values are
 */
public record NormalText(String value) {
  private static final int ASCII = 128;

  /** Normalises a text. */
  public static NormalText of(String text) {
    var folded = fold(text);
    var words = words(folded);
    return new NormalText(words.isEmpty() ? folded.strip() : words);
  }

  private static String fold(String text) {
    if (isAscii(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    var visible = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> Character.getType(c) != Character.FORMAT)
        .forEach(visible::appendCodePoint);
    // The final sigma depends on what follows; lower case may leave a letter and a mark that are
    // one letter.
    var lower = Normalizer.normalize(visible, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replace('ς', 'σ');
    return Normalizer.normalize(lower, Normalizer.Form.NFKC);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= ASCII) {
        return false;
      }
    }
    return true;
  }

  private static String words(String text) {
    var words = new StringBuilder(text.length());
    boolean separated = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (separates(c)) {
        separated = true;
      } else {
        if (separated && words.length() > 0) {
          words.append(' ');
        }
        separated = false;
        words.appendCodePoint(c);
      }
    }
    return words.toString();
  }

  private static boolean separates(int c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.MODIFIER_SYMBOL -> true;
      default -> false;
    };
  }

  /** Returns a hash of 64 bits; among ten million texts, two different ones have the same with a probability of 3 in a million. */
  public long hash() {
    return CounterRandom.mix(CounterRandom.nameHash(value));
  }

  /** Returns the shingles of the text. */
  public Shingles shingles() {
    return Shingles.of(value);
  }
}
