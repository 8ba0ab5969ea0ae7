package org.tdro.models;

import org.tdro.io.Checks;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

/**
 * A transformer of BERT's shape (Devlin et al. 2019): learned positions, post-LayerNorm, exact gelu.
 *
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

  public BertArchitecture {
    new Checks()
        .atLeast(1, "vocabulary", vocabulary)
        .atLeast(1, "hidden", hidden)
        .atLeast(1, "layers", layers)
        .atLeast(1, "heads", heads)
        .atLeast(1, "feedForward", feedForward)
        .atLeast(positionPaddingId + 2L, "positionEmbeddings", positionEmbeddings)
        .that(
            heads < 1 || hidden % heads == 0,
            "hidden (" + hidden + ") must be a multiple of heads (" + heads + ")")
        .rate("hiddenDropout", hiddenDropout)
        .rate("attentionDropout", attentionDropout)
        .done();
  }

  /**
   * Returns a builder of a shape with a feed-forward width of four times {@code hidden}, 512 positions that count every token, no
   * token types and no dropout.
   */
  public static Builder builder(int vocabulary, int hidden, int layers, int heads) {
    return new Builder(vocabulary, hidden, layers, heads);
  }

  private Builder toBuilder() {
    return builder(vocabulary, hidden, layers, heads)
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
