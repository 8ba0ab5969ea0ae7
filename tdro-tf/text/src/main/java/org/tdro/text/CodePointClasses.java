package org.tdro.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tdro.io.Json;

/**
 * The {@link CodePointClass} of every code point for a pattern. The tokenizers library tells, which matches them with its own regular
 * expressions and version of Unicode: it replaces each code point by a character for its class.
 */
final class CodePointClasses {
  /** Code points asked about at once. */
  private static final int CHUNK = 1 << 12;

  private static final char OTHER = '!';
  private static final char LETTER = '"';
  private static final char NUMBER = '#';
  private static final char SPACE = '$';
  /** What the letters of contractions become, by role. */
  private static final String ROLES = "%&'()";

  private static final Map<WordPattern, CodePointTable> KNOWN = new ConcurrentHashMap<>();

  private CodePointClasses() {}

  /**
   * Returns {@code kind + KINDS · role} of each code point, and of the special tokens beyond them. They are found once in a
   * process.
   */
  static CodePointTable of(WordPattern pattern) {
    return KNOWN.computeIfAbsent(pattern, CodePointClasses::find);
  }

  private static CodePointTable find(WordPattern pattern) {
    var classes = new int[BytePairTables.FIRST_SPECIAL];
    try (var probe = new NormalizerProbe(replacements(pattern))) {
      for (int first = 0; first < classes.length; first += CHUNK) {
        ask(probe, first, classes);
      }
    }
    classes[' '] = CodePointClass.BLANK;
    classes['\r'] = CodePointClass.LINE_END;
    classes['\n'] = CodePointClass.LINE_END;
    classes['\''] += CodePointClass.KINDS * CodePointClass.APOSTROPHE;
    if (pattern == WordPattern.STARCODER) {
      isolateDigits(classes);
    }
    return CodePointTable.of(
        classes.length + BytePairTables.MOST_SPECIALS,
        codePoint -> codePoint < classes.length ? classes[codePoint] : CodePointClass.SPECIAL);
  }

  private static void isolateDigits(int[] classes) {
    var json = Json.object().putNull("normalizer");
    var steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    steps.addObject().put("type", "Digits").put("individual_digits", true);
    steps.addObject().put("type", "WhitespaceSplit");
    try (var probe = new WordProbe(json)) {
      for (int page = 0; page < classes.length; page += CodePointTable.PAGE) {
        if (probe.uniform(page).isPresent()) {
          continue;
        }
        var words = probe.words(page);
        for (int i = 0; i < words.size(); i++) {
          // Between the letters a and b.
          if (words.get(i).size() == 3) {
            classes[page + i] = CodePointClass.DIGIT;
          }
        }
      }
    }
  }

  private static ObjectNode replacements(WordPattern pattern) {
    var sequence = Json.object().put("type", "Sequence");
    var steps = sequence.putArray("normalizers");
    if (pattern == WordPattern.BLOOM) {
      replace(steps, WordPattern.BLOOM_LETTER, LETTER);
      replace(steps, "[^" + LETTER + "]", OTHER);
      return sequence;
    }
    // What has been replaced is punctuation, which no later step replaces.
    replace(steps, "[^\\s\\p{L}\\p{N}]", OTHER);
    for (int role = 0; role < ROLES.length(); role++) {
      replace(steps, pattern.contraction(CodePointClass.LETTERS[role]), ROLES.charAt(role));
    }
    replace(steps, "\\p{L}", LETTER);
    replace(steps, "\\p{N}", NUMBER);
    replace(steps, "\\s", SPACE);
    return sequence;
  }

  private static void replace(ArrayNode steps, String regex, char content) {
    steps
        .addObject()
        .put("type", "Replace")
        .put("content", String.valueOf(content))
        .putObject("pattern")
        .put("Regex", regex);
  }

  /** Asks about some code points; halves of surrogate pairs, which are never decoded, have no class. */
  private static void ask(NormalizerProbe probe, int first, int[] classes) {
    var text = new StringBuilder();
    for (int codePoint = first; codePoint < first + CHUNK; codePoint++) {
      if (!isSurrogate(codePoint)) {
        text.appendCodePoint(codePoint);
      }
    }
    var replaced = probe.normalize(text.toString());
    if (replaced.length() != text.codePointCount(0, text.length())) {
      throw new IllegalStateException("%d code points have %d classes"
          .formatted(text.codePointCount(0, text.length()), replaced.length()));
    }
    int at = 0;
    for (int codePoint = first; codePoint < first + CHUNK; codePoint++) {
      if (!isSurrogate(codePoint)) {
        classes[codePoint] = ofReplaced(replaced.charAt(at++));
      }
    }
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static int ofReplaced(char replaced) {
    return switch (replaced) {
      case OTHER -> CodePointClass.OTHER;
      case LETTER -> CodePointClass.LETTER;
      case NUMBER -> CodePointClass.NUMBER;
      case SPACE -> CodePointClass.SPACE;
      default ->
        CodePointClass.LETTER
            + CodePointClass.KINDS * (CodePointClass.ALONE + ROLES.indexOf(replaced));
    };
  }
}
