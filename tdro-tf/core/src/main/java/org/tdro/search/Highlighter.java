package org.tdro.search;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the part of a text that holds most of a query's words, and where they are. Words are compared without case, accents and the s of a
 * plural. Scripts without blanks between words are compared by pairs of characters, but a run of katakana is a word.
 */
public final class Highlighter {
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final String ELLIPSIS = "…";

  /** The share of texts above which a word tells nothing. */
  private static final double COMMON = 0.2;

  private static final Set<UnicodeScript> WITHOUT_BLANKS = EnumSet.of(
      UnicodeScript.HAN,
      UnicodeScript.HIRAGANA,
      UnicodeScript.HANGUL,
      UnicodeScript.THAI,
      UnicodeScript.LAO,
      UnicodeScript.KHMER,
      UnicodeScript.MYANMAR);

  private static final Set<UnicodeScript> WIDE = EnumSet.of(
      UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA, UnicodeScript.HANGUL);

  private final Set<String> asked;

  /** What letters beside each other make up. */
  private enum Run {
    WORD,
    KATAKANA,
    WITHOUT_BLANKS;

    static Run of(int character) {
      var script = UnicodeScript.of(character);
      // The sign that lengthens a vowel is common to both scripts of Japanese.
      if (script == UnicodeScript.KATAKANA || character == 'ー') {
        return KATAKANA;
      }
      return Highlighter.WITHOUT_BLANKS.contains(script) ? WITHOUT_BLANKS : WORD;
    }
  }

  /** A part of a text, from one character to before another. */
  public record Range(int from, int to) {}

  /**
   * What is shown of a text.
   *
   * @param text in one line
   * @param marks the words of the query in it, in their order
   */
  public record Snippet(String text, List<Range> marks) {}

  /** A word or, where there are no blanks, a pair of characters. */
  private record Word(int from, int to, String key) {}

  /** The words of some texts of a corpus, which show what words are common. */
  public static final class Sample {
    private final Map<String, Integer> counts = new HashMap<>();
    private int texts;

    /** Adds a text. */
    public void add(String text) {
      texts++;
      keys(text).forEach(word -> counts.merge(word, 1, Integer::sum));
    }

    private boolean isCommon(String word) {
      return counts.getOrDefault(word, 0) > COMMON * texts;
    }
  }

  /** Creates a highlighter of a query's words, without those that are common, unless it has no others. */
  public Highlighter(String query, Sample sample) {
    var words = keys(query);
    var telling = new HashSet<>(words);
    telling.removeIf(sample::isCommon);
    this.asked = telling.isEmpty() ? words : telling;
  }

  private static Set<String> keys(String text) {
    var keys = new HashSet<String>();
    words(text).forEach(word -> keys.add(word.key()));
    return keys;
  }

  /**
   * Returns the best part of a text, with an ellipsis where something was left out.
   *
   * @param columns its width at most; characters of East Asia are two columns wide
   */
  public Snippet best(String text, int columns) {
    var line = BLANKS.matcher(text).replaceAll(" ").strip();
    var found = words(line).stream().filter(word -> asked.contains(word.key())).toList();
    var widths = widths(line);
    int from = widths[line.length()] <= columns ? 0 : start(line, widths, found, columns);
    int to = end(line, from, columns);
    var before = from > 0 ? ELLIPSIS : "";
    var after = to < line.length() ? ELLIPSIS : "";
    int shift = before.length() - from;
    var marks = new ArrayList<Range>();
    for (var word : found) {
      if (word.from() >= from && word.to() <= to) {
        mark(word.from() + shift, word.to() + shift, marks);
      }
    }
    return new Snippet(before + line.substring(from, to) + after, List.copyOf(marks));
  }

  /** Adds a range, joined with the last one if they overlap. */
  private static void mark(int from, int to, List<Range> marks) {
    int last = marks.size() - 1;
    if (last >= 0 && marks.get(last).to() >= from) {
      marks.set(
          last, new Range(marks.get(last).from(), Math.max(to, marks.get(last).to())));
    } else {
      marks.add(new Range(from, to));
    }
  }

  /** Returns where to begin, so that most of the words are seen and some of what is before them. */
  private int start(String line, int[] widths, List<Word> found, int columns) {
    int best = 0;
    int most = 0;
    int width = 0;
    var seen = new HashMap<String, Integer>();
    int last = 0;
    for (int first = 0; first < found.size() && most < asked.size(); first++) {
      int begin = widths[found.get(first).from()];
      while (last < found.size() && widths[found.get(last).to()] - begin <= columns) {
        seen.merge(found.get(last++).key(), 1, Integer::sum);
      }
      if (seen.size() > most) {
        most = seen.size();
        best = found.get(first).from();
        width = widths[found.get(last - 1).to()] - begin;
      }
      if (last > first) {
        seen.computeIfPresent(
            found.get(first).key(), (key, times) -> times == 1 ? null : times - 1);
      }
      // A word that is wider than all columns is in no part.
      last = Math.max(last, first + 1);
    }
    // The beginning of the sentence, if it has room, or else half of the room.
    int room = columns - width;
    int from = best;
    int begin = best;
    while (from > 0 && widths[best] - widths[from - 1] <= room) {
      from--;
      if (from == 0 || isEnd(line, from)) {
        begin = from;
      }
    }
    if (from == 0) {
      return 0;
    }
    if (begin < best) {
      return begin;
    }
    from = best;
    while (widths[best] - widths[from - 1] <= room / 2) {
      from--;
    }
    int cut = from + blank(line.substring(from, best));
    return Character.isLowSurrogate(line.charAt(cut)) ? cut + 1 : cut;
  }

  /** Returns the number of characters up to and including the first blank; 0 if there is none. */
  private static int blank(String text) {
    return text.indexOf(' ') + 1;
  }

  /** Whether a sentence ends before {@code at}. */
  private static boolean isEnd(String line, int at) {
    return "。！？".indexOf(line.charAt(at - 1)) >= 0
        || (at > 1 && line.charAt(at - 1) == ' ' && ".!?".indexOf(line.charAt(at - 2)) >= 0);
  }

  private static int end(String line, int from, int columns) {
    int to = from;
    int width = 0;
    while (to < line.length()) {
      int character = line.codePointAt(to);
      width += columns(character);
      if (width > columns) {
        break;
      }
      to += Character.charCount(character);
    }
    if (to == line.length()) {
      return to;
    }
    int blank = line.lastIndexOf(' ', to);
    // Unless the line would become much shorter, as where there are no blanks.
    return blank > from + (to - from) * 3 / 4 ? blank : to;
  }

  /** Returns the widths of the beginnings of a text, by their lengths in characters. */
  private static int[] widths(String text) {
    var widths = new int[text.length() + 1];
    for (int i = 0; i < text.length(); i++) {
      widths[i + 1] =
          widths[i] + (Character.isLowSurrogate(text.charAt(i)) ? 0 : columns(text.codePointAt(i)));
    }
    return widths;
  }

  private static int columns(int character) {
    boolean wide = WIDE.contains(UnicodeScript.of(character))
        || (character >= 0x3000 && character <= 0x30FF)
        || (character >= 0xFF01 && character <= 0xFF60);
    return wide ? 2 : 1;
  }

  private static List<Word> words(String text) {
    var words = new ArrayList<Word>();
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      int next = at + Character.charCount(character);
      if (!isOfWord(character)) {
        at = next;
        continue;
      }
      var run = Run.of(character);
      int end = next;
      while (end < text.length()
          && isOfWord(text.codePointAt(end))
          && Run.of(text.codePointAt(end)) == run) {
        end += Character.charCount(text.codePointAt(end));
      }
      if (run == Run.WITHOUT_BLANKS) {
        pairs(text, at, end, words);
      } else {
        words.add(new Word(at, end, key(text.substring(at, end))));
      }
      at = end;
    }
    return words;
  }

  private static void pairs(String text, int from, int to, List<Word> words) {
    int last = from;
    do {
      int middle = last + Character.charCount(text.codePointAt(last));
      int end = middle < to ? middle + Character.charCount(text.codePointAt(middle)) : to;
      words.add(new Word(last, end, key(text.substring(last, end))));
      last = middle;
    } while (last + Character.charCount(text.codePointAt(Math.min(last, to - 1))) < to);
  }

  private static boolean isOfWord(int character) {
    int type = Character.getType(character);
    return Character.isLetterOrDigit(character)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static String key(String word) {
    var plain = MARKS.matcher(Normalizer.normalize(word, Normalizer.Form.NFKD)).replaceAll("");
    var key = (plain.isEmpty() ? word : plain).toLowerCase(Locale.ROOT);
    boolean plural = key.length() > 3 && key.endsWith("s") && !key.endsWith("ss");
    return plural ? key.substring(0, key.length() - 1) : key;
  }
}
