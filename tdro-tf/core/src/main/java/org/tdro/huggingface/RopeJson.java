package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.tdro.models.Rope;

/**
 * Rotary positions in {@code config.json}: θ and the scaling under keys of their own or, since transformers 5, together in {@code
 * rope_parameters}, which may differ by the kind of layer.
 *
 * @param name the key of the object that describes them
 * @param keys the object
 */
record RopeJson(PublishedJson json, String name, JsonNode keys) {
  private static final double USUAL_THETA = 10_000;
  private static final String THETA = "rope_theta";
  private static final String SCALING = "rope_scaling";
  private static final String PARAMETERS = "rope_parameters";
  private static final String PARTIAL = "partial_rotary_factor";

  /** The rotary positions of layers that attend to all tokens, and of those with a window. */
  record ByLayer(Rope full, Rope windowed) {}

  /** Reads what all layers share. */
  static Rope read(PublishedJson json) {
    checkPartial(json, PARTIAL, json.get(PARTIAL));
    var separate = separate(json, USUAL_THETA);
    if (!json.has(PARAMETERS)) {
      return separate;
    }
    var keys = json.get(PARAMETERS);
    if (keys.valueStream().anyMatch(JsonNode::isObject)) {
      json.problem("%s differ by the kind of layer, which is not computed here: %s"
          .formatted(PARAMETERS, keys));
      return separate;
    }
    var together = of(json, PARAMETERS, new Rope(separate.theta(), Rope.Scaling.NONE));
    if (json.has(THETA) && separate.theta() != together.theta()) {
      json.problem("rope_theta is %s, but rope_parameters.rope_theta is %s: keep the one that holds"
          .formatted(separate.theta(), together.theta()));
    }
    if (json.has(SCALING) && !separate.scaling().equals(together.scaling())) {
      json.problem("rope_scaling is %s, but rope_parameters is %s: keep the one that holds"
          .formatted(json.get(SCALING), keys));
    }
    return together;
  }

  /** Reads {@code rope_theta} and {@code rope_scaling}. */
  static Rope separate(PublishedJson json, double usualTheta) {
    return of(json, SCALING, new Rope(json.number(THETA, usualTheta), Rope.Scaling.NONE));
  }

  /**
   * Reads what differs by the kind of layer.
   *
   * @param separate what the file says, or means, without {@code rope_parameters}
   * @param further the keys that {@code separate} comes from
   */
  static ByLayer read(PublishedJson json, ByLayer separate, List<String> further) {
    if (!json.has(PARAMETERS)) {
      return separate;
    }
    var keys = json.get(PARAMETERS);
    if (!keys.path(ConfigJson.FULL).isObject()
        || !keys.path(ConfigJson.WINDOWED).isObject()) {
      json.problem("%s must have the objects %s and %s, was %s"
          .formatted(PARAMETERS, ConfigJson.FULL, ConfigJson.WINDOWED, keys));
      return separate;
    }
    var together = new ByLayer(
        ofLayer(json, keys, ConfigJson.FULL, separate.full()),
        ofLayer(json, keys, ConfigJson.WINDOWED, separate.windowed()));
    var present = further.stream().filter(json::has).toList();
    if (!present.isEmpty() && !together.equals(separate)) {
      json.problem("%s is %s, which contradicts %s: keep the keys that hold"
          .formatted(PARAMETERS, keys, String.join(", ", present)));
    }
    return together;
  }

  private static Rope ofLayer(PublishedJson json, JsonNode parameters, String kind, Rope usual) {
    return new RopeJson(json, PARAMETERS + "." + kind, parameters.get(kind)).rope(usual.theta());
  }

  private static Rope of(PublishedJson json, String key, Rope otherwise) {
    var keys = json.get(key);
    if (!PublishedJson.isPresent(keys)) {
      return otherwise;
    }
    if (!keys.isObject()) {
      json.problem("%s must be an object, was %s".formatted(key, keys));
    }
    return new RopeJson(json, key, keys).rope(otherwise.theta());
  }

  private Rope rope(double usualTheta) {
    checkPartial(json, name + "." + PARTIAL, keys.path(PARTIAL));
    return new Rope(keys.has(THETA) ? number(THETA, usualTheta) : usualTheta, scaling());
  }

  private static void checkPartial(PublishedJson json, String key, JsonNode factor) {
    if (PublishedJson.isPresent(factor) && factor.asDouble() != 1) {
      json.problem(
          key + " is " + factor + ": rotary positions of a part of a head are not computed here");
    }
  }

  private Rope.Scaling scaling() {
    var kind = keys.path("rope_type").asText(keys.path("type").asText("default"));
    return switch (kind) {
      case "default" -> Rope.Scaling.NONE;
      case "linear" -> new Rope.Scaling(Rope.Kind.LINEAR, number("factor", 1), 1, 1, 0);
      case "llama3" ->
        new Rope.Scaling(
            Rope.Kind.LLAMA3,
            number("factor", 1),
            number("low_freq_factor", 1),
            number("high_freq_factor", 4),
            (int) number("original_max_position_embeddings", 1));
      default -> {
        json.problem("%s of type \"%s\" is not supported; known are default, linear, llama3"
            .formatted(name, kind));
        yield Rope.Scaling.NONE;
      }
    };
  }

  /** Returns a number; {@code substitute}, and a problem, if the key has none. */
  private double number(String key, double substitute) {
    var value = keys.path(key);
    if (!value.isNumber()) {
      json.problem("%s.%s must be a number, was %s"
          .formatted(name, key, PublishedJson.isPresent(value) ? value : "missing"));
      return substitute;
    }
    return value.asDouble();
  }

  /** Writes what all layers share, as all versions of transformers read it. */
  static void write(Rope rope, ObjectNode json) {
    json.put(THETA, rope.theta());
    if (rope.scaling().kind() == Rope.Kind.NONE) {
      json.putNull(SCALING);
    } else {
      putScaling(rope.scaling(), json.putObject(SCALING));
    }
  }

  /** Writes what differs by the kind of layer, as transformers 5 reads it. */
  static void write(ByLayer ropes, ObjectNode json) {
    var parameters = json.putObject(PARAMETERS);
    put(ropes.full(), parameters.putObject(ConfigJson.FULL));
    put(ropes.windowed(), parameters.putObject(ConfigJson.WINDOWED));
  }

  private static void put(Rope rope, ObjectNode keys) {
    keys.put("rope_type", "default").put(THETA, rope.theta());
    putScaling(rope.scaling(), keys);
  }

  private static void putScaling(Rope.Scaling scaling, ObjectNode keys) {
    switch (scaling.kind()) {
      case NONE -> {}
      // Older readers call it type.
      case LINEAR ->
        keys.put("type", "linear").put("rope_type", "linear").put("factor", scaling.factor());
      case LLAMA3 ->
        keys.put("rope_type", "llama3")
            .put("factor", scaling.factor())
            .put("low_freq_factor", scaling.lowFrequencyFactor())
            .put("high_freq_factor", scaling.highFrequencyFactor())
            .put("original_max_position_embeddings", scaling.originalPositions());
    }
  }
}
