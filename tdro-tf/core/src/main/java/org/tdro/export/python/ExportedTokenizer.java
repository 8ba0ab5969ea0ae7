package org.tdro.export.python;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.tdro.huggingface.JsonFiles;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.StoredRetriever;
import org.tdro.text.SpecialTokens;

/**
 * The tokenizer of an exported model, in the form that transformers loads.
 *
 * @param tokens its special tokens; empty without a tokenizer
 */
record ExportedTokenizer(Optional<SpecialTokens> tokens) {

  /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}, if the retriever has a tokenizer. */
  static ExportedTokenizer write(
      StoredRetriever stored, RetrieverSettings settings, int maxLength, Path folder)
      throws IOException {
    var file = folder.resolve("tokenizer.json");
    boolean present = TemporaryFolder.with(scratch ->
            stored.tokenizer(settings.spec().pooling(), scratch).map(source -> copy(source, file)))
        .isPresent();
    if (!present) {
      return new ExportedTokenizer(Optional.empty());
    }
    var tokens = SpecialTokens.of(file, stored.path());
    var json = JsonNodeFactory.instance
        .objectNode()
        // Classes of a model put special tokens of their own around a text; this one does as the
        // file says.
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("model_max_length", maxLength)
        .put("padding_side", "right")
        .put("truncation_side", "right")
        .put("clean_up_tokenization_spaces", false);
    // Without it token types are made, which decoders do not take.
    json.putArray("model_input_names").add("input_ids").add("attention_mask");
    tokens.padding().ifPresent(token -> json.put("pad_token", token.content()));
    tokens.end().ifPresent(token -> json.put("eos_token", token.content()));
    JsonFiles.write(folder.resolve("tokenizer_config.json"), json);
    return new ExportedTokenizer(Optional.of(tokens));
  }

  private static Path copy(Path source, Path file) {
    try {
      return Files.copy(source, file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Id of the padding token, if it is known. */
  OptionalInt padding() {
    return id(tokens.flatMap(SpecialTokens::padding));
  }

  /** Id of the end token, if it is known. */
  OptionalInt end() {
    return id(tokens.flatMap(SpecialTokens::end));
  }

  private static OptionalInt id(Optional<SpecialTokens.Token> token) {
    return token.isPresent() ? OptionalInt.of(token.get().id()) : OptionalInt.empty();
  }
}
