package org.tdro.models;

import org.tdro.io.Positive;
import org.tdro.io.Rate;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

/**
 * A decoder-only language model without its head, as Llama, Mistral and Qwen2 are built: pre-normalisation by root mean
 * square, rotary positions, causal grouped-query attention, SwiGLU.
 *
 * @param keyValueHeads heads of keys and values; each serves {@code heads / keyValueHeads} queries
 * @param headSize width of a head; {@code heads · headSize} need not be {@code hidden}
 * @param maxPositions the longest text it was trained for
 * @param inputBias whether the maps to queries, keys and values have a bias
 * @param outputBias whether the attention's output map has one
 * @param feedForwardBias whether the feed-forward maps have one
 * @param slidingWindow tokens that a token attends to, itself included; 0 for all before it
 * @param firstWindowLayer layers before this one attend to all
 */
public record DecoderArchitecture(
    int vocabulary,
    int hidden,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    int feedForward,
    int maxPositions,
    Rope rope,
    float normEpsilon,
    boolean inputBias,
    boolean outputBias,
    boolean feedForwardBias,
    int slidingWindow,
    int firstWindowLayer,
    float attentionDropout,
    float initializerRange)
    implements Architecture {
  public DecoderArchitecture {
    Positive.check("vocabulary", vocabulary);
    Positive.check("hidden", hidden);
    Positive.check("layers", layers);
    Positive.check("heads", heads);
    Positive.check("key-value heads", keyValueHeads);
    Positive.check("head size", headSize);
    Positive.check("feed-forward", feedForward);
    Positive.check("max-positions", maxPositions);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "heads (" + heads + ") must be a multiple of key-value heads (" + keyValueHeads + ")");
    }
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException(
          "the head size must be even for rotary positions, was " + headSize);
    }
    if (slidingWindow < 0) {
      throw new IllegalArgumentException(
          "the sliding window must be at least 0, was " + slidingWindow);
    }
    Rate.check("attention dropout", attentionDropout);
  }

  @Override
  public DecoderArchitecture withVocabulary(int size) {
    return with(size, attentionDropout, initializerRange);
  }

  @Override
  public DecoderArchitecture withTraining(float hiddenRate, float attentionRate, float range) {
    return with(vocabulary, attentionRate, range);
  }

  private DecoderArchitecture with(int size, float attentionRate, float range) {
    return new DecoderArchitecture(
        size,
        hidden,
        layers,
        heads,
        keyValueHeads,
        headSize,
        feedForward,
        maxPositions,
        rope,
        normEpsilon,
        inputBias,
        outputBias,
        feedForwardBias,
        slidingWindow,
        firstWindowLayer,
        attentionRate,
        range);
  }

  /** The window of a layer; 0 for none. */
  int window(int layer) {
    return layer >= firstWindowLayer ? slidingWindow : 0;
  }

  @Override
  public Backbone build(LayerScope scope, Adapters adapters) {
    return new DecoderBackbone(scope, this, adapters);
  }

  @Override
  public long forwardFlops(long rows, long length) {
    long attentionWidth = (long) heads * headSize;
    long projections = 2L * hidden * attentionWidth
        + 2L * hidden * keyValueHeads * headSize
        + 3L * hidden * feedForward;
    long attention = 2L * length * attentionWidth;
    return 2 * rows * length * layers * (projections + attention);
  }
}
