package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.models.Architecture;
import org.tdro.models.DecoderArchitecture;

/**
 * Llama, Mistral, Qwen2 and Qwen3 in {@code config.json}. A shape is written as the one that has its parts: qwen3 with norms of
 * heads, qwen2 with a bias on queries, keys and values alone, mistral without any but with a sliding window, llama in every
 * other case.
 */
final class DecoderFormat implements ConfigJson.BackboneFormat {
  private static final String IS_CAUSAL = "is_causal";
  private static final String BIDIRECTIONAL = "use_bidirectional_attention";

  /** Of a qwen3 whose file does not name it; the others divide the width among the heads. */
  private static final int QWEN3_HEAD = 128;

  /** The first layer with a window where a file of the Qwen family does not name it. */
  private static final int QWEN_WINDOW_LAYER = 28;

  /** The members, by {@code model_type}. */
  private enum Type {
    QWEN2("qwen2", "Qwen2Model"),
    QWEN3("qwen3", "Qwen3Model"),
    LLAMA("llama", "LlamaModel"),
    MISTRAL("mistral", "MistralModel");

    private final String key;
    private final String architecture;

    Type(String key, String architecture) {
      this.key = key;
      this.architecture = architecture;
    }

    static Type of(String key) {
      return Arrays.stream(values())
          .filter(type -> type.key.equals(key))
          .findFirst()
          .orElseThrow();
    }

    static Type of(DecoderArchitecture shape) {
      if (shape.headNorms()) {
        return QWEN3;
      }
      if (shape.inputBias() && !shape.outputBias()) {
        return QWEN2;
      }
      return !shape.inputBias() && shape.slidingWindow() > 0 ? MISTRAL : LLAMA;
    }
  }

  @Override
  public List<String> types() {
    return Arrays.stream(Type.values()).map(type -> type.key).toList();
  }

  @Override
  public DecoderArchitecture read(String name, PublishedJson json) {
    var type = Type.of(name);
    json.only("hidden_act", "silu");
    int hidden = json.size("hidden_size");
    int heads = json.size("num_attention_heads");
    // Qwen2's bias is not in its configuration; the key of the others covers the output map as
    // well.
    boolean attentionBias = json.flag("attention_bias", false);
    boolean windowed = switch (type) {
      case MISTRAL -> json.has("sliding_window");
      case QWEN2, QWEN3 -> json.flag("use_sliding_window", false) && json.has("sliding_window");
      case LLAMA -> false;
    };
    var shape = DecoderArchitecture.builder(
            json.size("vocab_size"), hidden, ConfigJson.layers(json, "num_hidden_layers"), heads)
        .keyValueHeads(json.size("num_key_value_heads", heads))
        .headSize(
            json.size("head_dim", type == Type.QWEN3 ? QWEN3_HEAD : Math.max(2, hidden / heads)))
        .feedForward(json.size("intermediate_size"))
        .maxPositions(json.size("max_position_embeddings"))
        .rope(RopeJson.read(json))
        .normEpsilon((float) json.number("rms_norm_eps"))
        .inputBias(type == Type.QWEN2 || attentionBias)
        .outputBias(type != Type.QWEN2 && attentionBias)
        .feedForwardBias(json.flag("mlp_bias", false))
        .headNorms(type == Type.QWEN3)
        .bidirectional(bidirectional(json))
        .slidingWindow(
            windowed ? json.size("sliding_window") : 0,
            windowed && type != Type.MISTRAL ? json.id("max_window_layers", QWEN_WINDOW_LAYER) : 0)
        .attentionDropout((float) json.number("attention_dropout", 0))
        .initializerRange((float) json.number("initializer_range", 0.02))
        .build();
    checkLayerTypes(json, shape);
    return shape;
  }

  /** Two keys name it; they must not contradict each other. */
  private static boolean bidirectional(PublishedJson json) {
    boolean causal = json.flag(IS_CAUSAL, true);
    boolean bidirectional = json.flag(BIDIRECTIONAL, !causal);
    if (json.has(IS_CAUSAL) && causal == bidirectional) {
      json.problem("is_causal is %s, but use_bidirectional_attention is %s: keep the key that holds"
          .formatted(causal, bidirectional));
    }
    return bidirectional;
  }

  /** Newer files name the attention of each layer; it must be what follows from the other keys. */
  private static void checkLayerTypes(PublishedJson json, DecoderArchitecture shape) {
    if (!json.has("layer_types")) {
      return;
    }
    var named = json.get("layer_types").valueStream().map(JsonNode::asText).toList();
    var computed = IntStream.range(0, shape.layers())
        .mapToObj(layer -> shape.slidingWindow() > 0 && layer >= shape.firstWindowLayer()
            ? ConfigJson.WINDOWED
            : ConfigJson.FULL)
        .toList();
    if (!named.equals(computed)) {
      json.problem("layer_types is %s, but the other keys make the attention of the layers %s"
          .formatted(named, computed));
    }
  }

  @Override
  public Optional<ObjectNode> write(Architecture architecture) {
    return architecture instanceof DecoderArchitecture shape && shape.gemma() == null
        ? Optional.of(json(shape))
        : Optional.empty();
  }

  /** Adds the keys that all families of decoders spell alike. */
  static ObjectNode sizes(ObjectNode json, DecoderArchitecture shape) {
    return json.put("vocab_size", shape.vocabulary())
        .put("hidden_size", shape.hidden())
        .put("num_hidden_layers", shape.layers())
        .put("num_attention_heads", shape.heads())
        .put("num_key_value_heads", shape.keyValueHeads())
        .put("head_dim", shape.headSize())
        .put("intermediate_size", shape.feedForward())
        .put("max_position_embeddings", shape.maxPositions())
        .put("rms_norm_eps", shape.normEpsilon())
        .put("attention_dropout", shape.attentionDropout())
        .put("initializer_range", shape.initializerRange());
  }

  private static ObjectNode json(DecoderArchitecture shape) {
    var type = Type.of(shape);
    check(shape, type);
    var json =
        sizes(ConfigJson.named(type.key, type.architecture), shape).put("hidden_act", "silu");
    if (shape.bidirectional()) {
      json.put(IS_CAUSAL, false);
    }
    RopeJson.write(shape.rope(), json);
    switch (type) {
      case QWEN2 -> writeWindow(shape, json);
      case QWEN3 -> {
        json.put("attention_bias", shape.outputBias());
        writeWindow(shape, json);
      }
      case MISTRAL -> json.put("sliding_window", shape.slidingWindow());
      case LLAMA ->
        json.put("attention_bias", shape.outputBias()).put("mlp_bias", shape.feedForwardBias());
    }
    return json;
  }

  private static void writeWindow(DecoderArchitecture shape, ObjectNode json) {
    boolean windowed = shape.slidingWindow() > 0;
    json.put("use_sliding_window", windowed)
        .put("sliding_window", windowed ? (Integer) shape.slidingWindow() : null)
        .put("max_window_layers", windowed ? shape.firstWindowLayer() : shape.layers());
  }

  private static void check(DecoderArchitecture shape, Type type) {
    var problems = new ArrayList<String>();
    if (shape.outputBias() && !shape.inputBias()) {
      problems.add("a bias on the attention's output map alone");
    }
    if (type == Type.QWEN3 && shape.inputBias() && !shape.outputBias()) {
      problems.add("a bias on queries, keys and values alone");
    }
    if (shape.feedForwardBias() && type != Type.LLAMA) {
      problems.add("a bias on feed-forward maps");
    }
    if (shape.slidingWindow() > 0 && type == Type.LLAMA) {
      problems.add("a sliding window");
    }
    if (shape.slidingWindow() > 0 && shape.firstWindowLayer() > 0 && type == Type.MISTRAL) {
      problems.add("a sliding window from layer %d on".formatted(shape.firstWindowLayer()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("no config.json describes this model: %s does not have %s"
          .formatted(type.key, String.join(", ", problems)));
    }
  }
}
