package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.tdro.models.Architecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.DecoderArchitecture.Gemma;
import org.tdro.models.Rope;

/**
 * Gemma 2 and the text models of Gemma 3, EmbeddingGemma among them, in {@code config.json}. The two differ in the norms of heads, which
 * the former does not have.
 */
final class GemmaFormat implements ConfigJson.BackboneFormat {
  private static final String GEMMA2 = "gemma2";
  private static final String GEMMA3 = "gemma3_text";
  private static final String BIDIRECTIONAL = "use_bidirectional_attention";
  private static final String SCORE_CAP = "attn_logit_softcapping";
  private static final String WINDOW_THETA = "rope_local_base_freq";
  private static final String ROPE_THETA = "rope_theta";
  private static final String GELU = "gelu_pytorch_tanh";

  // The values of keys that a file does not have.
  private static final int HEADS_OF_KEYS = 4;
  private static final int HEAD_SIZE = 256;
  private static final double QUERY_SCALAR = 256;
  private static final double GEMMA2_CAP = 50;
  private static final int GEMMA2_PERIOD = 2;
  private static final int GEMMA3_PERIOD = 6;
  private static final double GEMMA3_THETA = 1_000_000;
  private static final double GEMMA3_WINDOW_THETA = 10_000;

  @Override
  public List<String> types() {
    return List.of(GEMMA2, GEMMA3);
  }

  @Override
  public DecoderArchitecture read(String type, PublishedJson json) {
    boolean third = type.equals(GEMMA3);
    json.only("hidden_activation", GELU);
    if (!json.flag("is_causal", true)) {
      json.problem(
          "is_causal is false, which has no effect on this model_type; give " + BIDIRECTIONAL);
    }
    if (!third) {
      json.refuse(BIDIRECTIONAL, "attention in both directions is not computed for " + type);
    }
    boolean bidirectional = third && json.flag(BIDIRECTIONAL, false);
    int layers = ConfigJson.layers(json, "num_hidden_layers");
    int period = third ? json.size("sliding_window_pattern", GEMMA3_PERIOD) : GEMMA2_PERIOD;
    var full = ConfigJson.fullLayers(json, layers, layer -> (layer + 1) % period == 0);
    double cap =
        json.get(SCORE_CAP).isMissingNode() && !third ? GEMMA2_CAP : json.number(SCORE_CAP, 0);
    var ropes = third ? thirdRopes(json) : secondRopes(json);
    boolean bias = json.flag("attention_bias", false);
    return DecoderArchitecture.builder(
            json.size("vocab_size"),
            json.size("hidden_size"),
            layers,
            json.size("num_attention_heads"))
        .keyValueHeads(json.size("num_key_value_heads", HEADS_OF_KEYS))
        .headSize(json.size("head_dim", HEAD_SIZE))
        .feedForward(json.size("intermediate_size"))
        .maxPositions(json.size("max_position_embeddings"))
        .rope(ropes.full())
        .normEpsilon((float) json.number("rms_norm_eps"))
        .inputBias(bias)
        .outputBias(bias)
        .headNorms(third)
        .bidirectional(bidirectional)
        .gemma(new Gemma(
            json.number("query_pre_attn_scalar", QUERY_SCALAR), cap, full, ropes.windowed()))
        .slidingWindow(window(json, bidirectional), 0)
        .attentionDropout((float) json.number("attention_dropout", 0))
        .initializerRange((float) json.number("initializer_range", 0.02))
        .build();
  }

  /** In both directions, a token attends to half of the window on either side. */
  private static int window(PublishedJson json, boolean bidirectional) {
    int window = json.size("sliding_window");
    if (bidirectional && window < 2) {
      json.problem("sliding_window must be at least 2, was " + window);
      return 1;
    }
    return bidirectional ? window / 2 : window;
  }

  private static RopeJson.ByLayer secondRopes(PublishedJson json) {
    var rope = RopeJson.read(json);
    return new RopeJson.ByLayer(rope, rope);
  }

  private static RopeJson.ByLayer thirdRopes(PublishedJson json) {
    var separate = new RopeJson.ByLayer(
        RopeJson.separate(json, GEMMA3_THETA),
        new Rope(json.number(WINDOW_THETA, GEMMA3_WINDOW_THETA), Rope.Scaling.NONE));
    return RopeJson.read(json, separate, List.of(ROPE_THETA, "rope_scaling", WINDOW_THETA));
  }

  @Override
  public Optional<ObjectNode> write(Architecture architecture) {
    return architecture instanceof DecoderArchitecture shape && shape.gemma() != null
        ? Optional.of(json(shape))
        : Optional.empty();
  }

  private static ObjectNode json(DecoderArchitecture shape) {
    boolean third = shape.headNorms();
    check(shape, third);
    var gemma = shape.gemma();
    var named =
        ConfigJson.named(third ? GEMMA3 : GEMMA2, third ? "Gemma3TextModel" : "Gemma2Model");
    var json = DecoderFormat.sizes(named, shape)
        .put("hidden_activation", GELU)
        .put("query_pre_attn_scalar", gemma.queryScalar())
        .put(SCORE_CAP, gemma.scoreCap() == 0 ? null : (Double) gemma.scoreCap())
        .put("attention_bias", shape.outputBias())
        .put("sliding_window", shape.slidingWindow() * (shape.bidirectional() ? 2 : 1));
    ConfigJson.putLayerTypes(json, shape.layers(), gemma.fullLayers());
    if (third) {
      json.put(BIDIRECTIONAL, shape.bidirectional());
    }
    if (third && gemma.windowRope().scaling().kind() != Rope.Kind.NONE) {
      RopeJson.write(new RopeJson.ByLayer(shape.rope(), gemma.windowRope()), json);
    } else {
      RopeJson.write(shape.rope(), json);
      if (third) {
        json.put(WINDOW_THETA, gemma.windowRope().theta());
      }
    }
    return json;
  }

  private static void check(DecoderArchitecture shape, boolean third) {
    boolean ofSecond =
        !shape.bidirectional() && shape.rope().equals(shape.gemma().windowRope());
    if (shape.feedForwardBias()
        || shape.inputBias() != shape.outputBias()
        || shape.slidingWindow() == 0
        || !(third || ofSecond)) {
      throw new IllegalArgumentException(
          "no config.json describes this model: no Gemma is made of " + shape);
    }
  }
}
