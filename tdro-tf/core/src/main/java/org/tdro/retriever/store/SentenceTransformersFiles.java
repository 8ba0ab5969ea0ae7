package org.tdro.retriever.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.huggingface.DenseModule;
import org.tdro.io.InputException;
import org.tdro.models.Architecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;

/**
 * What the files of sentence-transformers say of a model: {@code modules.json}, {@code 1_Pooling/config.json}, a
 * Dense module's folder, {@code sentence_bert_config.json} and {@code config_sentence_transformers.json}. Each may be absent.
 *
 * @param dense the map behind the pooling
 * @param maxLength longest text, in tokens
 * @param prompts a prompt of name NAME goes before queries of task NAME, one of name NAME-passage before its passages
 */
record SentenceTransformersFiles(
    Optional<Pooling> pooling,
    Optional<DenseModule> dense,
    Optional<Boolean> normalize,
    Optional<Integer> maxLength,
    Prompts prompts) {
  static final String PASSAGE_SUFFIX = "-passage";
  static final Map<Pooling, String> POOLING_KEYS = Map.of(
      Pooling.CLS, "pooling_mode_cls_token",
      Pooling.MEAN, "pooling_mode_mean_tokens",
      Pooling.LASTTOKEN, "pooling_mode_lasttoken");

  static final String MODULES = "modules.json";
  static final String LENGTH = "sentence_bert_config.json";
  static final String CONFIG = "config_sentence_transformers.json";
  static final String TRANSFORMER = "Transformer";
  static final String POOLING = "Pooling";
  static final String DENSE = "Dense";
  static final String NORMALIZE = "Normalize";

  /** As an encoder computes. */
  private static final List<String> ORDER = List.of(TRANSFORMER, POOLING, DENSE, NORMALIZE);

  private static final int DEFAULT_LENGTH = 512;
  private static final JsonMapper JSON = new JsonMapper();

  /** @throws InputException if a file cannot be read, or asks for what is not supported */
  static SentenceTransformersFiles read(Path folder) {
    var modules = modules(folder);
    checkOrder(folder, modules);
    var longest = json(folder.resolve(LENGTH)).path("max_seq_length");
    return new SentenceTransformersFiles(
        pooling(folder.resolve("1_Pooling").resolve("config.json")),
        dense(folder, modules),
        modules.isEmpty()
            ? Optional.empty()
            : Optional.of(modules.stream().anyMatch(module -> module.is(NORMALIZE))),
        longest.isInt() ? Optional.of(longest.asInt()) : Optional.empty(),
        prompts(json(folder.resolve(CONFIG)).path("prompts")));
  }

  /**
   * The map behind the pooling, whatever else the files ask for.
   *
   * @throws InputException if it has a bias or an activation
   */
  static Optional<DenseModule> dense(Path folder) {
    return dense(folder, modules(folder));
  }

  private static Optional<DenseModule> dense(Path folder, List<Module> modules) {
    return modules.stream()
        .filter(module -> module.is(DENSE))
        .findFirst()
        .map(module -> DenseModule.read(folder.resolve(module.path())));
  }

  /** What happens to a text in turn; {@code type} is the last part of a Python class's name. */
  private record Module(String type, String path) {
    boolean is(String name) {
      return type.equals(name);
    }
  }

  private static List<Module> modules(Path folder) {
    return json(folder.resolve(MODULES))
        .valueStream()
        .map(module -> {
          var type = module.path("type").asText();
          return new Module(
              type.substring(type.lastIndexOf('.') + 1), module.path("path").asText());
        })
        .toList();
  }

  private static void checkOrder(Path folder, List<Module> modules) {
    int last = -1;
    for (var module : modules) {
      int place = ORDER.indexOf(module.type());
      if (place < 0) {
        throw new InputException(
            "%s: module %s is not supported; known are Transformer, Pooling, Dense and Normalize"
                .formatted(folder.resolve(MODULES), module.type()));
      }
      if (place <= last) {
        throw new InputException("%s: modules come in the order %s, each once, but are %s"
            .formatted(
                folder.resolve(MODULES),
                ORDER,
                modules.stream().map(Module::type).toList()));
      }
      last = place;
    }
  }

  /** A retriever of that backbone, as the files say or, where they do not, as is usual for it. */
  RetrieverSettings settings(Architecture architecture) {
    var usual = architecture instanceof DecoderArchitecture ? Pooling.LASTTOKEN : Pooling.MEAN;
    int length = Math.min(architecture.maxPositions(), maxLength.orElse(DEFAULT_LENGTH));
    var spec = new RetrieverSpec(
        architecture,
        pooling.orElse(usual),
        dense.map(DenseModule::out).orElse(0),
        normalize.orElse(true));
    return new RetrieverSettings(spec, length, length, prompts);
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
        .filter(entry -> asked.equals(List.of(entry.getValue())))
        .map(Map.Entry::getKey)
        .findFirst();
    if (known.isEmpty()) {
      throw new InputException(
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
      throw new InputException(file + ": cannot be read as JSON: " + e.getMessage(), e);
    }
  }
}
