package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.tdro.io.Json;

/**
 * Texts as a normalizer of the tokenizers library makes them. A tokenizer whose vocabulary has no token shows them: its model joins
 * the unknown characters of a text to one token, whose content is the whole normalised text.
 */
final class NormalizerProbe implements AutoCloseable {
  /** Not a character, of which nothing is made and which nothing is joined to. */
  static final int SEPARATOR = Character.MAX_CODE_POINT;

  private static final String SEPARATING = Character.toString(SEPARATOR);

  private final TokenizersLibrary library = Tokenizer.library();
  private final HuggingFaceTokenizer tokenizer;

  /** Creates a probe of the {@code normalizer} of a {@code tokenizer.json}. */
  NormalizerProbe(JsonNode normalizer) {
    var json = Json.object().put("version", "1.0");
    json.set("normalizer", normalizer);
    json.putNull("pre_tokenizer");
    json.putArray("added_tokens");
    var model = json.putObject("model").put("type", "Unigram").put("unk_id", 0);
    model.putArray("vocab").addArray().add("<unk>").add(0.0);
    tokenizer = TokenizerJson.open(json);
  }

  /** Returns a probe of a normalizer that has a type only. */
  static NormalizerProbe of(String type) {
    return new NormalizerProbe(Json.object().put("type", type));
  }

  String normalize(String text) {
    var encoding = library.encode(tokenizer.getHandle(), text, false);
    try {
      return String.join("", library.getTokens(encoding));
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  /** Normalises each of some texts, which do not have the separator. */
  List<String> normalize(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    var normalized = List.of(normalize(String.join(SEPARATING, texts)).split(SEPARATING, -1));
    if (normalized.size() != texts.size()) {
      throw new IllegalStateException(
          "%d texts became %d".formatted(texts.size(), normalized.size()));
    }
    return normalized;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
