package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.models.Architecture;

/** {@code config.json}, which describes a backbone: what all families of models share. */
final class ConfigJson {
  static final String NAME = "config.json";

  private static final List<BackboneFormat> FORMATS =
      List.of(new DecoderFormat(), new BertFormat(), new ModernBertFormat(), new GemmaFormat());

  /** The kinds of layers in {@code layer_types} and {@code rope_parameters}. */
  static final String FULL = "full_attention";

  static final String WINDOWED = "sliding_attention";

  /** No published model comes near it; a larger graph would take minutes to build before missing weights are noticed. */
  private static final int MOST_LAYERS = 1000;

  private ConfigJson() {}

  /** A family of models, whose keys it reads and writes. */
  interface BackboneFormat {
    /** The values of {@code model_type} that it reads. */
    List<String> types();

    /**
     * Reads a shape; what is missing, wrong or not computed here becomes a problem of {@code json}.
     *
     * @throws IllegalArgumentException if the values cannot be a shape together
     */
    Architecture read(String type, PublishedJson json);

    /**
     * Returns the keys of a shape; empty for one of another family.
     *
     * @throws IllegalArgumentException listing what no published model of the family has
     */
    Optional<ObjectNode> write(Architecture architecture);
  }

  /** Reads the shape of a backbone; empty where {@code json} has problems. */
  static Optional<Architecture> read(PublishedJson json) {
    var type = json.text("model_type", "");
    var format = FORMATS.stream().filter(known -> known.types().contains(type)).findFirst();
    if (format.isEmpty()) {
      var known = FORMATS.stream().flatMap(family -> family.types().stream()).toList();
      json.problem("model_type %s is not supported; known are %s"
          .formatted(
              type.isEmpty() ? "is missing, which" : "\"" + type + "\"", String.join(", ", known)));
      return Optional.empty();
    }
    if (json.has("quantization_config")) {
      json.problem("the weights are quantised (%s); take the model as it was before quantisation"
          .formatted(
              json.get("quantization_config").path("quant_method").asText("quantization_config")));
    }
    json.refuse(
        "auto_map",
        "the model is computed by Python code of its own, which is not run here; remove the key if that code computes what transformers does for this model_type");
    json.refuse("add_cross_attention", "attention to another model is not computed here");
    json.refuse("pruned_heads", "layers with heads of their own are not computed here");
    try {
      return Optional.of(format.get().read(type, json));
    } catch (IllegalArgumentException e) {
      json.problem(e.getMessage());
      return Optional.empty();
    }
  }

  /** Returns the number of layers; one and a problem if there are too many. */
  static int layers(PublishedJson json, String key) {
    int layers = json.size(key);
    if (layers > MOST_LAYERS) {
      json.problem("%s must be at most %d, was %d".formatted(key, MOST_LAYERS, layers));
      return 1;
    }
    return layers;
  }

  /**
   * Returns the layers that attend to all tokens, the others having a window.
   *
   * @param usual whether a layer does, unless the file names the kind of each
   */
  static List<Integer> fullLayers(PublishedJson json, int layers, IntPredicate usual) {
    var types = json.get("layer_types");
    if (!PublishedJson.isPresent(types)) {
      return IntStream.range(0, layers).filter(usual).boxed().toList();
    }
    var kinds = types.valueStream().map(JsonNode::asText).toList();
    if (kinds.size() != layers || !Set.of(FULL, WINDOWED).containsAll(kinds)) {
      json.problem("layer_types must name %s or %s for each of the %d layers, was %s"
          .formatted(FULL, WINDOWED, layers, types));
    }
    return IntStream.range(0, kinds.size())
        .filter(layer -> kinds.get(layer).equals(FULL))
        .boxed()
        .toList();
  }

  /** Writes the kind of each layer. */
  static void putLayerTypes(ObjectNode json, int layers, List<Integer> full) {
    var types = json.putArray("layer_types");
    for (int layer = 0; layer < layers; layer++) {
      types.add(full.contains(layer) ? FULL : WINDOWED);
    }
  }

  /** Writes the file, as {@link PublishedFolder#writeConfig} describes it. */
  static void write(
      Path folder, Architecture architecture, DType type, OptionalInt pad, OptionalInt end)
      throws IOException {
    var json = json(architecture).put("torch_dtype", type.torch());
    // Positions of the RoBERTa family are counted from their own padding id, whatever pads a batch.
    pad.ifPresent(id -> json.putIfAbsent("pad_token_id", json.numberNode(id)));
    end.ifPresent(id -> json.put("eos_token_id", id));
    PublishedJson.write(folder.resolve(NAME), json);
  }

  private static ObjectNode json(Architecture architecture) {
    return FORMATS.stream()
        .flatMap(format -> format.write(architecture).stream())
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(
                "a model of kind static has no config.json: it is kept as sentence-transformers' StaticEmbedding"));
  }

  /** Returns the first keys of every family: the class that transformers loads and the name of the type. */
  static ObjectNode named(String type, String architecture) {
    var json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures").add(architecture);
    return json.put("model_type", type);
  }
}
