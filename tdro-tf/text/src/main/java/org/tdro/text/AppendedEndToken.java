package org.tdro.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;

/**
 * A {@code tokenizer.json} that puts an end token after every text, and the source of that token.
 *
 * @param tokenizerJson the file
 * @param source file and key that name the token; empty if the model's own {@code tokenizer.json} already appends one
 */
public record AppendedEndToken(Path tokenizerJson, SpecialToken token, Optional<String> source) {

  /**
   * Writes a model's tokenizer with an end token after every text. One that already appends a special token, such as BERT's
   * {@code [SEP]} or XLM-R's {@code </s>}, is copied. To the post-processor of any other is added the token that the folder names:
   * {@code eos_token} in {@code tokenizer_config.json}, else {@code eos_token_id} in {@code config.json} or
   * {@code generation_config.json}, else {@code eos_token} in {@code special_tokens_map.json}.
   *
   * @param tokenizerJson the file to write; it may be the folder's own
   * @throws InputException if the folder has no tokenizer, or nothing in it names the end token
   * @throws org.tdro.io.FileException naming the file that cannot be written
   */
  static AppendedEndToken write(TokenizerFolder model, Path tokenizerJson) {
    var original = model.tokenizerJson();
    var present = endOf(original);
    var json = TokenizerJson.read(original);
    if (present.isPresent()) {
      var id = present.get();
      var content = json.token(id)
          .orElseThrow(() -> new InputException(
              original + ": its post_processor appends the id " + id + ", which is not a token"));
      copy(original, tokenizerJson);
      return new AppendedEndToken(tokenizerJson, new SpecialToken(content, id), Optional.empty());
    }
    var name = EndTokenName.find(model.path(), json);
    AtomicWrite.file(tokenizerJson, beside -> {
      json.appending(name.token()).write(beside);
      check(original, beside, name.token());
    });
    return new AppendedEndToken(tokenizerJson, name.token(), Optional.of(name.source()));
  }

  /** Returns whether the token had to be added. */
  public boolean changed() {
    return source.isPresent();
  }

  /** Returns a sentence for a log. */
  @Override
  public String toString() {
    return source
        .map(named ->
            tokenizerJson + " now puts " + token + " after every text, as named by " + named)
        .orElseGet(() -> tokenizerJson + " puts " + token + " after every text");
  }

  private static Optional<Integer> endOf(Path tokenizerJson) {
    try (var tokenizer = Tokenizer.load(tokenizerJson)) {
      return tokenizer.appendedToken();
    }
  }

  private static void copy(Path from, Path to) {
    if (from.toAbsolutePath().normalize().equals(to.toAbsolutePath().normalize())) {
      return;
    }
    AtomicWrite.file(to, beside -> Files.copy(from, beside));
  }

  /** Checks the written file before it is put in place. */
  private static void check(Path original, Path written, SpecialToken token) {
    if (!endOf(written).equals(Optional.of(token.id()))) {
      throw new InputException(
          original + ": its post_processor cannot be made to put " + token + " after a text");
    }
  }
}
