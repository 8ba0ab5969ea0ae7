package org.tdro.export.tokenizer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Consumer;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.WordCounts;

/** Learned vocabularies as tokenizers of several kinds. */
final class BytePairFiles {
  private static final JsonMapper JSON = new JsonMapper();

  /** How a text becomes words, and which merges there are. */
  enum Kind {
    /** That which training learns by default: NFKC and lower case. */
    OURS(json -> {}),
    /** Without a normalizer. */
    GPT2(json -> json.putNull("normalizer")),
    /** With the published pattern, NFC, and several special tokens. */
    QWEN2(json -> {
      json.putObject("normalizer").put("type", "NFC");
      words(json, "\\p{N}");
      special(json, "<|im_start|>");
      special(json, "<|im_end|>");
    }),
    /**
     * With the published pattern, a token before each text, and merges that were made from a list of tokens alone: each way to divide a
     * token, in the order of the tokens, some of which no merges lead to.
     */
    LLAMA3(json -> {
      json.putNull("normalizer");
      words(json, "\\p{N}{1,3}");
      var model = (ObjectNode) json.get("model");
      var vocabulary = (ObjectNode) model.get("vocab");
      for (var word : new String[] {"Ġthexq", "zqjx", "Ġqqqq", "ĠĠĠĠĠĠĠĠ"}) {
        vocabulary.put(word, vocabulary.size());
      }
      model.put("ignore_merges", true).set("merges", divisions(vocabulary));
      begin(json, special(json, "<|begin_of_text|>"));
    });

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final Consumer<ObjectNode> change;

    Kind(Consumer<ObjectNode> change) {
      this.change = change;
    }
  }

  /** More ids than a few sentences have merges. */
  static final int EVERY_MERGE = 2000;

  private BytePairFiles() {}

  /** Learns a vocabulary of some ids from texts and writes it. */
  static Path write(Path file, Kind kind, Collection<String> texts, int size) throws IOException {
    var counts = new WordCounts(kind == Kind.OURS);
    counts.add(texts);
    new BytePairTrainer(size).train(counts).write(file);
    return change(file, kind.change);
  }

  /** Changes a tokenizer. */
  static Path change(Path file, Consumer<ObjectNode> change) throws IOException {
    var json = (ObjectNode) JSON.readTree(file.toFile());
    change.accept(json);
    return Files.writeString(file, json.toString());
  }

  private static void words(ObjectNode json, String digits) {
    var parts = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    parts
        .addObject()
        .put("type", "Split")
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put(
            "Regex",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
    parts
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  /** Adds a special token and returns its id. */
  private static int special(ObjectNode json, String content) {
    // Those for padding and the end are in the vocabulary.
    int id = json.at("/model/vocab").size() + json.get("added_tokens").size() - 2;
    ((ArrayNode) json.get("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
    return id;
  }

  private static void begin(ObjectNode json, int id) {
    var template = (ObjectNode) json.get("post_processor");
    for (var name : new String[] {"single", "pair"}) {
      ((ArrayNode) template.get(name))
          .insertObject(0)
          .putObject("SpecialToken")
          .put("id", "begin")
          .put("type_id", 0);
    }
    var token = ((ObjectNode) template.get("special_tokens")).putObject("begin").put("id", "begin");
    token.putArray("ids").add(id);
    token.putArray("tokens").add("<|begin_of_text|>");
  }

  /** Returns each way to divide a token, in the order of the tokens. */
  static ArrayNode divisions(ObjectNode vocabulary) {
    var merges = JSON.createArrayNode();
    vocabulary.properties().forEach(token -> {
      var text = token.getKey();
      for (int at = 1; at < text.length(); at++) {
        if (vocabulary.has(text.substring(0, at)) && vocabulary.has(text.substring(at))) {
          merges.addArray().add(text.substring(0, at)).add(text.substring(at));
        }
      }
    });
    return merges;
  }
}
