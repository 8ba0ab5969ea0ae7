package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tdro.io.Json;

/**
 * The {@link CodePointClass} of every code point for a pattern. The tokenizers library tells, which matches them with its own regular
 * expressions and version of Unicode: it replaces each code point by a character for its class.
 *
 * @param pages of each 256 code points the first row; the last page is that of special tokens
 * @param rows classes, {@code kind + KINDS · role}, each different page of them once
 */
@SuppressWarnings("ArrayRecordComponent") // tables, never compared
record CodePointClasses(int[] pages, int[] rows) {
  private static final Map<WordPattern, CodePointClasses> KNOWN = new ConcurrentHashMap<>();

  /** Returns those of a pattern, which are found once in a process. */
  static CodePointClasses of(WordPattern pattern) {
    return KNOWN.computeIfAbsent(pattern, CodePointClasses::find);
  }

  private static CodePointClasses find(WordPattern pattern) {
    int[] classes;
    try (var probe = new Probe(pattern)) {
      classes = probe.classes();
    }
    int page = BytePairTables.PAGE;
    var pages = new int[classes.length / page];
    var distinct = new LinkedHashMap<IntBuffer, Integer>();
    for (int i = 0; i < pages.length; i++) {
      var content = IntBuffer.wrap(Arrays.copyOfRange(classes, i * page, (i + 1) * page));
      distinct.putIfAbsent(content, distinct.size() * page);
      pages[i] = distinct.get(content);
    }
    return new CodePointClasses(
        pages,
        distinct.keySet().stream()
            .flatMapToInt(rows -> Arrays.stream(rows.array()))
            .toArray());
  }

  private static final class Probe implements AutoCloseable {
    /** Code points asked about at once. */
    private static final int CHUNK = 1 << 12;

    private static final String OTHER = "!";
    /** What the letters of contractions become, by role. */
    private static final String ROLES = "\"#$%&";

    private static final String LETTER = "'";
    private static final String NUMBER = "(";
    private static final String SPACE = ")";

    private final TokenizersLibrary library = Tokenizer.library();
    private final HuggingFaceTokenizer replacing;
    private final int[] classes = new int[BytePairTables.FIRST_SPECIAL + BytePairTables.PAGE];

    Probe(WordPattern pattern) {
      var json = Json.object().put("version", "1.0");
      var steps = json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
      // What has been replaced is punctuation, which no later step replaces.
      replace(steps, "[^\\s\\p{L}\\p{N}]", OTHER);
      for (int role = 0; role < ROLES.length(); role++) {
        replace(
            steps,
            pattern.contraction(CodePointClass.LETTERS[role]),
            ROLES.substring(role, role + 1));
      }
      replace(steps, "\\p{L}", LETTER);
      replace(steps, "\\p{N}", NUMBER);
      replace(steps, "\\s", SPACE);
      json.putNull("pre_tokenizer");
      json.set("model", WordProbe.ofBytes());
      try {
        replacing = HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)),
            Map.of("truncation", "false", "padding", "false"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void replace(ArrayNode steps, String regex, String content) {
      steps
          .addObject()
          .put("type", "Replace")
          .put("content", content)
          .putObject("pattern")
          .put("Regex", regex);
    }

    /** Returns the class of each code point; halves of surrogate pairs, which are never decoded, have none. */
    int[] classes() {
      for (int first = 0; first <= Character.MAX_CODE_POINT; first += CHUNK) {
        ask(first);
      }
      classes[' '] = CodePointClass.BLANK;
      classes['\r'] = CodePointClass.LINE_END;
      classes['\n'] = CodePointClass.LINE_END;
      classes['\''] += CodePointClass.KINDS * CodePointClass.APOSTROPHE;
      Arrays.fill(classes, BytePairTables.FIRST_SPECIAL, classes.length, CodePointClass.SPECIAL);
      return classes;
    }

    private void ask(int first) {
      var text = new StringBuilder();
      for (int codePoint = first; codePoint < first + CHUNK; codePoint++) {
        if (!isSurrogate(codePoint)) {
          text.appendCodePoint(codePoint);
        }
      }
      if (text.isEmpty()) {
        return;
      }
      var encoding = library.encode(replacing.getHandle(), text.toString(), false);
      try {
        var ids = library.getTokenIds(encoding);
        if (ids.length != text.codePointCount(0, text.length())) {
          throw new IllegalStateException(
              "%d code points have the classes of %d".formatted(text.length(), ids.length));
        }
        int at = 0;
        for (int codePoint = first; codePoint < first + CHUNK; codePoint++) {
          if (!isSurrogate(codePoint)) {
            classes[codePoint] = ofReplaced((char) ids[at++]);
          }
        }
      } finally {
        library.deleteEncoding(encoding);
      }
    }

    private static boolean isSurrogate(int codePoint) {
      return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static int ofReplaced(char replaced) {
      return switch (replaced) {
        case '!' -> CodePointClass.OTHER;
        case '\'' -> CodePointClass.LETTER;
        case '(' -> CodePointClass.NUMBER;
        case ')' -> CodePointClass.SPACE;
        default ->
          CodePointClass.LETTER
              + CodePointClass.KINDS * (CodePointClass.ALONE + ROLES.indexOf(replaced));
      };
    }

    @Override
    public void close() {
      replacing.close();
    }
  }
}
