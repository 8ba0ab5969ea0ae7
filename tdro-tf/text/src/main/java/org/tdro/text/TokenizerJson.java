package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.tdro.io.Json;

/** The content of a {@code tokenizer.json}: its tokens, and the special ones that it puts around a text. */
final class TokenizerJson {
  private static final String BERT_NORMALIZER = "BertNormalizer";

  /** A token that stands for no text, in the vocabularies of BERT and Gemma. */
  private static final Pattern PLACEHOLDER = Pattern.compile("\\[unused\\d+]|<unused\\d+>");

  private final JsonNode root;

  private TokenizerJson(JsonNode root) {
    this.root = root;
  }

  /**
   * Reads a file.
   *
   * @throws org.tdro.io.InputException if it cannot be read or is not JSON
   */
  static TokenizerJson read(Path file) {
    return new TokenizerJson(Json.readLeniently(file));
  }

  /**
   * Parses the content of a file.
   *
   * @throws org.tdro.io.InputException if it is not JSON
   */
  static TokenizerJson parse(Path file, byte[] content) {
    return new TokenizerJson(Json.parseLeniently(file, content));
  }

  /**
   * Returns the library's tokenizer of a content that is no file, without cutting and padding.
   */
  static HuggingFaceTokenizer open(JsonNode content) {
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(content.toString().getBytes(StandardCharsets.UTF_8)),
          Map.of("truncation", "false", "padding", "false"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the highest id, or −1 without a vocabulary. */
  int highestId() {
    int highest = -1;
    if (vocabulary().isArray()) {
      highest = vocabulary().size() - 1;
    } else {
      for (var id : vocabulary()) {
        highest = Math.max(highest, id.asInt());
      }
    }
    for (var token : addedTokens()) {
      highest = Math.max(highest, token.path("id").asInt());
    }
    return highest;
  }

  /** Returns the ids of the tokens that were added to the vocabulary. */
  Map<String, Integer> addedIds() {
    var ids = new HashMap<String, Integer>();
    addedTokens()
        .forEach(
            token -> ids.put(token.path("content").asText(), token.path("id").asInt()));
    return ids;
  }

  /**
   * Returns the ids of the tokens that texts are made of, in ascending order: all but special tokens, the one for unknown words and
   * places that are kept free, such as BERT's {@code [unused7]}.
   */
  int[] textIds() {
    var ids = new TreeSet<Integer>();
    // Null where the vocabulary has every byte; as a text that would be a word.
    var unknown = Optional.of(root.path("model").path("unk_token"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
    if (vocabulary().isArray()) {
      for (int id = 0; id < vocabulary().size(); id++) {
        if (isText(vocabulary().get(id).path(0).asText(), unknown)) {
          ids.add(id);
        }
      }
      ids.remove(root.path("model").path("unk_id").asInt(-1));
    } else {
      vocabulary().properties().stream()
          .filter(token -> isText(token.getKey(), unknown))
          .forEach(token -> ids.add(token.getValue().asInt()));
    }
    for (var token : addedTokens()) {
      int id = token.path("id").asInt();
      if (token.path("special").asBoolean() || !isText(token.path("content").asText(), unknown)) {
        ids.remove(id);
      } else {
        ids.add(id);
      }
    }
    return ids.stream().mapToInt(id -> id).toArray();
  }

  private static boolean isText(String token, Optional<String> unknown) {
    return !unknown.equals(Optional.of(token)) && !PLACEHOLDER.matcher(token).matches();
  }

  /** Returns the id of a token, added ones included. */
  OptionalInt id(String token) {
    for (var added : addedTokens()) {
      if (added.path("content").asText().equals(token)) {
        return OptionalInt.of(added.path("id").asInt());
      }
    }
    if (vocabulary().isArray()) {
      for (int id = 0; id < vocabulary().size(); id++) {
        if (vocabulary().get(id).path(0).asText().equals(token)) {
          return OptionalInt.of(id);
        }
      }
      return OptionalInt.empty();
    }
    var id = vocabulary().get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id.asInt());
  }

  /** Returns the token of an id, added ones included. */
  Optional<String> token(int id) {
    for (var added : addedTokens()) {
      if (added.path("id").asInt() == id) {
        return Optional.of(added.path("content").asText());
      }
    }
    if (vocabulary().isArray()) {
      return Optional.ofNullable(vocabulary().get(id))
          .map(token -> token.path(0).asText());
    }
    return vocabulary().properties().stream()
        .filter(entry -> entry.getValue().asInt() == id)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Returns whether its normalizer, or a part of it, turns texts to lower case. */
  boolean lowercases() {
    return lowercases(root.path("normalizer"));
  }

  /** Returns whether its normalizer is BERT's. */
  boolean isBert() {
    return root.path("normalizer").path("type").asText().equals(BERT_NORMALIZER);
  }

  private static boolean lowercases(JsonNode normalizer) {
    return switch (normalizer.path("type").asText()) {
      case "Lowercase" -> true;
      case BERT_NORMALIZER -> normalizer.path("lowercase").asBoolean(true);
      case "Sequence" ->
        normalizer.path("normalizers").valueStream().anyMatch(TokenizerJson::lowercases);
      default -> false;
    };
  }

  /** Returns the token that pads a batch, if the file says how batches are padded. */
  Optional<String> paddingToken() {
    return Optional.of(root.path("padding").path("pad_token").asText())
        .filter(name -> !name.isEmpty());
  }

  /** Returns the same tokenizer with {@code end} after each text, as a special token. */
  TokenizerJson appending(SpecialToken end) {
    ObjectNode changed = root.deepCopy();
    markSpecial(changed, end);
    changed.set("post_processor", EndTokenTemplate.with(root.path("post_processor"), end));
    return new TokenizerJson(changed);
  }

  /** Returns the same tokenizer without what it does after a text has been split: it puts special tokens around it. */
  TokenizerJson withoutPostProcessor() {
    ObjectNode changed = root.deepCopy();
    changed.putNull("post_processor");
    return new TokenizerJson(changed);
  }

  /** Returns the length at which texts are cut, in tokens; empty if they are not. */
  OptionalInt cutLength() {
    var length = truncation().path("max_length");
    return length.canConvertToInt() ? OptionalInt.of(length.asInt()) : OptionalInt.empty();
  }

  /** Returns whether texts that are too long lose their start. */
  boolean cutsAtStart() {
    return truncation().path("direction").asText().equals("Left");
  }

  private JsonNode truncation() {
    return root.path("truncation");
  }

  /** Returns the same tokenizer with another length at which texts are cut, {@link Integer#MAX_VALUE} for none. */
  TokenizerJson cutAt(int length) {
    ObjectNode changed = root.deepCopy();
    if (length == Integer.MAX_VALUE) {
      changed.putNull("truncation");
    } else {
      changed
          .putObject("truncation")
          .put("direction", "Right")
          .put("max_length", length)
          .put("strategy", "LongestFirst")
          .put("stride", 0);
    }
    return new TokenizerJson(changed);
  }

  void write(Path file) throws IOException {
    Files.writeString(file, Json.pretty(root));
  }

  /** Marks the token as special; if it has to be added, it goes to its place in the order of ids. */
  private static void markSpecial(ObjectNode tokenizer, SpecialToken end) {
    var tokens = tokenizer.get("added_tokens") instanceof ArrayNode present
        ? present
        : tokenizer.putArray("added_tokens");
    int before = 0;
    for (var token : tokens) {
      if (token.path("id").asInt() == end.id()) {
        ((ObjectNode) token).put("special", true);
        return;
      }
      if (token.path("id").asInt() < end.id()) {
        before++;
      }
    }
    tokens.insert(before, end.entry());
  }

  /** Returns the object from token to id, or (Unigram) the array of token and score whose positions are the ids. */
  private JsonNode vocabulary() {
    return root.path("model").path("vocab");
  }

  private JsonNode addedTokens() {
    return root.path("added_tokens");
  }
}
