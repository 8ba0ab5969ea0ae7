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
 * @param hiddenDropout after the embeddings and behind every block's two parts
 * @param attentionDropout of attention weights
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

  @Override
  public BertArchitecture withVocabulary(int size) {
    return with(size, hiddenDropout, attentionDropout, initializerRange);
  }

  @Override
  public BertArchitecture withTraining(float hiddenRate, float attentionRate, float range) {
    return with(vocabulary, hiddenRate, attentionRate, range);
  }

  private BertArchitecture with(int size, float hiddenRate, float attentionRate, float range) {
    return new BertArchitecture(
        size,
        hidden,
        layers,
        heads,
        feedForward,
        positionEmbeddings,
        positionPaddingId,
        typeVocabulary,
        normEpsilon,
        hiddenRate,
        attentionRate,
        range);
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
}
