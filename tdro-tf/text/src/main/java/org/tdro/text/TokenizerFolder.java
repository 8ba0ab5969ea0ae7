package org.tdro.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.InputException;

/** A model's folder in Hugging Face's layout, as far as its tokenizer goes. */
public record TokenizerFolder(Path path) {
  /** What tokenizers are kept in that no {@code tokenizer.json} was made for. */
  private static final List<String> OTHER_FORMATS = List.of(
      "vocab.txt",
      "vocab.json",
      "merges.txt",
      "tokenizer.model",
      "sentencepiece.bpe.model",
      "spiece.model",
      "spm.model",
      "qwen.tiktoken",
      "tekken.json");

  /**
   * Reads the folder's tokenizer.
   *
   * @throws InputException if there is none, or only in another form
   */
  public Tokenizer load() {
    return Tokenizer.load(tokenizerJson());
  }

  /**
   * The folder's {@code tokenizer.json}.
   *
   * @throws InputException if there is none, saying how one gets it
   */
  public Path tokenizerJson() {
    var file = path.resolve("tokenizer.json");
    if (Files.isRegularFile(file)) {
      return file;
    }
    if (!Files.isDirectory(path)) {
      throw new InputException(path + ": there is no such folder");
    }
    var others =
        OTHER_FORMATS.stream().filter(name -> Files.exists(path.resolve(name))).toList();
    if (others.isEmpty()) {
      throw new InputException(path + " has no tokenizer.json; put the one of the model there");
    }
    throw new InputException(
        ("%s has %s, but a tokenizer.json is needed. Saving the fast tokenizer makes one:%n"
                + "  python -c \"from transformers import AutoTokenizer as T;"
                + " T.from_pretrained('%s', use_fast=True).save_pretrained('%s')\"")
            .formatted(path, String.join(" and ", others), path, path));
  }
}
