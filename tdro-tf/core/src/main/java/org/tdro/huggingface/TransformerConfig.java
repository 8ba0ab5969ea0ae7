package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    checkModalities(json);
    for (var suffix : List.of("args", "kwargs")) {
      json.refuse("config_" + suffix, "give its keys in config.json");
      json.refuse(
          "model_" + suffix,
          "give its keys in config.json, or remove them if they name the type or place of weights");
    }
    for (var key : List.of("tokenizer_args", "processor_kwargs", "processing_kwargs")) {
      json.refuse(key, "give its keys in tokenizer_config.json");
    }
    for (var key : List.of("query_length", "document_length")) {
      json.refuse(key, "a length for one kind of text is not read; give max_seq_length");
    }
    json.refuse("query_expansion", "queries that are filled up to a length are not computed here");
    var maxLength =
        json.has(MAX_LENGTH) ? OptionalInt.of(json.size(MAX_LENGTH)) : OptionalInt.empty();
    return new TransformerConfig(maxLength, json.flag(LOWERCASE, false));
  }

  /** Checks that a text goes through the backbone as it is, rather than through a template of messages. */
  private static void checkModalities(PublishedJson json) {
    var modalities = json.get("modality_config");
    for (var expected :
        Map.of("method", "forward", "method_output_name", "last_hidden_state").entrySet()) {
      var value = modalities.path("text").path(expected.getKey());
      if (PublishedJson.isPresent(value) && !value.asText().equals(expected.getValue())) {
        json.problem("modality_config.text.%s is %s, but only %s is supported"
            .formatted(expected.getKey(), value, expected.getValue()));
      }
    }
    if (modalities.has("message")) {
      json.problem(
          "modality_config.message: texts are put into the tokenizer's chat template, which is not computed here; remove the key if the model was trained on plain texts");
    }
  }

  /** Writes the file into the folder of a model that keeps the case of texts. */
  static void write(Path folder, int maxLength) throws IOException {
    PublishedJson.write(
        folder.resolve(NAME),
        JsonNodeFactory.instance.objectNode().put(MAX_LENGTH, maxLength).put(LOWERCASE, false));
  }
}
