package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Optional;
import org.tdro.io.InputException;

/**
 * The end token that is named in the folder of a model.
 *
 * @param source file and key that name it
 */
record EndTokenName(SpecialToken token, String source) {

  /**
   * Finds the name in {@code eos_token} of {@code tokenizer_config.json}, {@code eos_token_id} of {@code config.json} and
   * {@code generation_config.json}, or {@code eos_token} of {@code special_tokens_map.json}; the first that is not null counts.
   *
   * @throws InputException if there is none, or if the tokenizer has no such token
   */
  static EndTokenName find(Path modelFolder, TokenizerJson tokenizer) {
    return search(modelFolder, tokenizer)
        .orElseThrow(() -> new InputException(modelFolder
            + ": its tokenizer.json puts no special token after a text, and no file says which one belongs there;"
            + " give its name as \"eos_token\" in "
            + modelFolder.resolve("tokenizer_config.json")));
  }

  /** Finds the name, as {@link #find}; empty if there is none. */
  static Optional<EndTokenName> search(Path modelFolder, TokenizerJson tokenizer) {
    return byContent(TokenizerConfig.of(modelFolder), tokenizer)
        .or(() -> byId(modelFolder.resolve("config.json"), tokenizer))
        .or(() -> byId(modelFolder.resolve("generation_config.json"), tokenizer))
        .or(() -> byContent(specialTokensMap(modelFolder), tokenizer));
  }

  /** Reads {@code special_tokens_map.json}, which names tokens as {@code tokenizer_config.json} does. */
  static TokenizerConfig specialTokensMap(Path modelFolder) {
    return TokenizerConfig.read(modelFolder.resolve("special_tokens_map.json"));
  }

  /** Reads {@code "eos_token"}, which is the name, or an object with the name as {@code content}. */
  private static Optional<EndTokenName> byContent(TokenizerConfig config, TokenizerJson tokenizer) {
    var value = config.value(TokenizerConfig.EOS_TOKEN);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var source = config.file() + ": " + TokenizerConfig.EOS_TOKEN;
    var named = value.get();
    var content = named.isObject() ? named.path("content") : named;
    if (!content.isTextual() || content.asText().isEmpty()) {
      throw new InputException(source + " must be the name of a token, was " + named);
    }
    var id = tokenizer.id(content.asText()).orElseThrow(() -> unknown(source, named));
    return Optional.of(new EndTokenName(new SpecialToken(content.asText(), id), source));
  }

  /** Reads {@code "eos_token_id"}, which is an id, or a list of all ids that end a text with the usual one first. */
  private static Optional<EndTokenName> byId(Path file, TokenizerJson tokenizer) {
    var value = TokenizerConfig.read(file).value("eos_token_id");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var source = file + ": eos_token_id";
    var named = value.get();
    var id = named.isArray() ? named.path(0) : named;
    if (!id.isInt()) {
      throw new InputException(source + " must be the id of a token, was " + named);
    }
    var content = tokenizer.token(id.asInt()).orElseThrow(() -> unknown(source, named));
    return Optional.of(new EndTokenName(new SpecialToken(content, id.asInt()), source));
  }

  private static InputException unknown(String source, JsonNode named) {
    return new InputException(source + " is " + named + ", which the tokenizer does not have");
  }
}
