package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.Rope;

/** From the shape of a backbone to a {@code config.json}: the way back of {@link ModelConfigs}. */
final class ArchitectureJson {
  private ArchitectureJson() {}

  /**
   * The keys of the shape. Which model it is called follows from what it has: a decoder with a bias on queries, keys and values
   * alone is a qwen2, one without any but with a sliding window a mistral, every other a llama; an encoder whose positions leave
   * the padding out is an xlm-roberta, every other a bert.
   *
   * @throws IllegalArgumentException listing what none of these models has
   */
  static ObjectNode of(Architecture architecture) {
    if (architecture instanceof BertArchitecture bert) {
      return bert(bert);
    }
    if (architecture instanceof DecoderArchitecture decoder) {
      return decoder(decoder);
    }
    throw new IllegalArgumentException(
        "a model of kind static has no counterpart in transformers, whose static embeddings leave special tokens out; export it as a SavedModel");
  }

  private static ObjectNode bert(BertArchitecture shape) {
    boolean isBert = shape.positionPaddingId() == BertArchitecture.COUNT_ALL;
    var json = named(isBert ? "bert" : "xlm-roberta", isBert ? "BertModel" : "XLMRobertaModel")
        .put("vocab_size", shape.vocabulary())
        .put("hidden_size", shape.hidden())
        .put("num_hidden_layers", shape.layers())
        .put("num_attention_heads", shape.heads())
        .put("intermediate_size", shape.feedForward())
        .put("max_position_embeddings", shape.positionEmbeddings())
        // A model without types is written with one that is zero.
        .put("type_vocab_size", Math.max(1, shape.typeVocabulary()))
        .put("layer_norm_eps", shape.normEpsilon())
        .put("hidden_act", "gelu")
        .put("position_embedding_type", "absolute")
        .put("hidden_dropout_prob", shape.hiddenDropout())
        .put("attention_probs_dropout_prob", shape.attentionDropout())
        .put("initializer_range", shape.initializerRange());
    return isBert ? json : json.put("pad_token_id", shape.positionPaddingId());
  }

  private static ObjectNode decoder(DecoderArchitecture shape) {
    var type = type(shape);
    check(shape, type);
    var json = named(type.name, type.architecture)
        .put("vocab_size", shape.vocabulary())
        .put("hidden_size", shape.hidden())
        .put("num_hidden_layers", shape.layers())
        .put("num_attention_heads", shape.heads())
        .put("num_key_value_heads", shape.keyValueHeads())
        .put("head_dim", shape.headSize())
        .put("intermediate_size", shape.feedForward())
        .put("max_position_embeddings", shape.maxPositions())
        .put("rms_norm_eps", shape.normEpsilon())
        .put("rope_theta", shape.rope().theta())
        .put("hidden_act", "silu")
        .put("attention_dropout", shape.attentionDropout())
        .put("initializer_range", shape.initializerRange());
    scaling(shape.rope().scaling(), json);
    switch (type) {
      case QWEN2 -> {
        boolean windowed = shape.slidingWindow() > 0;
        json.put("use_sliding_window", windowed)
            .put("sliding_window", windowed ? (Integer) shape.slidingWindow() : null)
            .put("max_window_layers", windowed ? shape.firstWindowLayer() : shape.layers());
      }
      case MISTRAL -> json.put("sliding_window", shape.slidingWindow());
      case LLAMA ->
        json.put("attention_bias", shape.outputBias()).put("mlp_bias", shape.feedForwardBias());
    }
    return json;
  }

  private enum Decoder {
    QWEN2("qwen2", "Qwen2Model"),
    MISTRAL("mistral", "MistralModel"),
    LLAMA("llama", "LlamaModel");

    private final String name;
    private final String architecture;

    Decoder(String name, String architecture) {
      this.name = name;
      this.architecture = architecture;
    }
  }

  private static Decoder type(DecoderArchitecture shape) {
    if (shape.inputBias() && !shape.outputBias()) {
      return Decoder.QWEN2;
    }
    return !shape.inputBias() && shape.slidingWindow() > 0 ? Decoder.MISTRAL : Decoder.LLAMA;
  }

  private static void check(DecoderArchitecture shape, Decoder type) {
    var problems = new ArrayList<String>();
    if (shape.outputBias() && !shape.inputBias()) {
      problems.add("a bias on the attention's output map alone");
    }
    if (shape.feedForwardBias() && type != Decoder.LLAMA) {
      problems.add("a bias on feed-forward maps");
    }
    if (shape.slidingWindow() > 0 && type == Decoder.LLAMA) {
      problems.add("a sliding window");
    }
    if (shape.slidingWindow() > 0 && shape.firstWindowLayer() > 0 && type == Decoder.MISTRAL) {
      problems.add("a sliding window from layer %d on".formatted(shape.firstWindowLayer()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("no config.json describes this model: %s has not %s"
          .formatted(type.name, String.join(", ", problems)));
    }
  }

  private static void scaling(Rope.Scaling scaling, ObjectNode json) {
    switch (scaling.kind()) {
      case NONE -> json.putNull("rope_scaling");
      // Older readers know it as type.
      case LINEAR ->
        json.putObject("rope_scaling")
            .put("type", "linear")
            .put("rope_type", "linear")
            .put("factor", scaling.factor());
      case LLAMA3 ->
        json.putObject("rope_scaling")
            .put("rope_type", "llama3")
            .put("factor", scaling.factor())
            .put("low_freq_factor", scaling.lowFrequencyFactor())
            .put("high_freq_factor", scaling.highFrequencyFactor())
            .put("original_max_position_embeddings", scaling.originalPositions());
    }
  }

  private static ObjectNode named(String type, String architecture) {
    var json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures").add(architecture);
    return json.put("model_type", type);
  }
}
