package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.io.Json;

/**
 * The content of a {@code tokenizer.json} whose normalizer, words and model are BERT's.
 *
 * @param root of the file
 * @param vocabulary id of each token
 * @param continuation text before the tokens that continue a word, such as {@code ##}
 * @param unknown id of the token of unknown words
 * @param longestWord longer words are unknown, in code points
 * @param specials id of each token that is found in a text before it is normalised
 * @param before ids of the special tokens before a text
 * @param after ids of those after it
 */
record WordPieceJson(
    JsonNode root,
    Map<String, Integer> vocabulary,
    String continuation,
    int unknown,
    int longestWord,
    Map<String, Integer> specials,
    List<Integer> before,
    List<Integer> after) {
  /** Of the tokenizers library, where the file does not say. */
  private static final int DEFAULT_LONGEST_WORD = 100;

  /**
   * Reads a file.
   *
   * @throws InexpressibleTokenizerException if it is another tokenizer, or one whose special tokens need more than their text
   * @throws org.tdro.io.InputException if it cannot be read or is not JSON
   */
  static WordPieceJson read(Path file) throws InexpressibleTokenizerException {
    var root = Json.readLeniently(file);
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
    var before = new ArrayList<Integer>();
    var after = new ArrayList<Integer>();
    around(root.path("post_processor"), before, after);
    return new WordPieceJson(
        root,
        vocabulary,
        model.path("continuing_subword_prefix").asText("##"),
        unknown,
        model.path("max_input_chars_per_word").asInt(DEFAULT_LONGEST_WORD),
        specials(root.path("added_tokens")),
        before,
        after);
  }

  private static void require(JsonNode root, String part, String type)
      throws InexpressibleTokenizerException {
    var present = root.path(part).path("type").asText("none");
    if (!present.equals(type)) {
      throw new InexpressibleTokenizerException("has %s %s, not %s".formatted(part, present, type));
    }
  }

  private static void around(JsonNode processor, List<Integer> before, List<Integer> after)
      throws InexpressibleTokenizerException {
    switch (processor.path("type").asText("none")) {
      case "BertProcessing" -> {
        before.add(processor.path("cls").path(1).asInt());
        after.add(processor.path("sep").path(1).asInt());
      }
      case "TemplateProcessing" -> {
        int texts = 0;
        for (var part : processor.path("single")) {
          var special = part.path("SpecialToken").path("id");
          if (special.isMissingNode()) {
            texts++;
            continue;
          }
          var ids = processor.path("special_tokens").path(special.asText()).path("ids");
          for (var id : ids) {
            (texts == 0 ? before : after).add(id.asInt());
          }
        }
        if (texts != 1) {
          throw new InexpressibleTokenizerException("repeats the text in its template");
        }
      }
      default ->
        throw new InexpressibleTokenizerException(
            "has post_processor %s, not TemplateProcessing or BertProcessing"
                .formatted(processor.path("type").asText("none")));
    }
    // They also separate the texts of a batch.
    if (before.isEmpty() && after.isEmpty()) {
      throw new InexpressibleTokenizerException("puts no special token around a text");
    }
  }

  private static Map<String, Integer> specials(JsonNode added)
      throws InexpressibleTokenizerException {
    var specials = new LinkedHashMap<String, Integer>();
    for (var token : added) {
      var content = token.path("content").asText();
      // Blanks that lstrip and rstrip remove would separate words, and so would the token.
      if (token.path("normalized").asBoolean(!token.path("special").asBoolean())) {
        throw new InexpressibleTokenizerException(
            "finds the added token %s in normalised texts".formatted(content));
      }
      if (token.path("single_word").asBoolean()) {
        throw new InexpressibleTokenizerException(
            "finds the added token %s as a word only".formatted(content));
      }
      for (var other : specials.keySet()) {
        if (overlap(content, other) || overlap(other, content)) {
          throw new InexpressibleTokenizerException(
              "has added tokens that overlap, %s and %s".formatted(other, content));
        }
      }
      if (overlapsItself(content)) {
        throw new InexpressibleTokenizerException(
            "has an added token that overlaps itself, %s".formatted(content));
      }
      specials.put(content, token.path("id").asInt());
    }
    return specials;
  }

  /** Returns whether {@code second} can begin within {@code first} in some text. */
  private static boolean overlap(String first, String second) {
    for (int at = 0; at < first.length(); at++) {
      if (first.startsWith(second, at) || second.startsWith(first.substring(at))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a token can begin within itself. */
  private static boolean overlapsItself(String token) {
    for (int at = 1; at < token.length(); at++) {
      if (token.startsWith(token.substring(at))) {
        return true;
      }
    }
    return false;
  }
}
