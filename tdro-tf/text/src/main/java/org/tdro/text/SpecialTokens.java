package org.tdro.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The special tokens of a tokenizer, as far as they are known.
 *
 * @param padding fills the shorter texts of a batch
 * @param end ends a text
 */
public record SpecialTokens(Optional<SpecialToken> padding, Optional<SpecialToken> end) {
  /** Usual names of padding tokens, for tokenizers whose files name none. */
  private static final List<String> PADDING = List.of("<|pad|>", "<pad>", "[PAD]");

  /**
   * Finds the special tokens of a tokenizer. The end token is the one that the tokenizer appends, else the one that the folder
   * names. The padding token is the one that {@code tokenizer.json} names, else the one that the folder names, else one of a usual
   * name, else the end token.
   *
   * @param tokenizerJson the tokenizer
   * @param modelFolder the folder of the model it came with, whose files may name the tokens
   */
  public static SpecialTokens of(Path tokenizerJson, Path modelFolder) {
    var json = TokenizerJson.read(tokenizerJson);
    var end = end(tokenizerJson, modelFolder, json);
    var padding = json.paddingToken()
        .or(() -> TokenizerConfig.of(modelFolder).token(TokenizerConfig.PAD_TOKEN))
        .or(() -> EndTokenName.specialTokensMap(modelFolder).token(TokenizerConfig.PAD_TOKEN))
        .flatMap(name -> token(name, json))
        .or(() -> PADDING.stream().flatMap(name -> token(name, json).stream()).findFirst())
        .or(() -> end);
    return new SpecialTokens(padding, end);
  }

  private static Optional<SpecialToken> end(Path file, Path modelFolder, TokenizerJson json) {
    try (var tokenizer = Tokenizer.load(file)) {
      return tokenizer
          .appendedToken()
          .flatMap(id -> json.token(id).map(content -> new SpecialToken(content, id)))
          .or(() -> EndTokenName.search(modelFolder, json).map(EndTokenName::token));
    }
  }

  private static Optional<SpecialToken> token(String name, TokenizerJson json) {
    var id = json.id(name);
    return id.isPresent() ? Optional.of(new SpecialToken(name, id.getAsInt())) : Optional.empty();
  }
}
