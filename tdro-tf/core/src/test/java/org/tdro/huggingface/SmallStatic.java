package org.tdro.huggingface;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tdro.huggingface.safetensors.DType;

/**
 * A StaticEmbedding of random vectors. Its tokenizer knows a few words, turns texts to lower case and puts special tokens around
 * them, which StaticEmbedding leaves out.
 */
public final class SmallStatic {
  /** Size of a vector. */
  public static final int HIDDEN = 8;

  private static final int UNKNOWN = 1;
  private static final List<String> WORDS = List.of(
      "[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "capital", "of", "land", "paint", "dries", "7",
      "3");

  private SmallStatic() {}

  /** Number of token ids. */
  public static int vocabulary() {
    return WORDS.size();
  }

  /** Returns a table under a name. */
  public static WrittenTensors table(String name) {
    return new WrittenTensors(3).add(name, 1, WORDS.size(), HIDDEN);
  }

  /** Returns the token ids of a text without special tokens, by splitting it at blanks. */
  public static int[] ids(String text) {
    var ids = new ArrayList<Integer>();
    for (var word : text.toLowerCase(Locale.ROOT).split(" +", -1)) {
      if (!word.isEmpty()) {
        ids.add(Math.max(UNKNOWN, WORDS.indexOf(word)));
      }
    }
    return ids.stream().mapToInt(id -> id).toArray();
  }

  /** Writes a folder as sentence-transformers does, with vectors of length 1. */
  public static Path write(Path folder, WrittenTensors table, DType type) throws IOException {
    modules(folder, "0_StaticEmbedding");
    table.write(folder.resolve("0_StaticEmbedding/model.safetensors"), type);
    tokenizer(folder.resolve("0_StaticEmbedding"), "null");
    return folder;
  }

  /** Writes a folder as model2vec does. */
  public static Path writeModel2vec(Path folder, WrittenTensors tensors) throws IOException {
    modules(folder, ".");
    tensors.write(folder.resolve("model.safetensors"), DType.F32);
    tokenizer(folder, "null");
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"model2vec\", \"architectures\": [\"StaticModel\"], \"normalize\": true, \"seq_length\": 1000000}");
    return folder;
  }

  private static void modules(Path folder, String path) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("modules.json"), """
        [{"idx": 0, "name": "0", "path": "%s", "type": "sentence_transformers.models.StaticEmbedding"},
         {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"}]""".formatted(path));
  }

  /** Writes the tokenizer with a value of {@code truncation}. */
  public static void tokenizer(Path folder, String truncation) throws IOException {
    var vocabulary = new ArrayList<String>();
    var special = new ArrayList<String>();
    for (int id = 0; id < WORDS.size(); id++) {
      vocabulary.add("\"%s\": %d".formatted(WORDS.get(id), id));
      if (WORDS.get(id).startsWith("[")) {
        special.add("""
            {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}""".formatted(id, WORDS.get(id)));
      }
    }
    Files.writeString(folder.resolve("tokenizer.json"), """
        {"version": "1.0", "truncation": %s, "padding": null, "added_tokens": [%s], "normalizer": {"type": "Lowercase"},
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}, "decoder": null,
         "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "[UNK]"}}""".formatted(
            truncation, String.join(", ", special), String.join(", ", vocabulary)));
  }
}
