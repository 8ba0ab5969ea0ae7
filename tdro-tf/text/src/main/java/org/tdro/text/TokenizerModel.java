package org.tdro.text;

import java.nio.file.Path;
import org.tdro.io.Json;

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
   * @throws org.tdro.io.InputException if the file cannot be read or is not JSON
   */
  public static TokenizerModel of(Path tokenizerJson) throws InexpressibleTokenizerException {
    var type = Json.readLeniently(tokenizerJson).at("/model/type").asText("none");
    return switch (type) {
      case "WordPiece" -> WORD_PIECE;
      case "BPE" -> BYTE_PAIR;
      default ->
        throw new InexpressibleTokenizerException(
            "has model %s, not WordPiece or BPE".formatted(type));
    };
  }
}
