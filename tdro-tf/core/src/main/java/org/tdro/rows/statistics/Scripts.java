package org.tdro.rows.statistics;

import java.lang.Character.UnicodeScript;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The scripts of texts, counted by text. */
public final class Scripts {
  /** The name of a text without letters. */
  static final String NONE = "none";

  private final SortedMap<String, Long> counts = new TreeMap<>();

  /** Begins without texts. */
  public Scripts() {}

  /** Counts a text, by what {@link #of} returns for it. */
  public void add(String script) {
    counts.merge(script, 1L, Long::sum);
  }

  /** Returns how many texts are in each script. */
  public SortedMap<String, Long> counts() {
    return counts;
  }

  /**
   * Returns the script of most letters of a text by its name in Unicode, such as {@code Latin} or {@code Han}. Kana or Hangul make a text
   * {@code Kana} or {@code Hangul} from a tenth of its letters on, since Japanese and Korean are written with Han, too.
   */
  public static String of(String text) {
    var letters = new EnumMap<UnicodeScript, Integer>(UnicodeScript.class);
    text.codePoints()
        .filter(Character::isLetter)
        .mapToObj(UnicodeScript::of)
        .map(script -> script == UnicodeScript.KATAKANA ? UnicodeScript.HIRAGANA : script)
        .forEach(script -> letters.merge(script, 1, Integer::sum));
    letters.remove(UnicodeScript.COMMON);
    int all = letters.values().stream().mapToInt(Integer::intValue).sum();
    if (10 * letters.getOrDefault(UnicodeScript.HIRAGANA, 0) >= all && all > 0) {
      return "Kana";
    }
    if (10 * letters.getOrDefault(UnicodeScript.HANGUL, 0) >= all && all > 0) {
      return "Hangul";
    }
    return letters.entrySet().stream()
        .max(Comparator.comparingInt(Map.Entry::getValue))
        .map(most -> name(most.getKey()))
        .orElse(NONE);
  }

  private static String name(UnicodeScript script) {
    var name = script.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
