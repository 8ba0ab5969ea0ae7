package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tokens of a {@code tokenizer.json} that are found in a text before it is normalised, and those that are put around it.
 *
 * @param specials the tokens that are found
 * @param before ids of the tokens before a text
 * @param after ids of those after it
 */
record AddedTokens(Map<String, Special> specials, List<Integer> before, List<Integer> after) {
  /** As the library and Unicode know blanks, which are more than those of {@link String#strip()}. */
  private static final Pattern BLANK_AT_AN_END =
      Pattern.compile("\\A\\p{IsWhite_Space}|\\p{IsWhite_Space}\\z");

  /**
   * A token that is found in texts.
   *
   * @param bare sides on which white space belongs to it
   */
  record Special(int id, Set<TextSide> bare) {}

  /**
   * Reads them.
   *
   * @param root of the file
   * @param blanksCount whether blanks beside a token have tokens of their own
   * @throws InexpressibleTokenizerException if more than the text of a token decides where it is found
   */
  static AddedTokens read(JsonNode root, boolean blanksCount)
      throws InexpressibleTokenizerException {
    var before = new ArrayList<Integer>();
    var after = new ArrayList<Integer>();
    around(root.path("post_processor"), before, after);
    return new AddedTokens(specials(root, blanksCount), before, after);
  }

  private static void around(JsonNode processor, List<Integer> before, List<Integer> after)
      throws InexpressibleTokenizerException {
    switch (processor.path("type").asText("none")) {
      case "BertProcessing", "RobertaProcessing" -> {
        before.add(0, processor.path("cls").path(1).asInt());
        after.add(processor.path("sep").path(1).asInt());
      }
      case "TemplateProcessing" -> template(processor, before, after);
      case "Sequence" -> {
        for (var part : processor.path("processors")) {
          around(part, before, after);
        }
      }
      // It changes offsets only.
      case "ByteLevel", "none" -> {}
      default ->
        throw new InexpressibleTokenizerException(
            "has post_processor %s, not TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel"
                .formatted(processor.path("type").asText()));
    }
  }

  private static void template(JsonNode processor, List<Integer> before, List<Integer> after)
      throws InexpressibleTokenizerException {
    int texts = 0;
    var first = new ArrayList<Integer>();
    for (var part : processor.path("single")) {
      var special = part.path("SpecialToken").path("id");
      if (special.isMissingNode()) {
        texts++;
        continue;
      }
      var ids = processor.path("special_tokens").path(special.asText()).path("ids");
      for (var id : ids) {
        (texts == 0 ? first : after).add(id.asInt());
      }
    }
    if (texts != 1) {
      throw new InexpressibleTokenizerException("repeats the text in its template");
    }
    before.addAll(0, first);
  }

  private static Map<String, Special> specials(JsonNode root, boolean blanksCount)
      throws InexpressibleTokenizerException {
    boolean normalizes =
        !root.path("normalizer").isMissingNode() && !root.path("normalizer").isNull();
    var specials = new LinkedHashMap<String, Set<TextSide>>();
    for (var token : root.path("added_tokens")) {
      var content = token.path("content").asText();
      // The library passes over these.
      if (content.isEmpty() || specials.containsKey(content)) {
        continue;
      }
      if (normalizes
          && token.path("normalized").asBoolean(!token.path("special").asBoolean())) {
        throw new InexpressibleTokenizerException(
            "finds the added token %s in normalised texts".formatted(content));
      }
      if (token.path("single_word").asBoolean()) {
        throw new InexpressibleTokenizerException(
            "finds the added token %s as a word only".formatted(content));
      }
      if (content.codePoints().anyMatch(codePoint -> codePoint >= WordPieceTables.FIRST_RESERVED)) {
        throw new InexpressibleTokenizerException(
            "has an added token with code points of the last private plane, %s".formatted(content));
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
      specials.put(content, blanksCount ? bare(token) : Set.of());
    }
    requireOwnBlanks(specials);
    // Where a file's ids are not those that the library counts, the library's are what training
    // saw.
    var found = new LinkedHashMap<String, Special>();
    try (var tokenizer = TokenizerJson.open(root)) {
      for (var special : specials.entrySet()) {
        int id = id(tokenizer, special.getKey());
        found.put(special.getKey(), new Special(id, special.getValue()));
      }
    }
    return found;
  }

  private static Set<TextSide> bare(JsonNode token) {
    var bare = EnumSet.noneOf(TextSide.class);
    if (token.path("lstrip").asBoolean()) {
      bare.add(TextSide.BEFORE);
    }
    if (token.path("rstrip").asBoolean()) {
      bare.add(TextSide.AFTER);
    }
    return bare;
  }

  /** Requires that no token begins or ends with white space that may belong to another one. */
  private static void requireOwnBlanks(Map<String, Set<TextSide>> specials)
      throws InexpressibleTokenizerException {
    for (var bare : specials.entrySet()) {
      for (var other : specials.keySet()) {
        if (!bare.getValue().isEmpty() && BLANK_AT_AN_END.matcher(other).find()) {
          throw new InexpressibleTokenizerException(
              "removes the blanks beside the added token %s, and has one of blanks, \"%s\""
                  .formatted(bare.getKey(), other));
        }
      }
    }
  }

  private static int id(HuggingFaceTokenizer tokenizer, String content)
      throws InexpressibleTokenizerException {
    var ids = Tokenizer.ids(tokenizer, content);
    if (ids.length != 1) {
      throw new InexpressibleTokenizerException(
          "does not find its added token %s in a text".formatted(content));
    }
    return Math.toIntExact(ids[0]);
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
