package org.tdro.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tdro.io.AtomicWrite;
import org.tdro.io.InputException;

/**
 * A {@code tokenizer.json} that puts an end token behind every text, and what was done to have it.
 *
 * @param tokenizerJson the file
 * @param source what named the token; empty if the model's own {@code tokenizer.json} appends one already
 */
public record AppendedEndToken(Path tokenizerJson, SpecialToken token, Optional<String> source) {

  /**
   * Writes a model's tokenizer with an end token behind every text. One that appends a special token already, such as BERT's
   * {@code [SEP]} or XLM-R's {@code </s>}, is copied as it is. Of any other the post-processor is kept and gets the token that
   * the folder names: {@code eos_token} in {@code tokenizer_config.json}, else {@code eos_token_id} in {@code config.json} or
   * {@code generation_config.json}, else {@code eos_token} in {@code special_tokens_map.json}.
   *
   * @param tokenizerJson the file to write; it may be the folder's own
   * @throws InputException if the folder has no tokenizer or nothing there names its end token
   * @throws java.io.UncheckedIOException naming the file that cannot be written
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

  /** Whether the token was added here. */
  public boolean changed() {
    return source.isPresent();
  }

  /** What was done, in a sentence for the reader of a log. */
  @Override
  public String toString() {
    return source
        .map(named ->
            tokenizerJson + " now puts " + token + " behind every text, as named by " + named)
        .orElseGet(() -> tokenizerJson + " puts " + token + " behind every text");
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

  /** Nothing is put in place that does not do what it was made for. */
  private static void check(Path original, Path written, SpecialToken token) {
    if (!endOf(written).equals(Optional.of(token.id()))) {
      throw new InputException(
          original + ": its post_processor cannot be made to put " + token + " behind a text");
    }
  }
}
