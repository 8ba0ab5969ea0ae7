package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Qwen2, Qwen3, Llama, Mistral, Gemma 2 and Gemma 3. */
final class DecoderInDoubles extends ModelInDoubles {
  private final boolean gemma;

  /** One with random tensors. */
  DecoderInDoubles(JsonNode config, long seed) {
    super(config, new LinkedHashMap<>());
    gemma = type().startsWith("gemma");
    randomise(seed);
  }

  private String type() {
    return config.get("model_type").asText();
  }

  @Override
  double mean(String name, long[] shape) {
    // Gemma's scales are one more than what is stored.
    return gemma ? 0 : super.mean(name, shape);
  }

  @Override
  Map<String, long[]> shapes() {
    int hidden = whole("hidden_size");
    int inner = whole("intermediate_size");
    int head = whole("head_dim");
    int queries = whole("num_attention_heads") * head;
    int keys = whole("num_key_value_heads") * head;
    boolean all = config.path("attention_bias").asBoolean(false);
    boolean inputs = all || type().equals("qwen2");
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put("embed_tokens.weight", new long[] {whole("vocab_size"), hidden});
    for (int i = 0; i < whole("num_hidden_layers"); i++) {
      var layer = "layers." + i + ".";
      norm(shapes, layer + "input_layernorm", hidden, false);
      map(shapes, layer + "self_attn.q_proj", queries, hidden, inputs);
      map(shapes, layer + "self_attn.k_proj", keys, hidden, inputs);
      map(shapes, layer + "self_attn.v_proj", keys, hidden, inputs);
      map(shapes, layer + "self_attn.o_proj", hidden, queries, all);
      if (type().equals("qwen3") || type().equals("gemma3_text")) {
        norm(shapes, layer + "self_attn.q_norm", head, false);
        norm(shapes, layer + "self_attn.k_norm", head, false);
      }
      norm(shapes, layer + "post_attention_layernorm", hidden, false);
      if (gemma) {
        norm(shapes, layer + "pre_feedforward_layernorm", hidden, false);
        norm(shapes, layer + "post_feedforward_layernorm", hidden, false);
      }
      map(shapes, layer + "mlp.gate_proj", inner, hidden, false);
      map(shapes, layer + "mlp.up_proj", inner, hidden, false);
      map(shapes, layer + "mlp.down_proj", hidden, inner, false);
    }
    norm(shapes, "norm", hidden, false);
    return shapes;
  }

  /** The states after the last norm. */
  @Override
  double[][] states(int[] ids, int[] mask) {
    int length = ids.length;
    int hidden = whole("hidden_size");
    var x = new double[length][];
    for (int t = 0; t < length; t++) {
      x[t] = row("embed_tokens.weight", ids[t], hidden);
      for (int j = 0; j < hidden && gemma; j++) {
        x[t][j] *= Math.sqrt(hidden);
      }
    }
    for (int i = 0; i < whole("num_hidden_layers"); i++) {
      var layer = "layers." + i + ".";
      var attended = attention(i, normed(x, layer + "input_layernorm"), mask);
      add(x, gemma ? normed(attended, layer + "post_attention_layernorm") : attended);
      var middle =
          normed(x, layer + (gemma ? "pre_feedforward_layernorm" : "post_attention_layernorm"));
      for (int t = 0; t < length; t++) {
        var gate = linear(middle[t], layer + "mlp.gate_proj");
        var up = linear(middle[t], layer + "mlp.up_proj");
        for (int j = 0; j < gate.length; j++) {
          gate[j] = activated(gate[j]) * up[j];
        }
        middle[t] = linear(gate, layer + "mlp.down_proj");
      }
      add(x, gemma ? normed(middle, layer + "post_feedforward_layernorm") : middle);
    }
    return normed(x, "norm");
  }

  private double activated(double x) {
    return gemma
        ? x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
        : x / (1 + Math.exp(-x));
  }

  private double[][] attention(int index, double[][] x, int[] mask) {
    var name = "layers." + index + ".self_attn.";
    int heads = whole("num_attention_heads");
    int groups = heads / whole("num_key_value_heads");
    int size = whole("head_dim");
    var q = new ArrayList<double[]>();
    var k = new ArrayList<double[]>();
    var v = new ArrayList<double[]>();
    for (int t = 0; t < x.length; t++) {
      q.add(turned(linear(x[t], name + "q_proj"), name + "q_norm", t, index));
      k.add(turned(linear(x[t], name + "k_proj"), name + "k_norm", t, index));
      v.add(linear(x[t], name + "v_proj"));
    }
    double scale = 1 / Math.sqrt(gemma ? config.get("query_pre_attn_scalar").asDouble() : size);
    double cap = config.path("attn_logit_softcapping").asDouble(0);
    var result = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      var query = q.get(t);
      var visible = visible(index, t, mask);
      var mixed = new double[heads * size];
      for (int h = 0; h < heads; h++) {
        int head = h;
        mix(mixed, h, h / groups, size, v, s -> {
          double score = scale * product(query, head, k.get(s), head / groups, size);
          double capped = cap == 0 ? score : cap * Math.tanh(score / cap);
          return visible[s] ? capped : Double.NEGATIVE_INFINITY;
        });
      }
      result[t] = linear(mixed, name + "o_proj");
    }
    return result;
  }

  /** Which tokens the one at {@code t} attends to. */
  private boolean[] visible(int layer, int t, int[] mask) {
    boolean causal = config.path("is_causal").asBoolean(true)
        && !config.path("use_bidirectional_attention").asBoolean(false);
    boolean sliding = isSliding(layer);
    var visible = new boolean[mask.length];
    for (int s = 0; s < mask.length; s++) {
      visible[s] = mask[s] == 1;
      if (causal) {
        visible[s] &= s <= t;
      }
      if (sliding) {
        int window = whole("sliding_window");
        // A causal window holds the token itself, the other one as many tokens on either side of
        // it, or half as many in Gemma.
        visible[s] &= causal ? s > t - window : Math.abs(t - s) <= (gemma ? window / 2 : window);
      }
    }
    return visible;
  }

  private boolean isSliding(int layer) {
    if (config.hasNonNull("layer_types")) {
      return config.get("layer_types").get(layer).asText().equals("sliding_attention");
    }
    return switch (type()) {
      case "mistral" -> config.hasNonNull("sliding_window");
      case "qwen2", "qwen3" ->
        config.path("use_sliding_window").asBoolean(false)
            && layer >= config.path("max_window_layers").asInt(28);
      case "gemma2" -> layer % 2 == 0;
      case "gemma3_text" -> (layer + 1) % config.path("sliding_window_pattern").asInt(6) != 0;
      default -> false;
    };
  }

  /** Heads beside one another, each normalised where there is a norm, and turned by its position. */
  private double[] turned(double[] heads, String norm, int position, int layer) {
    int size = whole("head_dim");
    var result = new double[heads.length];
    var angles = new double[size / 2];
    for (int j = 0; j < angles.length; j++) {
      angles[j] = position * frequency(j, size, layer);
    }
    for (int begin = 0; begin < heads.length; begin += size) {
      var head = new double[size];
      System.arraycopy(heads, begin, head, 0, size);
      if (tensors.containsKey(norm + ".weight")) {
        head = normed(head, norm);
      }
      System.arraycopy(head, 0, result, begin, size);
      turn(result, begin, size, angles);
    }
    return result;
  }

  private double frequency(int pair, int size, int layer) {
    boolean together = config.hasNonNull("rope_parameters");
    var rope = config.path(together ? "rope_parameters" : "rope_scaling");
    double theta = (together ? rope : config).path("rope_theta").asDouble(10_000);
    if (rope.has("full_attention")) {
      rope = rope.get(isSliding(layer) ? "sliding_attention" : "full_attention");
      theta = rope.get("rope_theta").asDouble();
    } else if (type().equals("gemma3_text") && isSliding(layer)) {
      rope = config.path("none");
      theta = config.path("rope_local_base_freq").asDouble(10_000);
    } else if (type().equals("gemma3_text")) {
      theta = config.path("rope_theta").asDouble(1e6);
    }
    double frequency = 1 / Math.pow(theta, 2.0 * pair / size);
    return switch (rope.path("rope_type").asText("default")) {
      case "default" -> frequency;
      case "linear" -> frequency / rope.get("factor").asDouble();
      case "llama3" -> {
        double original = rope.get("original_max_position_embeddings").asDouble();
        double low = rope.get("low_freq_factor").asDouble();
        double high = rope.get("high_freq_factor").asDouble();
        double slow = frequency / rope.get("factor").asDouble();
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength > original / low) {
          yield slow;
        }
        double smooth = (original / wavelength - low) / (high - low);
        yield wavelength < original / high ? frequency : (1 - smooth) * slow + smooth * frequency;
      }
      default -> throw new IllegalArgumentException(rope.toString());
    };
  }

  private double[][] normed(double[][] x, String name) {
    var result = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      result[t] = normed(x[t], name);
    }
    return result;
  }

  private double[] normed(double[] x, String name) {
    var scale = tensors.get(name + ".weight");
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double root = Math.sqrt(squares / x.length + config.get("rms_norm_eps").asDouble());
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / root * (gemma ? 1 + scale[i] : scale[i]);
    }
    return y;
  }
}
