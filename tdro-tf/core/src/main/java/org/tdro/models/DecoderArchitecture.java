package org.tdro.models;

import org.tdro.io.Checks;
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
    new Checks()
        .atLeast(1, "vocabulary", vocabulary)
        .atLeast(1, "hidden", hidden)
        .atLeast(1, "layers", layers)
        .atLeast(1, "heads", heads)
        .atLeast(1, "keyValueHeads", keyValueHeads)
        .atLeast(1, "headSize", headSize)
        .atLeast(1, "feedForward", feedForward)
        .atLeast(1, "maxPositions", maxPositions)
        .that(
            keyValueHeads < 1 || heads % keyValueHeads == 0,
            "heads (" + heads + ") must be a multiple of key-value heads (" + keyValueHeads + ")")
        .that(headSize % 2 == 0, "headSize must be even for rotary positions, was " + headSize)
        .atLeast(0, "slidingWindow", slidingWindow)
        .rate("attentionDropout", attentionDropout)
        .done();
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
