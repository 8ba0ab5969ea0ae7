package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a {@code tokenizer.json} whose normalizer, words and model are BERT's.
 *
 * @param root of the file
 * @param vocabulary id of each token
 * @param continuation text before the tokens that continue a word, such as {@code ##}
 * @param unknown id of the token of unknown words
 * @param longestWord longer words are unknown, in code points
 * @param added its added tokens
 */
record WordPieceJson(
    JsonNode root,
    Map<String, Integer> vocabulary,
    String continuation,
    int unknown,
    int longestWord,
    AddedTokens added) {
  /** Of the tokenizers library, where the file does not say. */
  private static final int DEFAULT_LONGEST_WORD = 100;

  /**
   * Returns the parts of a file.
   *
   * @throws InexpressibleTokenizerException if it is another tokenizer, or one whose special tokens need more than their text
   */
  static WordPieceJson of(JsonNode root) throws InexpressibleTokenizerException {
    require(root, "normalizer", "BertNormalizer");
    require(root, "pre_tokenizer", "BertPreTokenizer");
    require(root, "model", "WordPiece");
    var model = root.path("model");
    var vocabulary = new LinkedHashMap<String, Integer>();
    model
        .path("vocab")
        .properties()
        .forEach(token -> vocabulary.put(token.getKey(), token.getValue().asInt()));
    var unknown = vocabulary.get(model.path("unk_token").asText("[UNK]"));
    if (unknown == null) {
      throw new InexpressibleTokenizerException("has no token for unknown words");
    }
    // Blanks that lstrip and rstrip remove would separate words, and so would the token.
    var added = AddedTokens.read(root, false);
    // They also separate the texts of a batch.
    if (added.before().isEmpty() && added.after().isEmpty()) {
      throw new InexpressibleTokenizerException("puts no special token around a text");
    }
    return new WordPieceJson(
        root,
        vocabulary,
        model.path("continuing_subword_prefix").asText("##"),
        unknown,
        model.path("max_input_chars_per_word").asInt(DEFAULT_LONGEST_WORD),
        added);
  }

  private static void require(JsonNode root, String part, String type)
      throws InexpressibleTokenizerException {
    var present = root.path(part).path("type").asText("none");
    if (!present.equals(type)) {
      throw new InexpressibleTokenizerException("has %s %s, not %s".formatted(part, present, type));
    }
  }
}
