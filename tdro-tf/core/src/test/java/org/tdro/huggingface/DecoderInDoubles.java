package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The decoders of Hugging Face, token by token and in double precision, from their {@code config.json} and tensors alone: it shares
 * no code with what it is compared to.
 *
 * @param tensors by published name without prefix, row by row; they may be changed between two calls
 */
record DecoderInDoubles(JsonNode config, Map<String, double[]> tensors) {

  /** One with random tensors, whose values are exact in single precision. */
  static DecoderInDoubles random(JsonNode config, long seed) {
    var random = new SplittableRandom(seed);
    var tensors = new LinkedHashMap<String, double[]>();
    shapes(config).forEach((name, shape) -> {
      boolean isNorm = shape.length == 1 && name.contains("norm");
      double spread = shape.length == 1
          ? 0.3
          : name.startsWith("embed") ? 1 : 1.2 / Math.sqrt((double) shape[1]);
      var values = new double[(int) size(shape)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((isNorm ? 1 : 0) + spread * random.nextGaussian());
      }
      tensors.put(name, values);
    });
    return new DecoderInDoubles(config, tensors);
  }

  static long size(long[] shape) {
    long size = 1;
    for (long part : shape) {
      size *= part;
    }
    return size;
  }

  /** The tensors of a published model, {@code [out, in]} those of a map. */
  static Map<String, long[]> shapes(JsonNode config) {
    var type = config.get("model_type").asText();
    int hidden = config.get("hidden_size").asInt();
    int inner = config.get("intermediate_size").asInt();
    int head = config.get("head_dim").asInt();
    int queries = config.get("num_attention_heads").asInt() * head;
    int keys = config.get("num_key_value_heads").asInt() * head;
    boolean all = config.path("attention_bias").asBoolean(false);
    boolean inputs = all || type.equals("qwen2");
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put("embed_tokens.weight", new long[] {config.get("vocab_size").asInt(), hidden});
    for (int i = 0; i < config.get("num_hidden_layers").asInt(); i++) {
      var layer = "layers." + i + ".";
      shapes.put(layer + "input_layernorm.weight", new long[] {hidden});
      map(shapes, layer + "self_attn.q_proj", queries, hidden, inputs);
      map(shapes, layer + "self_attn.k_proj", keys, hidden, inputs);
      map(shapes, layer + "self_attn.v_proj", keys, hidden, inputs);
      map(shapes, layer + "self_attn.o_proj", hidden, queries, all);
      if (type.equals("qwen3")) {
        shapes.put(layer + "self_attn.q_norm.weight", new long[] {head});
        shapes.put(layer + "self_attn.k_norm.weight", new long[] {head});
      }
      shapes.put(layer + "post_attention_layernorm.weight", new long[] {hidden});
      map(shapes, layer + "mlp.gate_proj", inner, hidden, false);
      map(shapes, layer + "mlp.up_proj", inner, hidden, false);
      map(shapes, layer + "mlp.down_proj", hidden, inner, false);
    }
    shapes.put("norm.weight", new long[] {hidden});
    return shapes;
  }

  private static void map(
      Map<String, long[]> shapes, String name, int out, int in, boolean hasBias) {
    shapes.put(name + ".weight", new long[] {out, in});
    if (hasBias) {
      shapes.put(name + ".bias", new long[] {out});
    }
  }

  /** The states of a text after the last norm, {@code [length][hidden]}; without meaning where {@code mask} is 0. */
  double[][] states(int[] ids, int[] mask) {
    int length = ids.length;
    int hidden = config.get("hidden_size").asInt();
    var x = new double[length][hidden];
    for (int t = 0; t < length; t++) {
      System.arraycopy(tensors.get("embed_tokens.weight"), ids[t] * hidden, x[t], 0, hidden);
    }
    for (int i = 0; i < config.get("num_hidden_layers").asInt(); i++) {
      var layer = "layers." + i + ".";
      var attended = attention(i, normed(x, layer + "input_layernorm"), mask);
      add(x, attended);
      var middle = normed(x, layer + "post_attention_layernorm");
      for (int t = 0; t < length; t++) {
        var gate = linear(middle[t], layer + "mlp.gate_proj");
        var up = linear(middle[t], layer + "mlp.up_proj");
        for (int j = 0; j < gate.length; j++) {
          gate[j] = gate[j] / (1 + Math.exp(-gate[j])) * up[j];
        }
        middle[t] = linear(gate, layer + "mlp.down_proj");
      }
      add(x, middle);
    }
    return normed(x, "norm");
  }

  private double[][] attention(int index, double[][] x, int[] mask) {
    var name = "layers." + index + ".self_attn.";
    int heads = config.get("num_attention_heads").asInt();
    int groups = heads / config.get("num_key_value_heads").asInt();
    int size = config.get("head_dim").asInt();
    var q = new ArrayList<double[]>();
    var k = new ArrayList<double[]>();
    var v = new ArrayList<double[]>();
    for (int t = 0; t < x.length; t++) {
      q.add(turned(linear(x[t], name + "q_proj"), name + "q_norm", t));
      k.add(turned(linear(x[t], name + "k_proj"), name + "k_norm", t));
      v.add(linear(x[t], name + "v_proj"));
    }
    var result = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      var mixed = new double[heads * size];
      for (int h = 0; h < heads; h++) {
        mix(mixed, h, h / groups, size, q.get(t), k, v, visible(index, t, mask));
      }
      result[t] = linear(mixed, name + "o_proj");
    }
    return result;
  }

  private static void mix(
      double[] mixed,
      int head,
      int keyHead,
      int size,
      double[] query,
      List<double[]> keys,
      List<double[]> values,
      boolean[] visible) {
    var weights = new double[keys.size()];
    double sum = 0;
    for (int s = 0; s < weights.length; s++) {
      double product = 0;
      for (int j = 0; j < size; j++) {
        product += query[head * size + j] * keys.get(s)[keyHead * size + j];
      }
      weights[s] = visible[s] ? Math.exp(product / Math.sqrt(size)) : 0;
      sum += weights[s];
    }
    for (int s = 0; s < weights.length; s++) {
      for (int j = 0; j < size && sum > 0; j++) {
        mixed[head * size + j] += weights[s] / sum * values.get(s)[keyHead * size + j];
      }
    }
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
        int window = config.get("sliding_window").asInt();
        // A causal window holds the token itself, the other one as many tokens on either side of
        // it.
        visible[s] &= causal ? s > t - window : Math.abs(t - s) <= window;
      }
    }
    return visible;
  }

  private boolean isSliding(int layer) {
    if (config.hasNonNull("layer_types")) {
      return config.get("layer_types").get(layer).asText().equals("sliding_attention");
    }
    return switch (config.get("model_type").asText()) {
      case "mistral" -> config.hasNonNull("sliding_window");
      case "qwen2", "qwen3" ->
        config.path("use_sliding_window").asBoolean(false)
            && layer >= config.path("max_window_layers").asInt(28);
      default -> false;
    };
  }

  /** Heads beside one another, each normalised where there is a norm, and turned by its position. */
  private double[] turned(double[] heads, String norm, int position) {
    int size = config.get("head_dim").asInt();
    var result = new double[heads.length];
    for (int begin = 0; begin < heads.length; begin += size) {
      var head = new double[size];
      System.arraycopy(heads, begin, head, 0, size);
      if (tensors.containsKey(norm + ".weight")) {
        head = normed(head, norm);
      }
      for (int j = 0; j < size / 2; j++) {
        double angle = position * frequency(j, size);
        double cosine = Math.cos(angle);
        double sine = Math.sin(angle);
        result[begin + j] = head[j] * cosine - head[j + size / 2] * sine;
        result[begin + j + size / 2] = head[j + size / 2] * cosine + head[j] * sine;
      }
    }
    return result;
  }

  private double frequency(int pair, int size) {
    boolean together = config.hasNonNull("rope_parameters");
    var rope = config.path(together ? "rope_parameters" : "rope_scaling");
    double theta = (together ? rope : config).path("rope_theta").asDouble(10_000);
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

  private double[] linear(double[] x, String name) {
    var kernel = tensors.get(name + ".weight");
    var bias = tensors.get(name + ".bias");
    var y = new double[kernel.length / x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias == null ? 0 : bias[i];
      for (int j = 0; j < x.length; j++) {
        y[i] += kernel[i * x.length + j] * x[j];
      }
    }
    return y;
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
      y[i] = x[i] / root * scale[i];
    }
    return y;
  }

  private static void add(double[][] x, double[][] change) {
    for (int t = 0; t < x.length; t++) {
      for (int j = 0; j < x[t].length; j++) {
        x[t][j] += change[t][j];
      }
    }
  }
}
