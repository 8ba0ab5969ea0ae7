package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a {@code tokenizer.json} whose tokens are pairs of bytes, merged in a certain order.
 *
 * @param root of the file
 * @param vocabulary id of each token, written in {@link BytePairVocabulary GPT-2's table} of bytes
 * @param merges in the order in which they are made
 * @param takesWholeWords whether a word that is a token is that token, whatever its merges
 * @param pattern that splits texts into words
 * @param added its added tokens
 */
record BytePairJson(
    JsonNode root,
    Map<String, Integer> vocabulary,
    List<Merge> merges,
    boolean takesWholeWords,
    WordPattern pattern,
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
    requireAbsent(model, "dropout");
    requireAbsent(model, "continuing_subword_prefix");
    requireAbsent(model, "end_of_word_suffix");
    if (model.path("byte_fallback").asBoolean()) {
      throw new InexpressibleTokenizerException("has model.byte_fallback");
    }
    var pattern = pattern(root.path("pre_tokenizer"));
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
        pattern,
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

  private static WordPattern pattern(JsonNode preTokenizer) throws InexpressibleTokenizerException {
    var type = preTokenizer.path("type").asText("none");
    if (type.equals("ByteLevel")) {
      requireNoBlank(preTokenizer);
      if (preTokenizer.path("use_regex").asBoolean(true)) {
        return WordPattern.GPT2;
      }
      throw new InexpressibleTokenizerException("does not split texts into words");
    }
    var parts = preTokenizer.path("pretokenizers");
    var split = parts.path(0);
    var bytes = parts.path(1);
    if (!type.equals("Sequence")
        || parts.size() != 2
        || !split.path("type").asText().equals("Split")
        || !bytes.path("type").asText().equals("ByteLevel")) {
      throw new InexpressibleTokenizerException(
          "has pre_tokenizer %s, not ByteLevel, alone or after Split"
              .formatted(types(preTokenizer)));
    }
    requireNoBlank(bytes);
    var regex = split.path("pattern").path("Regex").asText();
    var pattern = WordPattern.of(regex);
    if (pattern.isEmpty()
        || bytes.path("use_regex").asBoolean(true)
        || split.path("invert").asBoolean()
        || !split.path("behavior").asText().equals("Isolated")) {
      throw new InexpressibleTokenizerException(
          "splits texts otherwise than GPT-2, Llama 3 and Qwen 2: %s".formatted(preTokenizer));
    }
    return pattern.get();
  }

  private static void requireNoBlank(JsonNode byteLevel) throws InexpressibleTokenizerException {
    if (byteLevel.path("add_prefix_space").asBoolean(true)) {
      throw new InexpressibleTokenizerException("puts a blank before a text");
    }
  }

  private static String types(JsonNode preTokenizer) {
    var type = preTokenizer.path("type").asText("none");
    return type.equals("Sequence")
        ? preTokenizer
            .path("pretokenizers")
            .valueStream()
            .map(BytePairJson::types)
            .toList()
            .toString()
        : type;
  }
}
