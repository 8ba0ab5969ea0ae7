package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code sentence_bert_config.json} of sentence-transformers' Transformer module: how it calls the backbone.
 *
 * @param maxLength the longest text, in tokens, if it names one
 * @param lowercase whether texts are turned to lower case before they are tokenised
 */
record TransformerConfig(OptionalInt maxLength, boolean lowercase) {
  private static final String NAME = "sentence_bert_config.json";
  private static final String MAX_LENGTH = "max_seq_length";
  private static final String LOWERCASE = "do_lower_case";

  /** Its names; early versions called it after the backbone. */
  private static final List<String> NAMES = List.of(
      NAME,
      "sentence_roberta_config.json",
      "sentence_distilbert_config.json",
      "sentence_camembert_config.json",
      "sentence_albert_config.json",
      "sentence_xlm-roberta_config.json",
      "sentence_xlnet_config.json");

  /** Reads the file of a module's folder; a use of the backbone that is not computed here is a problem. */
  static TransformerConfig read(Path folder, FolderReading reading) {
    var file = NAMES.stream().map(folder::resolve).filter(Files::exists).findFirst();
    var json = PublishedJson.readIfPresent(file.orElse(folder.resolve(NAME)), reading);
    json.only("transformer_task", "feature-extraction");
    json.only("module_output_name", "token_embeddings");
    var text = json.get("modality_config").path("text").path("method_output_name");
    if (PublishedJson.isPresent(text) && !text.asText().equals("last_hidden_state")) {
      json.problem(
          "modality_config.text.method_output_name is %s, but only last_hidden_state is supported"
              .formatted(text));
    }
    json.refuse("config_args", "give its keys in config.json");
    json.refuse("tokenizer_args", "give its keys in tokenizer_config.json");
    var maxLength =
        json.has(MAX_LENGTH) ? OptionalInt.of(json.size(MAX_LENGTH)) : OptionalInt.empty();
    return new TransformerConfig(maxLength, json.flag(LOWERCASE, false));
  }

  /** Writes the file into the folder of a model that keeps the case of texts. */
  static void write(Path folder, int maxLength) throws IOException {
    PublishedJson.write(
        folder.resolve(NAME),
        JsonNodeFactory.instance.objectNode().put(MAX_LENGTH, maxLength).put(LOWERCASE, false));
  }
}
