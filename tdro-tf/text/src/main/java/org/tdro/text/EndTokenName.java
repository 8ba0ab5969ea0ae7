package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tdro.io.InputException;

/**
 * What a model's folder names as its end token.
 *
 * @param source file and key that name it
 */
record EndTokenName(EndToken token, String source) {

  /**
   * Looks at {@code eos_token} in {@code tokenizer_config.json}, then at {@code eos_token_id} in {@code config.json} and
   * {@code generation_config.json}, then at {@code eos_token} in {@code special_tokens_map.json}; the first that is not null
   * counts.
   *
   * @throws InputException if none names one, or if the tokenizer has no such token
   */
  static EndTokenName find(Path modelFolder, TokenizerJson tokenizer) {
    return search(modelFolder, tokenizer)
        .orElseThrow(() -> new InputException(modelFolder
            + ": its tokenizer.json puts no special token behind a text, and no file says which one belongs there;"
            + " give its name as \"eos_token\" in "
            + modelFolder.resolve("tokenizer_config.json")));
  }

  /** As {@link #find}; empty if no file names one. */
  static Optional<EndTokenName> search(Path modelFolder, TokenizerJson tokenizer) {
    return byContent(modelFolder.resolve("tokenizer_config.json"), tokenizer)
        .or(() -> byId(modelFolder.resolve("config.json"), tokenizer))
        .or(() -> byId(modelFolder.resolve("generation_config.json"), tokenizer))
        .or(() -> byContent(modelFolder.resolve("special_tokens_map.json"), tokenizer));
  }

  /** The name of a token under {@code key}, whether or not there is such a token. */
  static Optional<String> named(Path file, String key) {
    return value(file, key)
        .map(value -> value.isObject() ? value.path("content").asText() : value.asText());
  }

  /** {@code "eos_token"} is its name, or an object with its name as {@code content}. */
  private static Optional<EndTokenName> byContent(Path file, TokenizerJson tokenizer) {
    var value = value(file, "eos_token");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var source = file + ": eos_token";
    var named = value.get();
    var content = named.isObject() ? named.path("content") : named;
    if (!content.isTextual() || content.asText().isEmpty()) {
      throw new InputException(source + " must be the name of a token, was " + named);
    }
    var id = tokenizer.id(content.asText()).orElseThrow(() -> unknown(source, named));
    return Optional.of(new EndTokenName(new EndToken(content.asText(), id), source));
  }

  /** {@code "eos_token_id"} is an id, or a list of those that end a text, the usual one first. */
  private static Optional<EndTokenName> byId(Path file, TokenizerJson tokenizer) {
    var value = value(file, "eos_token_id");
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
    return Optional.of(new EndTokenName(new EndToken(content, id.asInt()), source));
  }

  private static InputException unknown(String source, JsonNode named) {
    return new InputException(source + " is " + named + ", which the tokenizer does not have");
  }

  /** Empty without the file, without the key, and if it is null. */
  private static Optional<JsonNode> value(Path file, String key) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
              new JsonMapper().readTree(Files.readAllBytes(file)).get(key))
          .filter(value -> !value.isNull());
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read as JSON: " + e.getMessage(), e);
    }
  }
}
