package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;

/** BERT and the RoBERTa family in {@code config.json}; those whose positions leave the padding out are of the latter. */
final class BertFormat implements ConfigJson.BackboneFormat {
  private static final String BERT = "bert";
  private static final String XLM_ROBERTA = "xlm-roberta";
  private static final int ROBERTA_PADDING = 1;

  @Override
  public List<String> types() {
    return List.of(BERT, "roberta", XLM_ROBERTA);
  }

  @Override
  public BertArchitecture read(String type, PublishedJson json) {
    json.only("hidden_act", "gelu");
    json.only("position_embedding_type", "absolute");
    for (var key : List.of("is_decoder", "is_causal")) {
      json.refuse(key, "tokens that see only those before them are not computed for " + type);
    }
    var builder = BertArchitecture.builder(
            json.size("vocab_size"),
            json.size("hidden_size"),
            ConfigJson.layers(json),
            json.size("num_attention_heads"))
        .feedForward(json.size("intermediate_size"));
    int rows = json.size("max_position_embeddings");
    int padding =
        type.equals(BERT) ? BertArchitecture.COUNT_ALL : json.id("pad_token_id", ROBERTA_PADDING);
    return builder
        .positions(rows - padding - 1, padding)
        .typeVocabulary(json.size("type_vocab_size"))
        .normEpsilon((float) json.number("layer_norm_eps"))
        .dropout((float) json.number("hidden_dropout_prob", 0), (float)
            json.number("attention_probs_dropout_prob", 0))
        .initializerRange((float) json.number("initializer_range", 0.02))
        .build();
  }

  @Override
  public Optional<ObjectNode> write(Architecture architecture) {
    return architecture instanceof BertArchitecture shape
        ? Optional.of(json(shape))
        : Optional.empty();
  }

  private static ObjectNode json(BertArchitecture shape) {
    boolean isBert = shape.positionPaddingId() == BertArchitecture.COUNT_ALL;
    var json = ConfigJson.named(
            isBert ? BERT : XLM_ROBERTA, isBert ? "BertModel" : "XLMRobertaModel")
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
}
