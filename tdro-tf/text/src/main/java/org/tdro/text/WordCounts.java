package org.tdro.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Counts of words, the input of {@link BytePairTrainer}. Thread-safe.
 *
 * <p>Words are the parts into which a byte-level tokenizer splits a text before it looks for tokens: GPT-2's pattern (Radford et
 * al. 2019), after NFKC and lower case if asked for.
 */
public final class WordCounts {
  private static final Pattern WORD = Pattern.compile(
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      Pattern.UNICODE_CHARACTER_CLASS);

  private final boolean normalize;
  private final ConcurrentHashMap<String, Long> counts = new ConcurrentHashMap<>();

  /**
   * Creates empty counts.
   *
   * @param normalize whether texts are first converted to NFKC and lower case
   */
  public WordCounts(boolean normalize) {
    this.normalize = normalize;
  }

  /** Counts the words of some texts. */
  public void add(Collection<String> texts) {
    var local = new HashMap<String, Long>();
    for (var text : texts) {
      for (var word : words(text)) {
        local.merge(word, 1L, Long::sum);
      }
    }
    local.forEach((word, count) -> counts.merge(word, count, Long::sum));
  }

  /** Returns the words of a text in order; joined they are the whole text, once it is {@linkplain Tokenizer#wellFormed well-formed}. */
  List<String> words(String text) {
    var words = new ArrayList<String>();
    var formed = Tokenizer.wellFormed(text);
    var matcher = WORD.matcher(normalize ? normalized(formed) : formed);
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  /** Returns whether texts are first converted to NFKC and lower case. */
  public boolean normalize() {
    return normalize;
  }

  Map<String, Long> counts() {
    return counts;
  }

  /** Normalises as the tokenizers library: character by character, without the Greek rule for the end of a word. */
  static String normalized(String text) {
    var composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
    var lower = new StringBuilder(composed.length());
    composed.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    return lower.toString();
  }
}
