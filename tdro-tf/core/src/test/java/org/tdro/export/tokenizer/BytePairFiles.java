package org.tdro.export.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
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
    /** With the post-processor and the tokens of RoBERTa, of which one takes the white space before it. */
    ROBERTA(json -> {
      json.putNull("normalizer");
      var model = (ObjectNode) json.get("model");
      model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
      json.putArray("added_tokens");
      for (var token : new String[] {"<s>", "<pad>", "</s>", "<unk>"}) {
        ((ObjectNode) model.get("vocab")).put(token, model.get("vocab").size());
        special(json, token).put("normalized", true);
      }
      special(json, "<mask>").put("lstrip", true);
      var processor = json.putObject("post_processor").put("type", "RobertaProcessing");
      processor.put("trim_offsets", true).put("add_prefix_space", false);
      processor.putArray("sep").add("</s>").add(model.at("/vocab/<~1s>").asInt());
      processor.putArray("cls").add("<s>").add(model.at("/vocab/<s>").asInt());
    }),
    /** As GPT-2, with a blank before texts, one part of a sequence, and tokens that take the white space beside them. */
    BLANKS(json -> {
      json.putObject("normalizer").put("type", "NFKC");
      ((ObjectNode) json.get("model")).put("dropout", 0.0);
      ((ObjectNode) json.get("pre_tokenizer")).put("add_prefix_space", true);
      JsonNode byteLevel = json.get("pre_tokenizer");
      json.putObject("pre_tokenizer")
          .put("type", "Sequence")
          .putArray("pretokenizers")
          .add(byteLevel);
      special(json, "<mask>").put("lstrip", true).put("rstrip", true);
      special(json, "<|im_start|>").put("rstrip", true);
    }),
    /** With each digit a word before GPT-2's pattern. */
    STARCODER(json -> {
      json.putNull("normalizer");
      JsonNode byteLevel = json.get("pre_tokenizer");
      var parts = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
      parts.addObject().put("type", "Digits").put("individual_digits", true);
      parts.add(byteLevel);
    }),
    /** With the published pattern, and nothing put around a text. */
    BLOOM(json -> {
      json.putNull("normalizer");
      words(json, " ?[^(\\s|[.,!?…。，、।۔،])]+");
      json.set("post_processor", json.at("/pre_tokenizer/pretokenizers/1"));
    }),
    /** With the published pattern, NFC, and several special tokens. */
    QWEN2(json -> {
      json.putObject("normalizer").put("type", "NFC");
      words(json, later("\\p{N}"));
      special(json, "<|im_start|>");
      special(json, "<|im_end|>");
    }),
    /**
     * With the published pattern, a token before each text, and merges that were made from a list of tokens alone: each way to divide a
     * token, in the order of the tokens, some of which no merges lead to.
     */
    LLAMA3(json -> {
      json.putNull("normalizer");
      words(json, later("\\p{N}{1,3}"));
      var model = (ObjectNode) json.get("model");
      var vocabulary = (ObjectNode) model.get("vocab");
      for (var word : new String[] {"Ġthexq", "zqjx", "Ġqqqq", "ĠĠĠĠĠĠĠĠ"}) {
        vocabulary.put(word, vocabulary.size());
      }
      model.put("ignore_merges", true).set("merges", divisions(vocabulary));
      begin(json, special(json, "<|begin_of_text|>").get("id").asInt());
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

  private static String later(String digits) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  private static void words(ObjectNode json, String regex) {
    var parts = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    parts
        .addObject()
        .put("type", "Split")
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put("Regex", regex);
    parts
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  /** Adds a special token, with its id in the vocabulary, if it is there, or the next one, and returns it. */
  private static ObjectNode special(ObjectNode json, String content) {
    var vocabulary = json.at("/model/vocab");
    long own = json.get("added_tokens")
        .valueStream()
        .filter(token -> !vocabulary.has(token.get("content").asText()))
        .count();
    int id = vocabulary.path(content).asInt(vocabulary.size() + (int) own);
    return ((ArrayNode) json.get("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
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
