package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** BERT, RoBERTa, DistilBERT and MPNet. */
final class BertInDoubles extends ModelInDoubles {
  private final String type;
  private final boolean distilled;

  /** One with random tensors. */
  BertInDoubles(JsonNode config, long seed) {
    super(config, new LinkedHashMap<>());
    type = config.get("model_type").asText();
    distilled = type.equals("distilbert");
    randomise(seed);
  }

  /** A bias of keys adds the same to all scores of a query. */
  @Override
  boolean isWithoutEffect(String tensor) {
    return tensor.matches(".*\\.(key|k_lin|k)\\.bias");
  }

  private int hidden() {
    return whole(distilled ? "dim" : "hidden_size");
  }

  private int heads() {
    return whole(distilled ? "n_heads" : "num_attention_heads");
  }

  private int layers() {
    return whole(distilled ? "n_layers" : "num_hidden_layers");
  }

  private double epsilon() {
    return distilled ? 1e-12 : config.get("layer_norm_eps").asDouble();
  }

  /** The published name of a part of a layer. */
  private String part(int layer, String part) {
    if (distilled) {
      var names = Map.of(
          "q", "attention.q_lin",
          "k", "attention.k_lin",
          "v", "attention.v_lin",
          "o", "attention.out_lin",
          "attention norm", "sa_layer_norm",
          "up", "ffn.lin1",
          "down", "ffn.lin2",
          "norm", "output_layer_norm");
      return "transformer.layer." + layer + "." + names.get(part);
    }
    var prefix = "encoder.layer." + layer + ".";
    boolean mpnet = type.equals("mpnet");
    return prefix
        + switch (part) {
          case "q" -> mpnet ? "attention.attn.q" : "attention.self.query";
          case "k" -> mpnet ? "attention.attn.k" : "attention.self.key";
          case "v" -> mpnet ? "attention.attn.v" : "attention.self.value";
          case "o" -> mpnet ? "attention.attn.o" : "attention.output.dense";
          case "attention norm" -> mpnet ? "attention.LayerNorm" : "attention.output.LayerNorm";
          case "up" -> "intermediate.dense";
          case "down" -> "output.dense";
          default -> "output.LayerNorm";
        };
  }

  @Override
  Map<String, long[]> shapes() {
    int hidden = hidden();
    int inner = whole(distilled ? "hidden_dim" : "intermediate_size");
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put("embeddings.word_embeddings.weight", new long[] {whole("vocab_size"), hidden});
    shapes.put(
        "embeddings.position_embeddings.weight",
        new long[] {whole("max_position_embeddings"), hidden});
    if (config.has("type_vocab_size")) {
      shapes.put(
          "embeddings.token_type_embeddings.weight", new long[] {whole("type_vocab_size"), hidden});
    }
    norm(shapes, "embeddings.LayerNorm", hidden, true);
    for (int i = 0; i < layers(); i++) {
      for (var name : new String[] {"q", "k", "v", "o"}) {
        map(shapes, part(i, name), hidden, hidden, true);
      }
      norm(shapes, part(i, "attention norm"), hidden, true);
      map(shapes, part(i, "up"), inner, hidden, true);
      map(shapes, part(i, "down"), hidden, inner, true);
      norm(shapes, part(i, "norm"), hidden, true);
    }
    if (type.equals("mpnet")) {
      shapes.put("encoder.relative_attention_bias.weight", new long[] {32, heads()});
    }
    return shapes;
  }

  @Override
  double[][] states(int[] ids, int[] mask) {
    int hidden = hidden();
    boolean bert = type.equals("bert") || distilled;
    int padding =
        bert ? -1 : type.equals("mpnet") ? 1 : config.path("pad_token_id").asInt(1);
    var x = new double[ids.length][];
    int counted = 0;
    for (int t = 0; t < ids.length; t++) {
      int position = Math.max(0, padding);
      // Padding has no position of its own.
      if (mask[t] == 1 && ids[t] != padding) {
        counted++;
        position = padding + counted;
      }
      x[t] = row("embeddings.word_embeddings.weight", ids[t], hidden);
      add(x[t], row("embeddings.position_embeddings.weight", position, hidden));
      if (config.has("type_vocab_size")) {
        add(x[t], row("embeddings.token_type_embeddings.weight", 0, hidden));
      }
      x[t] = layerNorm(x[t], "embeddings.LayerNorm", epsilon());
    }
    for (int i = 0; i < layers(); i++) {
      var attended = attention(i, x, mask);
      for (int t = 0; t < x.length; t++) {
        add(x[t], attended[t]);
        x[t] = layerNorm(x[t], part(i, "attention norm"), epsilon());
        var inner = linear(x[t], part(i, "up"));
        for (int j = 0; j < inner.length; j++) {
          inner[j] = gelu(inner[j]);
        }
        add(x[t], linear(inner, part(i, "down")));
        x[t] = layerNorm(x[t], part(i, "norm"), epsilon());
      }
    }
    return x;
  }

  private double[][] attention(int layer, double[][] x, int[] mask) {
    int heads = heads();
    int size = hidden() / heads;
    var q = new ArrayList<double[]>();
    var k = new ArrayList<double[]>();
    var v = new ArrayList<double[]>();
    for (var state : x) {
      q.add(linear(state, part(layer, "q")));
      k.add(linear(state, part(layer, "k")));
      v.add(linear(state, part(layer, "v")));
    }
    var result = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      int here = t;
      var mixed = new double[heads * size];
      for (int h = 0; h < heads; h++) {
        int head = h;
        mix(mixed, h, h, size, v, s -> {
          double score = product(q.get(here), head, k.get(s), head, size) / Math.sqrt(size);
          return mask[s] == 1 ? score + relative(s - here, head) : Double.NEGATIVE_INFINITY;
        });
      }
      result[t] = linear(mixed, part(layer, "o"));
    }
    return result;
  }

  /** What MPNet adds to the score of a key {@code after} places after the query: one of 16 numbers on either side. */
  private double relative(int after, int head) {
    var table = tensors.get("encoder.relative_attention_bias.weight");
    if (table == null) {
      return 0;
    }
    int[] bounds = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91};
    int range = 0;
    while (range < bounds.length && Math.abs(after) >= bounds[range]) {
      range++;
    }
    return table[((after > 0 ? 16 : 0) + range) * heads() + head];
  }
}
