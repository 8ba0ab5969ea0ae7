package org.tdro.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.io.InputException;

/**
 * The tokens of a tokenizer that are not text, as far as they are known.
 *
 * @param padding fills the shorter texts of a batch
 * @param end ends a text
 */
public record SpecialTokens(Optional<Token> padding, Optional<Token> end) {
  /** What padding tokens are called where no file says so. */
  private static final List<String> PADDING = List.of("<|pad|>", "<pad>", "[PAD]");

  /** A token, such as {@code <|endoftext|>}, and its id. */
  public record Token(String content, int id) {}

  /**
   * Looks for them: the end token is the one that the tokenizer appends, else what the folder names; the padding token what
   * {@code tokenizer.json} names, else what the folder does, else one of a usual name. Without any the end token pads.
   *
   * @param tokenizerJson the tokenizer
   * @param modelFolder the folder of the model it came with, whose files may name the tokens
   */
  public static SpecialTokens of(Path tokenizerJson, Path modelFolder) {
    var json = parse(tokenizerJson);
    var end = end(tokenizerJson, modelFolder, json);
    var padding = json.paddingToken()
        .or(() -> EndTokenName.named(modelFolder.resolve("tokenizer_config.json"), "pad_token"))
        .or(() -> EndTokenName.named(modelFolder.resolve("special_tokens_map.json"), "pad_token"))
        .flatMap(name -> token(name, json))
        .or(() -> PADDING.stream().flatMap(name -> token(name, json).stream()).findFirst())
        .or(() -> end);
    return new SpecialTokens(padding, end);
  }

  private static Optional<Token> end(Path file, Path modelFolder, TokenizerJson json) {
    try (var tokenizer = Tokenizer.load(file)) {
      return tokenizer
          .appendedToken()
          .flatMap(id -> json.token(id).map(content -> new Token(content, id)))
          .or(() -> EndTokenName.search(modelFolder, json)
              .map(name -> new Token(name.token().content(), name.token().id())));
    }
  }

  private static Optional<Token> token(String name, TokenizerJson json) {
    var id = json.id(name);
    return id.isPresent() ? Optional.of(new Token(name, id.getAsInt())) : Optional.empty();
  }

  private static TokenizerJson parse(Path file) {
    try {
      return TokenizerJson.parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
