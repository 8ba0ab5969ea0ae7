package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.tdro.io.Json;

/** The file {@code tokenizer_config.json}, in which transformers keeps settings that {@code tokenizer.json} lacks. */
public final class TokenizerConfig {
  static final String EOS_TOKEN = "eos_token";
  static final String PAD_TOKEN = "pad_token";
  private static final String NAME = "tokenizer_config.json";
  private static final String MAX_LENGTH = "model_max_length";
  private static final String LOWERCASE = "do_lower_case";
  static final String BEGIN = "add_bos_token";
  static final String END = "add_eos_token";
  private static final Pattern REBUILT =
      Pattern.compile("(CodeLlama|Llama|Gemma|Cohere)Tokenizer(Fast)?");

  private final Path file;
  private final JsonNode root;

  private TokenizerConfig(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /**
   * Reads the file of a model's folder; if it is missing there are no keys.
   *
   * @throws org.tdro.io.InputException if it is not JSON
   */
  public static TokenizerConfig of(Path folder) {
    return read(folder.resolve(NAME));
  }

  /** Reads a JSON file whose keys may name special tokens. */
  static TokenizerConfig read(Path file) {
    return new TokenizerConfig(file, Files.exists(file) ? Json.readLeniently(file) : Json.object());
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns the keys whose values are of another type than they should be, each as a line. */
  List<String> problems() {
    var problems = new ArrayList<String>();
    expect(
        MAX_LENGTH,
        value -> value.isNumber() && value.asDouble() >= 1 && value.asDouble() % 1 == 0,
        "a whole number above 0",
        problems);
    for (var flag : List.of(LOWERCASE, BEGIN, END)) {
      expect(flag, JsonNode::isBoolean, "true or false", problems);
    }
    expect("added_tokens_decoder", JsonNode::isObject, "an object of ids and tokens", problems);
    expect("tokenizer_class", JsonNode::isTextual, "a string", problems);
    return problems;
  }

  private void expect(
      String key, Predicate<JsonNode> right, String expected, List<String> problems) {
    value(key)
        .filter(right.negate())
        .ifPresent(value ->
            problems.add("%s: %s must be %s, was %s".formatted(file, key, expected, value)));
  }

  /** Returns all keys of the file. */
  public List<String> keys() {
    return root.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** Returns the maximum length of a text, in tokens; empty if there is none, or one so large that it means none. */
  public OptionalInt maxLength() {
    var value = root.path(MAX_LENGTH);
    return value.isNumber() && value.canConvertToInt() && value.asInt() > 0
        ? OptionalInt.of(value.asInt())
        : OptionalInt.empty();
  }

  /** Returns whether the tokenizer turns texts to lower case; empty if the file does not say. */
  public Optional<Boolean> lowercase() {
    return flag(LOWERCASE);
  }

  /** Returns whether a token that begins a text is added; empty if the file does not say. */
  Optional<Boolean> addsBeginToken() {
    return flag(BEGIN);
  }

  /** Returns whether a token that ends a text is added; empty if the file does not say. */
  Optional<Boolean> addsEndToken() {
    return flag(END);
  }

  private Optional<Boolean> flag(String key) {
    return value(key).filter(JsonNode::isBoolean).map(JsonNode::asBoolean);
  }

  /** Whether transformers makes the special tokens around a text of the flags alone, whatever {@code tokenizer.json} says. */
  boolean followsFlags() {
    return value("tokenizer_class")
        .map(JsonNode::asText)
        .filter(name -> REBUILT.matcher(name).matches())
        .isPresent();
  }

  /** Returns the tokens that transformers adds to those of {@code tokenizer.json}, by id. */
  Map<Integer, String> addedTokens() {
    var tokens = new TreeMap<Integer, String>();
    value("added_tokens_decoder")
        .ifPresent(added -> added.properties().forEach(entry -> {
          if (entry.getKey().matches("[0-9]{1,9}")) {
            tokens.put(
                Integer.valueOf(entry.getKey()),
                entry.getValue().path("content").asText());
          }
        }));
    return tokens;
  }

  /** Returns the value of a key; empty if it is missing or null. */
  Optional<JsonNode> value(String key) {
    return Optional.ofNullable(root.get(key)).filter(value -> !value.isNull());
  }

  /** Returns the name of a special token, given alone or as the {@code content} of an object; empty if it is not given. */
  Optional<String> token(String key) {
    return value(key).map(value -> (value.isObject() ? value.path("content") : value).asText());
  }

  /**
   * Writes the file of a tokenizer that does only what its {@code tokenizer.json} says.
   *
   * @param maxLength the maximum length of a text, in tokens
   */
  public static void write(Path folder, int maxLength, SpecialTokens tokens) throws IOException {
    var json = Json.object()
        // A model's own class puts special tokens around a text; this one adds none.
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put(MAX_LENGTH, maxLength)
        .put("padding_side", "right")
        .put("truncation_side", "right")
        .put("clean_up_tokenization_spaces", false);
    // Without this the tokenizer also returns token types, which decoders do not take.
    json.putArray("model_input_names").add("input_ids").add("attention_mask");
    tokens.padding().ifPresent(token -> json.put(PAD_TOKEN, token.content()));
    tokens.end().ifPresent(token -> json.put(EOS_TOKEN, token.content()));
    Files.writeString(folder.resolve(NAME), json.toPrettyString() + "\n");
  }
}
