package org.tdro.models;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.CUSTOM;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.Checks;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

/**
 * A transformer of BERT's shape (Devlin et al. 2019): learned positions, post-LayerNorm, exact gelu.
 *
 * @param family the family whose names its weights have; absent from a retriever's JSON for BERT's
 * @param positionEmbeddings rows of the table of positions
 * @param positionPaddingId the id that RoBERTa's positions leave out: they count the other tokens, from this id + 1;
 *     {@link #COUNT_ALL} for BERT's, which count all tokens from 0
 * @param typeVocabulary token types; 0 for none
 * @param normEpsilon ε of the norms, added to the variance
 * @param hiddenDropout share of states that is 0 in training, after the embeddings and after both parts of every block
 * @param attentionDropout share of attention weights that is 0 in training
 * @param initializerRange standard deviation of initial weights
 */
public record BertArchitecture(
    @JsonSetter(nulls = Nulls.SET) @JsonInclude(value = CUSTOM, valueFilter = Family.Usual.class)
    Family family,

    int vocabulary,
    int hidden,
    int layers,
    int heads,
    int feedForward,
    int positionEmbeddings,
    int positionPaddingId,
    int typeVocabulary,
    float normEpsilon,
    float hiddenDropout,
    float attentionDropout,
    float initializerRange)
    implements Architecture {
  /** The {@link #positionPaddingId} of positions that count every token. */
  public static final int COUNT_ALL = -1;

  /** Families of the same computation whose weights have other names. */
  public enum Family {
    /** BERT and RoBERTa (Liu et al. 2019). */
    BERT(new Names(
        "encoder/layer",
        "attention/self/query",
        "attention/self/key",
        "attention/self/value",
        "attention/output/dense",
        "attention/output/LayerNorm",
        "intermediate/dense",
        "output/dense",
        "output/LayerNorm")),
    /** DistilBERT (Sanh et al. 2019), which has no token types. */
    DISTILBERT(new Names(
        "transformer/layer",
        "attention/q_lin",
        "attention/k_lin",
        "attention/v_lin",
        "attention/out_lin",
        "sa_layer_norm",
        "ffn/lin1",
        "ffn/lin2",
        "output_layer_norm")),
    /** MPNet (Song et al. 2020), whose attention also depends on relative positions; it has no token types. */
    MPNET(new Names(
        "encoder/layer",
        "attention/attn/q",
        "attention/attn/k",
        "attention/attn/v",
        "attention/attn/o",
        "attention/LayerNorm",
        "intermediate/dense",
        "output/dense",
        "output/LayerNorm"));

    @SuppressWarnings("ImmutableEnumChecker") // a record of strings
    private final Names names;

    Family(Names names) {
      this.names = names;
    }

    Names names() {
      return names;
    }

    /** Recognises the family that JSON does not name. */
    static final class Usual {
      @Override
      public boolean equals(Object other) {
        return other == null || other == BERT;
      }

      @Override
      public int hashCode() {
        return 0;
      }
    }
  }

  /** The path of the layers, and those of a layer's parts within it. */
  record Names(
      String layers,
      String query,
      String key,
      String value,
      String attentionOutput,
      String attentionNorm,
      String up,
      String down,
      String outputNorm) {

    /** Returns the names of a layer's maps. */
    List<String> maps() {
      return List.of(query, key, value, attentionOutput, up, down);
    }
  }

  public BertArchitecture {
    family = family == null ? Family.BERT : family;
    new Checks()
        .atLeast(1, "vocabulary", vocabulary)
        .positive("normEpsilon", normEpsilon)
        .atLeast(1, "hidden", hidden)
        .atLeast(1, "layers", layers)
        .atLeast(1, "heads", heads)
        .atLeast(1, "feedForward", feedForward)
        .atLeast(positionPaddingId + 2L, "positionEmbeddings", positionEmbeddings)
        .that(
            family == Family.BERT || typeVocabulary == 0,
            family + " has no token types, but typeVocabulary was " + typeVocabulary)
        .that(
            heads < 1 || hidden % heads == 0,
            "hidden (" + hidden + ") must be a multiple of heads (" + heads + ")")
        .rate("hiddenDropout", hiddenDropout)
        .rate("attentionDropout", attentionDropout)
        .done();
  }

  /**
   * Returns a builder of a shape with a feed-forward width of four times {@code hidden}, 512 positions that count every token, no
   * token types and no dropout, with the names of BERT.
   */
  public static Builder builder(int vocabulary, int hidden, int layers, int heads) {
    return new Builder(vocabulary, hidden, layers, heads);
  }

  private Builder toBuilder() {
    return builder(vocabulary, hidden, layers, heads)
        .family(family)
        .feedForward(feedForward)
        .positions(maxPositions(), positionPaddingId)
        .typeVocabulary(typeVocabulary)
        .normEpsilon(normEpsilon)
        .dropout(hiddenDropout, attentionDropout)
        .initializerRange(initializerRange);
  }

  @Override
  public BertArchitecture withVocabulary(int size) {
    var builder = toBuilder();
    builder.vocabulary = size;
    return builder.build();
  }

  @Override
  public BertArchitecture withTraining(float hiddenRate, float attentionRate, float range) {
    return toBuilder()
        .dropout(hiddenRate, attentionRate)
        .initializerRange(range)
        .build();
  }

  /** Whether it has no token types, though published models of its family have one at least. */
  public boolean lacksTypes() {
    return family == Family.BERT && typeVocabulary == 0;
  }

  @Override
  public List<String> maps() {
    return inEveryLayer(family.names().layers(), family.names().maps());
  }

  @Override
  public List<String> usualTargets() {
    return Stream.of(family.names().query(), family.names().value())
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .toList();
  }

  @Override
  public int maxPositions() {
    return positionEmbeddings - positionPaddingId - 1;
  }

  @Override
  public Backbone build(LayerScope scope, Adapters adapters) {
    return new BertBackbone(scope, this, adapters);
  }

  @Override
  public long forwardFlops(long rows, long length) {
    long projections = 4L * hidden * hidden + 2L * hidden * feedForward;
    long attention = 2L * length * hidden;
    return 2 * rows * length * layers * (projections + attention);
  }

  /** Collects the parts of a shape. */
  public static final class Builder {
    private Family family = Family.BERT;
    private int vocabulary;
    private final int hidden;
    private final int layers;
    private final int heads;
    private int feedForward;
    private int maxPositions = 512;
    private int positionPaddingId = COUNT_ALL;
    private int typeVocabulary;
    private float normEpsilon = 1e-12f;
    private float hiddenDropout;
    private float attentionDropout;
    private float initializerRange = 0.02f;

    private Builder(int vocabulary, int hidden, int layers, int heads) {
      this.vocabulary = vocabulary;
      this.hidden = hidden;
      this.layers = layers;
      this.heads = heads;
      this.feedForward = 4 * hidden;
    }

    /** Sets the family whose names the weights have. */
    public Builder family(Family family) {
      this.family = family;
      return this;
    }

    /** Sets the width between the products of a feed-forward block. */
    public Builder feedForward(int width) {
      feedForward = width;
      return this;
    }

    /**
     * Sets the positions.
     *
     * @param longest the longest text, in tokens
     * @param paddingId the id that positions leave out, or {@link #COUNT_ALL}
     */
    public Builder positions(int longest, int paddingId) {
      maxPositions = longest;
      positionPaddingId = paddingId;
      return this;
    }

    /** Sets the number of token types; 0 for none. */
    public Builder typeVocabulary(int types) {
      typeVocabulary = types;
      return this;
    }

    /** Sets ε of the norms, added to the variance. */
    public Builder normEpsilon(float epsilon) {
      normEpsilon = epsilon;
      return this;
    }

    /** Sets the shares of states and of attention weights that are 0 in training. */
    public Builder dropout(float states, float attention) {
      hiddenDropout = states;
      attentionDropout = attention;
      return this;
    }

    /** Sets the standard deviation of initial weights. */
    public Builder initializerRange(float range) {
      initializerRange = range;
      return this;
    }

    /**
     * Returns the shape.
     *
     * @throws IllegalArgumentException with all problems, one a line
     */
    public BertArchitecture build() {
      return new BertArchitecture(
          family,
          vocabulary,
          hidden,
          layers,
          heads,
          feedForward,
          maxPositions + positionPaddingId + 1,
          positionPaddingId,
          typeVocabulary,
          normEpsilon,
          hiddenDropout,
          attentionDropout,
          initializerRange);
    }
  }
}
