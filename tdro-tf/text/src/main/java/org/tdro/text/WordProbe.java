package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tdro.io.Json;

/**
 * The normalised words that a tokenizer splits texts into, before its vocabulary divides them into tokens. The tokenizers library
 * computes them: it runs the normalizer and the pre-tokenizer of a {@code tokenizer.json} with vocabularies that show the words.
 */
final class WordProbe implements AutoCloseable {
  private static final int BYTES = 256;
  private static final int PAGE = CodePointTable.PAGE;

  /** The word between samples: a letter, which is a word only by itself. */
  private static final String MARK = "m";

  private static final int DROPPED = 1;
  private static final int FIRST_PAGE = 2;

  private final TokenizersLibrary library = Tokenizer.library();
  /** Its tokens are bytes. */
  private final HuggingFaceTokenizer bytes;
  /** Its tokens are words, those of code points that stay as they are. */
  private final HuggingFaceTokenizer pages;

  /** The samples of a page of code points that are all treated alike. */
  enum Uniform {
    /** Left out. */
    DROPPED,
    /** Kept as letters of words. */
    KEPT
  }

  /** Creates a probe of the content of a {@code tokenizer.json}. */
  WordProbe(JsonNode tokenizerJson) {
    bytes = tokenizer(tokenizerJson, ofBytes());
    try {
      pages = tokenizer(tokenizerJson, ofPages());
    } catch (RuntimeException | Error e) {
      bytes.close();
      throw e;
    }
  }

  private static HuggingFaceTokenizer tokenizer(JsonNode tokenizerJson, ObjectNode model) {
    var json = Json.object().put("version", "1.0");
    json.set("normalizer", tokenizerJson.get("normalizer"));
    json.set("pre_tokenizer", tokenizerJson.get("pre_tokenizer"));
    json.putArray("added_tokens");
    json.set("model", model);
    return TokenizerJson.open(json);
  }

  private static ObjectNode ofBytes() {
    var model = Json.object().put("type", "BPE").put("byte_fallback", true);
    model.putArray("merges");
    var vocabulary = model.putObject("vocab");
    for (int value = 0; value < BYTES; value++) {
      vocabulary.put(String.format(Locale.ROOT, "<0x%02X>", value), value);
    }
    return model;
  }

  private static ObjectNode ofPages() {
    var model = Json.object().put("type", "WordLevel").put("unk_token", "[UNK]");
    var vocabulary = model.putObject("vocab").put("[UNK]", 0).put("ab", DROPPED);
    for (int page = 0; page <= Character.MAX_CODE_POINT; page += PAGE) {
      vocabulary.put(page(page), FIRST_PAGE + page / PAGE);
    }
    return model;
  }

  /** Returns the code points of a page between the letters a and b. */
  private static String page(int page) {
    return "a"
        + IntStream.range(page, page + PAGE).mapToObj(WordProbe::text).collect(Collectors.joining())
        + "b";
  }

  /** Returns a code point as a text; half of a surrogate pair, which is never decoded, as none. */
  private static String text(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
        ? ""
        : Character.toString(codePoint);
  }

  /** Returns how all code points of a page are treated; empty if not all are left out, and not all kept as they are. */
  Optional<Uniform> uniform(int page) {
    var ids = Tokenizer.ids(pages, page(page));
    if (ids.length != 1) {
      return Optional.empty();
    }
    return ids[0] == DROPPED
        ? Optional.of(Uniform.DROPPED)
        : Optional.of(Uniform.KEPT).filter(kept -> ids[0] == FIRST_PAGE + page / PAGE);
  }

  /** Returns the words of each code point of a page between the letters a and b. */
  List<List<String>> words(int page) {
    return words(IntStream.range(page, page + PAGE)
        .mapToObj(codePoint -> "a" + text(codePoint) + "b")
        .toList());
  }

  /** Returns the words of each of some short texts. */
  List<List<String>> words(List<String> samples) {
    var words = new ArrayList<List<String>>();
    var sample = new ArrayList<String>();
    for (var word : words(String.join(" " + MARK + " ", samples) + " " + MARK)) {
      if (word.equals(MARK)) {
        words.add(List.copyOf(sample));
        sample.clear();
      } else {
        sample.add(word);
      }
    }
    if (words.size() != samples.size()) {
      throw new IllegalStateException(
          "%d samples have the words of %d".formatted(samples.size(), words.size()));
    }
    return words;
  }

  private List<String> words(String text) {
    var encoding = library.encode(bytes.getHandle(), text, false);
    try {
      var values = library.getTokenIds(encoding);
      var words = library.getWordIds(encoding);
      var result = new ArrayList<String>();
      var word = new ByteArrayOutputStream();
      for (int i = 0; i < values.length; i++) {
        word.write((int) values[i]);
        if (i + 1 == values.length || words[i + 1] != words[i]) {
          result.add(word.toString(StandardCharsets.UTF_8));
          word.reset();
        }
      }
      return result;
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  @Override
  public void close() {
    bytes.close();
    pages.close();
  }
}
