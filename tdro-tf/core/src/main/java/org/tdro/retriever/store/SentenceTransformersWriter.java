package org.tdro.retriever.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.huggingface.CheckpointWriter;
import org.tdro.huggingface.DenseModule;
import org.tdro.huggingface.JsonFiles;
import org.tdro.keras.Weight;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.text.PromptTemplate;

/** Writes the files of sentence-transformers beside a model: the way back of {@link SentenceTransformersFiles}. */
public final class SentenceTransformersWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final List<String> POOLING_MODES = List.of(
      "pooling_mode_cls_token",
      "pooling_mode_mean_tokens",
      "pooling_mode_max_tokens",
      "pooling_mode_mean_sqrt_len_tokens",
      "pooling_mode_weightedmean_tokens",
      "pooling_mode_lasttoken");

  private final RetrieverSettings settings;

  /**
   * Of a retriever.
   *
   * @throws IllegalArgumentException listing what sentence-transformers has no counterpart of
   */
  public SentenceTransformersWriter(RetrieverSettings settings) {
    this.settings = settings;
    var problems = new ArrayList<String>();
    var spec = settings.spec();
    if (!SentenceTransformersFiles.POOLING_KEYS.containsKey(spec.pooling())) {
      problems.add("pooling %s; it pools %s"
          .formatted(
              spec.pooling(),
              SentenceTransformersFiles.POOLING_KEYS.keySet().stream().sorted().toList()));
    }
    if (spec.isCut()) {
      problems.add(
          "embeddings that are cut as stored; export whole ones and load them with truncate_dim=%d"
              .formatted(spec.dimension()));
    }
    prompts().forEach((name, prompt) -> {
      if (!prompt.template().endsWith(PromptTemplate.TEXT)) {
        problems.add("text behind a text, as in prompt %s: %s".formatted(name, prompt.template()));
      }
    });
    for (var task : settings.prompts().queries().keySet()) {
      if (task.endsWith(SentenceTransformersFiles.PASSAGE_SUFFIX)) {
        problems.add("a prompt for queries of a task named %s: names that end in %s are passages'"
            .formatted(task, SentenceTransformersFiles.PASSAGE_SUFFIX));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "sentence-transformers does not know\n  " + String.join("\n  ", problems));
    }
  }

  /**
   * Writes the files.
   *
   * @param projection the matrix of the projection, if there is one
   */
  public void write(Path folder, Optional<Weight> projection, CheckpointWriter writer)
      throws IOException {
    var modules = JSON.arrayNode();
    add(modules, SentenceTransformersFiles.TRANSFORMER, "");
    var pooling = add(folder, modules, SentenceTransformersFiles.POOLING);
    JsonFiles.write(pooling.resolve("config.json"), pooling());
    if (projection.isPresent()) {
      var dense = add(folder, modules, SentenceTransformersFiles.DENSE);
      DenseModule.write(dense, writer, projection.get());
    }
    if (settings.spec().normalize()) {
      add(folder, modules, SentenceTransformersFiles.NORMALIZE);
    }
    JsonFiles.write(folder.resolve(SentenceTransformersFiles.MODULES), modules);
    JsonFiles.write(
        folder.resolve(SentenceTransformersFiles.LENGTH),
        JSON.objectNode().put("max_seq_length", maxLength()).put("do_lower_case", false));
    JsonFiles.write(folder.resolve(SentenceTransformersFiles.CONFIG), config());
  }

  /** The longest text of either kind, in tokens: sentence-transformers has one length for both. */
  public int maxLength() {
    return Math.max(settings.queryLength(), settings.passageLength());
  }

  /** A module with a folder of its own. */
  private static Path add(Path folder, ArrayNode modules, String type) throws IOException {
    var path = modules.size() + "_" + type;
    add(modules, type, path);
    return Files.createDirectories(folder.resolve(path));
  }

  private static void add(ArrayNode modules, String type, String path) {
    int index = modules.size();
    modules
        .addObject()
        .put("idx", index)
        .put("name", Integer.toString(index))
        .put("path", path)
        .put("type", "sentence_transformers.models." + type);
  }

  private JsonNode pooling() {
    var spec = settings.spec();
    var json =
        JSON.objectNode().put("word_embedding_dimension", spec.architecture().hidden());
    var key = SentenceTransformersFiles.POOLING_KEYS.get(spec.pooling());
    POOLING_MODES.forEach(mode -> json.put(mode, mode.equals(key)));
    return json.put("include_prompt", true);
  }

  private JsonNode config() {
    var json = JSON.objectNode();
    var named = json.putObject("prompts");
    prompts().forEach((name, prompt) -> named.put(name, prompt.apply("")));
    return json.putNull("default_prompt_name")
        .put("similarity_fn_name", settings.spec().normalize() ? "cosine" : "dot");
  }

  private Map<String, PromptTemplate> prompts() {
    var prompts = new TreeMap<>(settings.prompts().queries());
    settings
        .prompts()
        .passages()
        .forEach(
            (task, prompt) -> prompts.put(task + SentenceTransformersFiles.PASSAGE_SUFFIX, prompt));
    return prompts;
  }
}
