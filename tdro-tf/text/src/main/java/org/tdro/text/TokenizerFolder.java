package org.tdro.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;

/** The files of the tokenizer in a Hugging Face model folder. */
public record TokenizerFolder(Path path) {
  private static final String SAVE_AGAIN = "load the tokenizer in transformers and save it again";

  /** Files of tokenizers in other formats. */
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

  /** Returns whether there is a {@code tokenizer.json}. */
  public boolean exists() {
    return Files.isRegularFile(file());
  }

  /**
   * Reads the folder's tokenizer.
   *
   * @throws InputException if there is none, or only one in another format
   */
  public Tokenizer load() {
    return Tokenizer.load(tokenizerJson());
  }

  /**
   * Returns the folder's {@code tokenizer.json}.
   *
   * @throws InputException if there is none, saying how to get it
   */
  public Path tokenizerJson() {
    if (exists()) {
      return file();
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

  /**
   * Returns the length at which {@code tokenizer.json} itself cuts texts, in tokens; empty if it does not. Models that have a length
   * of their own do not use it.
   *
   * @throws InputException if there is no tokenizer, or it cuts texts at their start
   */
  public OptionalInt cutLength() {
    var json = TokenizerJson.read(tokenizerJson());
    if (json.cutsAtStart()) {
      throw new InputException(file()
          + ": truncation.direction is Left, but texts are cut at their end here; set it to Right");
    }
    return json.cutLength();
  }

  /**
   * Returns the ids of the tokens that texts are made of, in ascending order: all but special tokens, the one for unknown words and
   * places that are kept free, such as BERT's {@code [unused7]}.
   *
   * @throws InputException if there is no tokenizer
   */
  public int[] textTokens() {
    return TokenizerJson.read(tokenizerJson()).textIds();
  }

  /**
   * Returns the folder's tokenizer without the special tokens that it puts around a text.
   *
   * @param copy the file to write, unless the folder's own adds none
   * @throws InputException if there is no tokenizer
   */
  public Path withoutSpecialTokens(Path copy) {
    try (var original = load()) {
      if (!original.addsSpecialTokens()) {
        return original.file();
      }
    }
    AtomicWrite.file(
        copy,
        beside -> TokenizerJson.read(tokenizerJson()).withoutPostProcessor().write(beside));
    return copy;
  }

  /**
   * Writes the folder's tokenizer with the length at which it cuts texts.
   *
   * @param length in tokens; {@link Integer#MAX_VALUE} for none
   * @throws InputException if there is no tokenizer
   */
  public void writeCut(Path copy, int length) {
    AtomicWrite.file(
        copy, beside -> TokenizerJson.read(tokenizerJson()).cutAt(length).write(beside));
  }

  private Path file() {
    return path.resolve("tokenizer.json");
  }

  /** Reads {@code tokenizer_config.json}. */
  public TokenizerConfig config() {
    return TokenizerConfig.of(path);
  }

  /**
   * Returns whether the tokenizer turns texts to lower case.
   *
   * @throws InputException if there is no tokenizer
   */
  public boolean lowercases() {
    return TokenizerJson.read(tokenizerJson()).lowercases();
  }

  /**
   * Returns what {@code tokenizer_config.json} asks for beyond {@code tokenizer.json}, and is not done here.
   *
   * @throws InputException if there is no tokenizer, or a file is damaged
   */
  public List<String> problems() {
    var config = config();
    var problems = new ArrayList<>(config.problems());
    var tokens = config.addedTokens();
    if (!tokens.isEmpty() || config.lowercase().isPresent()) {
      compare(config, tokens, TokenizerJson.read(tokenizerJson()), problems);
    }
    if (config.addsBeginToken().isPresent() || config.addsEndToken().isPresent()) {
      try (var tokenizer = Tokenizer.load(tokenizerJson())) {
        flag(
            config, "add_bos_token", config.addsBeginToken(), tokenizer.prependedToken(), problems);
        // An end token that is asked for is appended here.
        flag(
            config,
            "add_eos_token",
            config.addsEndToken().filter(adds -> !adds),
            tokenizer.appendedToken(),
            problems);
      }
    }
    return problems;
  }

  private static void compare(
      TokenizerConfig config,
      Map<Integer, String> tokens,
      TokenizerJson json,
      List<String> problems) {
    var added = json.addedIds();
    tokens.forEach((id, token) -> {
      if (!id.equals(added.get(token)) && !json.id(token).equals(OptionalInt.of(id))) {
        problems.add("%s: added_tokens_decoder has %s with id %d, which tokenizer.json has not; %s"
            .formatted(config.file(), token, id, SAVE_AGAIN));
      }
    });
    // transformers rebuilds a BERT tokenizer where the two differ; other kinds ignore the key.
    var asked = config.lowercase();
    if (json.isBert() && asked.filter(lower -> lower != json.lowercases()).isPresent()) {
      problems.add("%s: do_lower_case is %s, but tokenizer.json does the opposite; %s"
          .formatted(config.file(), asked.get(), SAVE_AGAIN));
    }
  }

  private static void flag(
      TokenizerConfig config,
      String key,
      Optional<Boolean> asked,
      Optional<Integer> added,
      List<String> problems) {
    boolean missing = asked.orElse(false) && added.isEmpty();
    boolean tooMuch = !asked.orElse(true) && added.isPresent() && config.followsFlags();
    if (missing || tooMuch) {
      problems.add("%s: %s is %s, but tokenizer.json %s; %s"
          .formatted(
              config.file(),
              key,
              asked.get(),
              missing ? "adds no such token" : "adds one",
              SAVE_AGAIN));
    }
  }

  /**
   * Returns whether {@code tokenizer_config.json} asks for an end token after every text.
   *
   * @throws InputException if the file is damaged
   */
  public boolean asksForEndToken() {
    return config().addsEndToken().orElse(false);
  }

  /**
   * Returns the folder's tokenizer with an end token after every text.
   *
   * @param copy the file to write, a copy of {@code tokenizer.json} to which the token is added unless it appends one
   * @throws InputException if there is no tokenizer, or nothing in the folder names its end token
   */
  public AppendedEndToken withEndToken(Path copy) {
    return AppendedEndToken.write(this, copy);
  }
}
