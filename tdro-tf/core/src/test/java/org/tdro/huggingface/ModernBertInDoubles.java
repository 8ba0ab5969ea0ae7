package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** ModernBERT. */
final class ModernBertInDoubles extends ModelInDoubles {
  private final int hidden;
  private final int heads;
  private final int inner;

  /** One with random tensors. */
  ModernBertInDoubles(JsonNode config, long seed) {
    super(config, new LinkedHashMap<>());
    hidden = whole("hidden_size");
    heads = whole("num_attention_heads");
    inner = whole("intermediate_size");
    randomise(seed);
  }

  private boolean has(String bias) {
    return config.path(bias).asBoolean(false);
  }

  @Override
  Map<String, long[]> shapes() {
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put("embeddings.tok_embeddings.weight", new long[] {whole("vocab_size"), hidden});
    norm(shapes, "embeddings.norm", hidden, has("norm_bias"));
    for (int i = 0; i < whole("num_hidden_layers"); i++) {
      var layer = "layers." + i + ".";
      if (i > 0) {
        norm(shapes, layer + "attn_norm", hidden, has("norm_bias"));
      }
      map(shapes, layer + "attn.Wqkv", 3 * hidden, hidden, has("attention_bias"));
      map(shapes, layer + "attn.Wo", hidden, hidden, has("attention_bias"));
      norm(shapes, layer + "mlp_norm", hidden, has("norm_bias"));
      map(shapes, layer + "mlp.Wi", 2 * inner, hidden, has("mlp_bias"));
      map(shapes, layer + "mlp.Wo", hidden, inner, has("mlp_bias"));
    }
    norm(shapes, "final_norm", hidden, has("norm_bias"));
    return shapes;
  }

  private double[] normed(double[] x, String name) {
    return layerNorm(x, name, config.get("norm_eps").asDouble());
  }

  @Override
  double[][] states(int[] ids, int[] mask) {
    var x = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      x[t] = normed(row("embeddings.tok_embeddings.weight", ids[t], hidden), "embeddings.norm");
    }
    for (int i = 0; i < whole("num_hidden_layers"); i++) {
      var layer = "layers." + i + ".";
      var input = new double[x.length][];
      for (int t = 0; t < x.length; t++) {
        input[t] = i == 0 ? x[t] : normed(x[t], layer + "attn_norm");
      }
      add(x, attention(i, input, mask));
      for (var state : x) {
        var both = linear(normed(state, layer + "mlp_norm"), layer + "mlp.Wi");
        var gated = new double[inner];
        for (int j = 0; j < inner; j++) {
          gated[j] = gelu(both[j]) * both[inner + j];
        }
        add(state, linear(gated, layer + "mlp.Wo"));
      }
    }
    for (int t = 0; t < x.length; t++) {
      x[t] = normed(x[t], "final_norm");
    }
    return x;
  }

  private boolean isGlobal(int layer) {
    return config.has("layer_types")
        ? config.get("layer_types").get(layer).asText().equals("full_attention")
        : layer % whole("global_attn_every_n_layers") == 0;
  }

  private double frequency(int layer, int pair, int size) {
    double theta;
    double factor = 1;
    if (config.has("rope_parameters")) {
      var rope = config
          .get("rope_parameters")
          .get(isGlobal(layer) ? "full_attention" : "sliding_attention");
      theta = rope.get("rope_theta").asDouble();
      factor = rope.path("factor").asDouble(1);
    } else {
      boolean local = !isGlobal(layer) && config.hasNonNull("local_rope_theta");
      theta = config.get(local ? "local_rope_theta" : "global_rope_theta").asDouble();
    }
    return Math.pow(theta, -2.0 * pair / size) / factor;
  }

  private double[][] attention(int layer, double[][] x, int[] mask) {
    var name = "layers." + layer + ".attn.";
    int size = hidden / heads;
    var q = new ArrayList<double[]>();
    var k = new ArrayList<double[]>();
    var v = new ArrayList<double[]>();
    for (int t = 0; t < x.length; t++) {
      var all = linear(x[t], name + "Wqkv");
      q.add(Arrays.copyOfRange(all, 0, hidden));
      k.add(Arrays.copyOfRange(all, hidden, 2 * hidden));
      v.add(Arrays.copyOfRange(all, 2 * hidden, 3 * hidden));
      var angles = new double[size / 2];
      for (int j = 0; j < angles.length; j++) {
        angles[j] = t * frequency(layer, j, size);
      }
      for (int begin = 0; begin < hidden; begin += size) {
        turn(q.get(t), begin, size, angles);
        turn(k.get(t), begin, size, angles);
      }
    }
    int window = isGlobal(layer) ? x.length : whole("local_attention") / 2;
    var result = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      int here = t;
      var mixed = new double[hidden];
      for (int h = 0; h < heads; h++) {
        int head = h;
        mix(
            mixed,
            h,
            h,
            size,
            v,
            s -> mask[s] == 1 && Math.abs(s - here) <= window
                ? product(q.get(here), head, k.get(s), head, size) / Math.sqrt(size)
                : Double.NEGATIVE_INFINITY);
      }
      result[t] = linear(mixed, name + "Wo");
    }
    return result;
  }
}
