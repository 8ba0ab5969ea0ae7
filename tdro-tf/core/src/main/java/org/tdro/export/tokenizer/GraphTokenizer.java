package org.tdro.export.tokenizer;

import java.nio.file.Path;
import org.tdro.io.Json;
import org.tdro.text.BytePairTables;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.TokenizerModel;
import org.tdro.text.WordPieceTables;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** A tokenizer as operations of a graph, which give the ids that the tokenizers library gives, for every text. */
public interface GraphTokenizer {

  /**
   * Tokens of a batch, padded to the longest text.
   *
   * @param ids {@code [batch, length]}, 0 at padding
   * @param mask {@code [batch, length]}, 1 at tokens and 0 at padding
   */
  record Tokens(Operand<TInt32> ids, Operand<TInt32> mask) {}

  /**
   * Adds the tokens of texts to a graph.
   *
   * @param texts {@code [batch]}, with their prompts, in UTF-8; bytes that are not are read as U+FFFD
   * @param maxLength longer texts are cut, special tokens at their end kept, as by
   *     {@link org.tdro.text.Tokenizer#encode(String, int)}
   */
  Tokens tokenize(Ops tf, Operand<TString> texts, int maxLength);

  /**
   * Returns the tokenizer of a {@code tokenizer.json}.
   *
   * @throws InexpressibleTokenizerException with the reason if there is none that is exact
   * @throws org.tdro.io.InputException if the file cannot be read or is not JSON
   */
  static GraphTokenizer read(Path tokenizerJson) throws InexpressibleTokenizerException {
    var content = Json.readLeniently(tokenizerJson);
    return switch (TokenizerModel.of(content)) {
      case WORD_PIECE -> new GraphWordPiece(WordPieceTables.of(content));
      case BYTE_PAIR -> new GraphBytePair(BytePairTables.of(content));
    };
  }
}
