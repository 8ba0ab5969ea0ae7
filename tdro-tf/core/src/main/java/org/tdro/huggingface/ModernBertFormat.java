package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.models.Architecture;
import org.tdro.models.ModernBertArchitecture;
import org.tdro.models.ModernBertArchitecture.Dropouts;
import org.tdro.models.ModernBertArchitecture.Part;
import org.tdro.models.Rope;

/** ModernBERT in {@code config.json}. */
final class ModernBertFormat implements ConfigJson.BackboneFormat {
  private static final String TYPE = "modernbert";
  private static final String EVERY = "global_attn_every_n_layers";
  private static final String WINDOW = "local_attention";
  private static final String GLOBAL_THETA = "global_rope_theta";
  private static final String LOCAL_THETA = "local_rope_theta";

  // The values of keys that a file does not have.
  private static final int USUAL_EVERY = 3;
  private static final int USUAL_WINDOW = 128;
  private static final double USUAL_GLOBAL_THETA = 160_000;
  private static final double USUAL_LOCAL_THETA = 10_000;

  @Override
  public List<String> types() {
    return List.of(TYPE);
  }

  @Override
  public ModernBertArchitecture read(String type, PublishedJson json) {
    json.only("hidden_activation", "gelu");
    for (var key : List.of("is_decoder", "is_causal")) {
      json.refuse(key, "tokens that see only those before them are not computed for " + type);
    }
    json.refuse("sliding_window", "give local_attention, which is twice as wide");
    json.refuse("rope_scaling", "give it in rope_parameters, for each kind of layer");
    int layers = ConfigJson.layers(json, "num_hidden_layers");
    var global = globalLayers(json, layers);
    int window = json.size(WINDOW, USUAL_WINDOW);
    if (window < 2) {
      json.problem(WINDOW + " must be at least 2, was " + window);
    }
    var ropes = RopeJson.read(json, separateRopes(json), List.of(GLOBAL_THETA, LOCAL_THETA));
    var biases = EnumSet.noneOf(Part.class);
    add(biases, Part.NORMS, json.flag("norm_bias", false));
    add(biases, Part.ATTENTION, json.flag("attention_bias", false));
    add(biases, Part.FEED_FORWARD, json.flag("mlp_bias", false));
    return new ModernBertArchitecture(
        json.size("vocab_size"),
        json.size("hidden_size"),
        layers,
        json.size("num_attention_heads"),
        json.size("intermediate_size"),
        json.size("max_position_embeddings"),
        global,
        Math.max(1, window / 2),
        ropes.full(),
        ropes.windowed(),
        (float) json.number("norm_eps", 1e-5),
        biases,
        new Dropouts(
            (float) json.number("embedding_dropout", 0),
            (float) json.number("mlp_dropout", 0),
            (float) json.number("attention_dropout", 0)),
        (float) json.number("initializer_range", 0.02));
  }

  private static List<Integer> globalLayers(PublishedJson json, int layers) {
    int every = json.size(EVERY, USUAL_EVERY);
    var periodic =
        IntStream.range(0, layers).filter(layer -> layer % every == 0).boxed().toList();
    var global = ConfigJson.fullLayers(json, layers, periodic::contains);
    if (json.has(EVERY) && !global.equals(periodic)) {
      json.problem("%s is %d, but layer_types makes the layers %s global: keep the key that holds"
          .formatted(EVERY, every, global));
    }
    return global;
  }

  private static RopeJson.ByLayer separateRopes(PublishedJson json) {
    double global = json.number(GLOBAL_THETA, USUAL_GLOBAL_THETA);
    // Null, unlike absence, says that both are the same.
    double local =
        json.get(LOCAL_THETA).isNull() ? global : json.number(LOCAL_THETA, USUAL_LOCAL_THETA);
    return new RopeJson.ByLayer(
        new Rope(global, Rope.Scaling.NONE), new Rope(local, Rope.Scaling.NONE));
  }

  private static void add(EnumSet<Part> biases, Part part, boolean present) {
    if (present) {
      biases.add(part);
    }
  }

  @Override
  public Optional<ObjectNode> write(Architecture architecture) {
    return architecture instanceof ModernBertArchitecture shape
        ? Optional.of(json(shape))
        : Optional.empty();
  }

  private static ObjectNode json(ModernBertArchitecture shape) {
    var json = ConfigJson.named(TYPE, "ModernBertModel")
        .put("vocab_size", shape.vocabulary())
        .put("hidden_size", shape.hidden())
        .put("num_hidden_layers", shape.layers())
        .put("num_attention_heads", shape.heads())
        .put("intermediate_size", shape.feedForward())
        .put("max_position_embeddings", shape.maxPositions())
        .put("hidden_activation", "gelu")
        .put(WINDOW, 2 * shape.localWindow())
        .put("norm_eps", shape.normEpsilon())
        .put("norm_bias", shape.biases().contains(Part.NORMS))
        .put("attention_bias", shape.biases().contains(Part.ATTENTION))
        .put("mlp_bias", shape.biases().contains(Part.FEED_FORWARD))
        .put("embedding_dropout", shape.dropout().embeddings())
        .put("mlp_dropout", shape.dropout().feedForward())
        .put("attention_dropout", shape.dropout().attention())
        .put("initializer_range", shape.initializerRange());
    putGlobalLayers(shape, json);
    if (isScaled(shape.globalRope()) || isScaled(shape.localRope())) {
      RopeJson.write(new RopeJson.ByLayer(shape.globalRope(), shape.localRope()), json);
    } else {
      json.put(GLOBAL_THETA, shape.globalRope().theta())
          .put(LOCAL_THETA, shape.localRope().theta());
    }
    return json;
  }

  private static boolean isScaled(Rope rope) {
    return rope.scaling().kind() != Rope.Kind.NONE;
  }

  /** Writes the period, which all versions of transformers read, where there is one; else each layer, which the later ones read. */
  private static void putGlobalLayers(ModernBertArchitecture shape, ObjectNode json) {
    var global = shape.globalLayers();
    int every = global.size() > 1 ? global.get(1) : shape.layers();
    boolean periodic = IntStream.range(0, shape.layers())
        .allMatch(layer -> global.contains(layer) == (layer % every == 0));
    if (periodic) {
      json.put(EVERY, every);
    } else {
      ConfigJson.putLayerTypes(json, shape.layers(), global);
    }
  }
}
