package org.tdro.training.config;

import org.tdro.io.Checks;

/**
 * What only a decoder has.
 *
 * @param keyValueHeads heads of keys and values, of which {@code model.heads} is a multiple
 * @param headSize width of a head
 * @param ropeTheta θ of the rotary positions
 * @param ropeScaling how their frequencies were stretched for longer texts
 * @param attentionBias which of the attention's maps have a bias
 * @param slidingWindow tokens that a token attends to, itself included; 0 for all before it
 * @param firstWindowLayer layers before this one attend to all
 */
public record DecoderConfig(
    int keyValueHeads,
    int headSize,
    double ropeTheta,
    RopeScalingConfig ropeScaling,
    AttentionBias attentionBias,
    int slidingWindow,
    int firstWindowLayer) {

  /** Which of the attention's maps have a bias. */
  public enum AttentionBias {
    /** None, as in Llama. */
    NONE,
    /** Those to queries, keys and values, as in Qwen2. */
    INPUTS,
    /** Those and the one behind the heads. */
    ALL
  }

  public DecoderConfig {
    new Checks()
        .atLeast(1, "keyValueHeads", keyValueHeads)
        .atLeast(2, "headSize", headSize)
        .that(headSize % 2 == 0, "headSize must be even, was " + headSize)
        .positive("ropeTheta", ropeTheta)
        .atLeast(0, "slidingWindow", slidingWindow)
        .atLeast(0, "firstWindowLayer", firstWindowLayer)
        .done();
  }
}
