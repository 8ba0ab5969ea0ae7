package org.tdro.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tdro.models.CheckpointException;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;

/**
 * What the files of sentence-transformers say of a model: {@code modules.json}, {@code 1_Pooling/config.json},
 * {@code sentence_bert_config.json} and {@code config_sentence_transformers.json}. Each may be absent.
 *
 * @param maxLength longest text, in tokens
 * @param prompts a prompt of name NAME goes before queries of task NAME, one of name NAME-passage before its passages
 */
record SentenceTransformersFiles(
    Optional<Pooling> pooling,
    Optional<Boolean> normalize,
    Optional<Integer> maxLength,
    Prompts prompts) {
  static final String PASSAGE_SUFFIX = "-passage";
  static final Map<Pooling, String> POOLING_KEYS = Map.of(
      Pooling.CLS, "pooling_mode_cls_token",
      Pooling.MEAN, "pooling_mode_mean_tokens",
      Pooling.LASTTOKEN, "pooling_mode_lasttoken");

  private static final JsonMapper JSON = new JsonMapper();

  /** @throws CheckpointException if a file cannot be read, or asks for what is not supported */
  static SentenceTransformersFiles read(Path folder) {
    var modules = json(folder.resolve("modules.json"));
    boolean normalizes = false;
    for (var module : modules) {
      var type = module.path("type").asText();
      var name = type.substring(type.lastIndexOf('.') + 1);
      normalizes |= name.equals("Normalize");
      if (!name.equals("Transformer") && !name.equals("Pooling") && !name.equals("Normalize")) {
        throw new CheckpointException(
            "%s: module %s is not supported; known are Transformer, Pooling and Normalize"
                .formatted(folder.resolve("modules.json"), type));
      }
    }
    var longest = json(folder.resolve("sentence_bert_config.json")).path("max_seq_length");
    return new SentenceTransformersFiles(
        pooling(folder.resolve("1_Pooling").resolve("config.json")),
        modules.isEmpty() ? Optional.empty() : Optional.of(normalizes),
        longest.isInt() ? Optional.of(longest.asInt()) : Optional.empty(),
        prompts(json(folder.resolve("config_sentence_transformers.json")).path("prompts")));
  }

  private static Optional<Pooling> pooling(Path file) {
    var config = json(file);
    if (config.isMissingNode()) {
      return Optional.empty();
    }
    var asked = config.properties().stream()
        .filter(entry ->
            entry.getKey().startsWith("pooling_mode_") && entry.getValue().asBoolean())
        .map(Map.Entry::getKey)
        .toList();
    var known = POOLING_KEYS.entrySet().stream()
        .filter(entry -> asked.equals(java.util.List.of(entry.getValue())))
        .map(Map.Entry::getKey)
        .findFirst();
    if (known.isEmpty()) {
      throw new CheckpointException(
          "%s: asks for %s; supported is one of %s".formatted(file, asked, POOLING_KEYS.values()));
    }
    return known;
  }

  private static Prompts prompts(JsonNode prompts) {
    var queries = new HashMap<String, PromptTemplate>();
    var passages = new HashMap<String, PromptTemplate>();
    prompts.properties().forEach(prompt -> {
      var name = prompt.getKey();
      var template = new PromptTemplate(prompt.getValue().asText() + PromptTemplate.TEXT);
      if (name.endsWith(PASSAGE_SUFFIX)) {
        passages.put(name.substring(0, name.length() - PASSAGE_SUFFIX.length()), template);
      } else {
        queries.put(name, template);
      }
    });
    return new Prompts(queries, passages);
  }

  private static JsonNode json(Path file) {
    if (!Files.exists(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read as JSON: " + e.getMessage(), e);
    }
  }
}
