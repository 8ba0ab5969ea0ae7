package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;

/** The models of tokenizers that tables can express. */
public enum TokenizerModel {
  /** The longest tokens of each word, as in BERT. */
  WORD_PIECE,
  /** Pairs of bytes, merged in a certain order, as in GPT-2. */
  BYTE_PAIR;

  /**
   * Returns the model of a {@code tokenizer.json}.
   *
   * @throws InexpressibleTokenizerException if it is another one
   */
  public static TokenizerModel of(JsonNode tokenizerJson) throws InexpressibleTokenizerException {
    var type = tokenizerJson.at("/model/type").asText("none");
    return switch (type) {
      case "WordPiece" -> WORD_PIECE;
      case "BPE" -> BYTE_PAIR;
      default ->
        throw new InexpressibleTokenizerException(
            "has model %s, not WordPiece or BPE".formatted(type));
    };
  }
}
