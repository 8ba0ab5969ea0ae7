package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.BertArchitecture.Family;

/**
 * BERT, RoBERTa, DistilBERT and MPNet in {@code config.json}. Those whose positions leave the padding out are written as XLM-RoBERTa,
 * which is computed like the other members of RoBERTa's family.
 */
final class BertFormat implements ConfigJson.BackboneFormat {
  /** The id that the positions of the RoBERTa family leave out, unless a file names another; MPNet's always leave it out. */
  private static final int PADDING = 1;

  /** MPNet's weights hold a row for each, but transformers computes with this number whatever the file says. */
  private static final int MPNET_BUCKETS = 32;

  private static final String BUCKETS = "relative_attention_num_buckets";

  /** DistilBERT's files do not name it. */
  private static final float DISTILBERT_EPSILON = 1e-12f;

  /** The members, by {@code model_type}. */
  private enum Type {
    BERT("bert", "BertModel", Family.BERT),
    ROBERTA("roberta", "RobertaModel", Family.BERT),
    XLM_ROBERTA("xlm-roberta", "XLMRobertaModel", Family.BERT),
    CAMEMBERT("camembert", "CamembertModel", Family.BERT),
    DISTILBERT("distilbert", "DistilBertModel", Family.DISTILBERT),
    MPNET("mpnet", "MPNetModel", Family.MPNET);

    private final String key;
    private final String architecture;
    private final Family family;

    Type(String key, String architecture, Family family) {
      this.key = key;
      this.architecture = architecture;
      this.family = family;
    }

    static Type of(String key) {
      return Arrays.stream(values())
          .filter(type -> type.key.equals(key))
          .findFirst()
          .orElseThrow();
    }

    static Type of(BertArchitecture shape) {
      return switch (shape.family()) {
        case BERT -> shape.positionPaddingId() == BertArchitecture.COUNT_ALL ? BERT : XLM_ROBERTA;
        case DISTILBERT -> DISTILBERT;
        case MPNET -> MPNET;
      };
    }

    Names names() {
      return this == DISTILBERT ? Names.DISTILBERT : Names.USUAL;
    }
  }

  /** The names of keys that DistilBERT calls otherwise. */
  private record Names(
      String hidden,
      String layers,
      String heads,
      String feedForward,
      String activation,
      String dropout,
      String attentionDropout) {
    static final Names USUAL = new Names(
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "hidden_act",
        "hidden_dropout_prob",
        "attention_probs_dropout_prob");
    static final Names DISTILBERT = new Names(
        "dim", "n_layers", "n_heads", "hidden_dim", "activation", "dropout", "attention_dropout");

    /** Checks the names that transformers takes in place of DistilBERT's. */
    void checkUsual(PublishedJson json) {
      json.same(hidden, USUAL.hidden);
      json.same(layers, USUAL.layers);
      json.same(heads, USUAL.heads);
    }
  }

  @Override
  public List<String> types() {
    return Arrays.stream(Type.values()).map(type -> type.key).toList();
  }

  @Override
  public BertArchitecture read(String name, PublishedJson json) {
    var type = Type.of(name);
    var names = type.names();
    names.checkUsual(json);
    json.only(names.activation(), "gelu");
    json.only("position_embedding_type", "absolute");
    for (var key : List.of("is_decoder", "is_causal")) {
      json.refuse(key, "tokens that see only those before them are not computed for " + name);
    }
    if (type == Type.MPNET) {
      json.only(BUCKETS, Integer.toString(MPNET_BUCKETS));
    }
    int padding = switch (type) {
      case BERT, DISTILBERT -> BertArchitecture.COUNT_ALL;
      case ROBERTA, XLM_ROBERTA, CAMEMBERT -> json.id("pad_token_id", PADDING);
      case MPNET -> PADDING;
    };
    return BertArchitecture.builder(
            json.size("vocab_size"),
            json.size(names.hidden()),
            ConfigJson.layers(json, names.layers()),
            json.size(names.heads()))
        .family(type.family)
        .feedForward(json.size(names.feedForward()))
        .positions(json.size("max_position_embeddings") - padding - 1, padding)
        .typeVocabulary(type.family == Family.BERT ? json.size("type_vocab_size") : 0)
        .normEpsilon(
            type == Type.DISTILBERT ? DISTILBERT_EPSILON : (float) json.number("layer_norm_eps"))
        .dropout((float) json.number(names.dropout(), 0), (float)
            json.number(names.attentionDropout(), 0))
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
    var type = Type.of(shape);
    var names = type.names();
    var json = ConfigJson.named(type.key, type.architecture)
        .put("vocab_size", shape.vocabulary())
        .put(names.hidden(), shape.hidden())
        .put(names.layers(), shape.layers())
        .put(names.heads(), shape.heads())
        .put(names.feedForward(), shape.feedForward())
        .put("max_position_embeddings", shape.positionEmbeddings())
        .put(names.activation(), "gelu")
        .put(names.dropout(), shape.hiddenDropout())
        .put(names.attentionDropout(), shape.attentionDropout())
        .put("initializer_range", shape.initializerRange());
    switch (type) {
      case DISTILBERT -> checkDistilbert(shape);
      case MPNET ->
        json.put("layer_norm_eps", shape.normEpsilon())
            .put(BUCKETS, MPNET_BUCKETS)
            .put("pad_token_id", PADDING);
      case BERT -> putBert(shape, json);
      case ROBERTA, XLM_ROBERTA, CAMEMBERT ->
        putBert(shape, json).put("pad_token_id", shape.positionPaddingId());
    }
    return json;
  }

  private static ObjectNode putBert(BertArchitecture shape, ObjectNode json) {
    // A model without types is written with one that is zero.
    return json.put("type_vocab_size", Math.max(1, shape.typeVocabulary()))
        .put("layer_norm_eps", shape.normEpsilon())
        .put("position_embedding_type", "absolute");
  }

  private static void checkDistilbert(BertArchitecture shape) {
    if (shape.normEpsilon() != DISTILBERT_EPSILON) {
      throw new IllegalArgumentException(
          "no config.json describes this model: distilbert's norms have an epsilon of %s, this one's of %s"
              .formatted(DISTILBERT_EPSILON, shape.normEpsilon()));
    }
  }
}
