package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The content of a {@code tokenizer.json} whose tokens are pairs of bytes, merged in a certain order.
 *
 * @param root of the file
 * @param vocabulary id of each token, written in {@link BytePairVocabulary GPT-2's table} of bytes
 * @param merges in the order in which they are made
 * @param takesWholeWords whether a word that is a token is that token, whatever its merges
 * @param pattern that splits texts into words
 * @param beginsWithBlank whether a text, or what follows an added token in it, gets a blank before it unless it begins with one
 * @param added its added tokens
 */
record BytePairJson(
    JsonNode root,
    Map<String, Integer> vocabulary,
    List<Merge> merges,
    boolean takesWholeWords,
    WordPattern pattern,
    boolean beginsWithBlank,
    AddedTokens added) {

  /** Two tokens that become one. */
  record Merge(String left, String right) {}

  /**
   * Returns the parts of a file.
   *
   * @throws InexpressibleTokenizerException if it is another tokenizer, or one with options that change what a word or a merge is
   */
  static BytePairJson of(JsonNode root) throws InexpressibleTokenizerException {
    var model = root.path("model");
    if (model.path("dropout").asDouble() != 0) {
      throw new InexpressibleTokenizerException(
          "has model.dropout %s".formatted(model.path("dropout")));
    }
    requireAbsent(model, "continuing_subword_prefix");
    requireAbsent(model, "end_of_word_suffix");
    if (model.path("byte_fallback").asBoolean()) {
      throw new InexpressibleTokenizerException("has model.byte_fallback");
    }
    var words = words(root.path("pre_tokenizer"));
    var vocabulary = new LinkedHashMap<String, Integer>();
    model
        .path("vocab")
        .properties()
        .forEach(token -> vocabulary.put(token.getKey(), token.getValue().asInt()));
    for (int value = 0; value < BytePairVocabulary.BYTES; value++) {
      if (!vocabulary.containsKey(BytePairVocabulary.token(value))) {
        throw new InexpressibleTokenizerException("has no token of the byte %d".formatted(value));
      }
    }
    return new BytePairJson(
        root,
        vocabulary,
        model
            .path("merges")
            .valueStream()
            // The first line of a merges.txt, which the library passes over, too.
            .filter(merge -> !merge.asText().startsWith("#version"))
            .map(BytePairJson::merge)
            .toList(),
        model.path("ignore_merges").asBoolean(),
        words.pattern(),
        words.beginsWithBlank(),
        AddedTokens.read(root, true));
  }

  private static void requireAbsent(JsonNode model, String option)
      throws InexpressibleTokenizerException {
    var value = model.path(option);
    if (!value.isNull() && !value.isMissingNode() && !value.asText().isEmpty()) {
      throw new InexpressibleTokenizerException("has model.%s %s".formatted(option, value));
    }
  }

  /** Returns a merge, which is an array or, in older files, two tokens with a blank between them. */
  private static Merge merge(JsonNode node) {
    if (node.isArray()) {
      return new Merge(node.path(0).asText(), node.path(1).asText());
    }
    var text = node.asText();
    int blank = text.indexOf(' ');
    return new Merge(text.substring(0, blank), text.substring(blank + 1));
  }

  /**
   * How a text becomes words.
   *
   * @param beginsWithBlank whether the library puts a blank before what does not begin with one
   */
  private record Words(WordPattern pattern, boolean beginsWithBlank) {}

  private static Words words(JsonNode preTokenizer) throws InexpressibleTokenizerException {
    var steps = steps(preTokenizer).toList();
    var types = steps.stream().map(step -> step.path("type").asText("none")).toList();
    if (!types.equals(List.of("ByteLevel"))
        && !types.equals(List.of("Split", "ByteLevel"))
        && !types.equals(List.of("Digits", "ByteLevel"))) {
      throw new InexpressibleTokenizerException(
          "has pre_tokenizer %s, not ByteLevel, alone or after Split or Digits".formatted(types));
    }
    var first = steps.get(0);
    var byteLevel = steps.get(steps.size() - 1);
    boolean splitsTexts = byteLevel.path("use_regex").asBoolean(true);
    boolean beginsWithBlank = byteLevel.path("add_prefix_space").asBoolean(true);
    if (steps.size() > 1 && beginsWithBlank) {
      throw new InexpressibleTokenizerException("puts a blank before each part of a text");
    }
    switch (types.get(0)) {
      case "Split" -> {
        var pattern = WordPattern.of(first.path("pattern").path("Regex").asText());
        if (pattern.isPresent()
            && !splitsTexts
            && !first.path("invert").asBoolean()
            && first.path("behavior").asText().equals("Isolated")) {
          return new Words(pattern.get(), false);
        }
      }
      case "Digits" -> {
        if (splitsTexts && first.path("individual_digits").asBoolean()) {
          return new Words(WordPattern.STARCODER, false);
        }
      }
      default -> {
        if (splitsTexts) {
          return new Words(WordPattern.GPT2, beginsWithBlank);
        }
        throw new InexpressibleTokenizerException("does not split texts into words");
      }
    }
    throw new InexpressibleTokenizerException(
        "splits texts otherwise than GPT-2, StarCoder, Llama 3, Qwen 2 and BLOOM: %s"
            .formatted(preTokenizer));
  }

  /** Returns a pre-tokenizer or, of a sequence, its parts. */
  private static Stream<JsonNode> steps(JsonNode preTokenizer) {
    return preTokenizer.path("type").asText().equals("Sequence")
        ? preTokenizer.path("pretokenizers").valueStream().flatMap(BytePairJson::steps)
        : Stream.of(preTokenizer);
  }
}
