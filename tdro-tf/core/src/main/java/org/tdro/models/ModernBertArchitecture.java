package org.tdro.models;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tdro.io.Checks;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

/**
 * A transformer of ModernBERT's shape (Warner et al. 2024): rotary positions, attention to all tokens in some layers and to near ones in
 * the others, pre-LayerNorm, a gated feed-forward network with exact gelu.
 *
 * @param feedForward width between the products of a feed-forward block, after the gate
 * @param maxPositions the longest text it was trained for
 * @param globalLayers layers whose tokens attend to all others
 * @param localWindow tokens on either side to which those of the other layers attend
 * @param globalRope rotary positions of the former
 * @param localRope rotary positions of the latter
 * @param normEpsilon ε of the norms, added to the variance
 * @param biases parts that have a bias
 * @param dropout shares that are 0 in training
 * @param initializerRange standard deviation of initial weights
 */
public record ModernBertArchitecture(
    int vocabulary,
    int hidden,
    int layers,
    int heads,
    int feedForward,
    int maxPositions,
    List<Integer> globalLayers,
    int localWindow,
    Rope globalRope,
    Rope localRope,
    float normEpsilon,
    Set<Part> biases,
    Dropouts dropout,
    float initializerRange)
    implements Architecture {

  /** Parts of a layer. */
  public enum Part {
    NORMS,
    ATTENTION,
    FEED_FORWARD
  }

  /**
   * Shares that are 0 in training.
   *
   * @param embeddings of the embeddings
   * @param feedForward of the states between the products of a feed-forward block
   * @param attention of attention weights, and of the attention's output
   */
  public record Dropouts(float embeddings, float feedForward, float attention) {
    public Dropouts {
      new Checks()
          .rate("embeddings", embeddings)
          .rate("feedForward", feedForward)
          .rate("attention", attention)
          .done();
    }
  }

  public ModernBertArchitecture {
    globalLayers = List.copyOf(globalLayers);
    var sorted = EnumSet.noneOf(Part.class);
    sorted.addAll(biases);
    biases = Collections.unmodifiableSet(sorted);
    new Checks()
        .atLeast(1, "vocabulary", vocabulary)
        .positive("normEpsilon", normEpsilon)
        .atLeast(1, "hidden", hidden)
        .atLeast(1, "layers", layers)
        .atLeast(1, "heads", heads)
        .atLeast(1, "feedForward", feedForward)
        .atLeast(1, "maxPositions", maxPositions)
        .atLeast(1, "localWindow", localWindow)
        .that(
            heads < 1 || hidden % (2 * heads) == 0,
            "hidden (%d) must be a multiple of heads (%d), and heads be of an even size for rotary positions"
                .formatted(hidden, heads))
        .done();
  }

  @Override
  public ModernBertArchitecture withVocabulary(int size) {
    return with(size, dropout, initializerRange);
  }

  @Override
  public ModernBertArchitecture withTraining(float hiddenRate, float attentionRate, float range) {
    return with(vocabulary, new Dropouts(hiddenRate, hiddenRate, attentionRate), range);
  }

  private ModernBertArchitecture with(int size, Dropouts rates, float range) {
    return new ModernBertArchitecture(
        size,
        hidden,
        layers,
        heads,
        feedForward,
        maxPositions,
        globalLayers,
        localWindow,
        globalRope,
        localRope,
        normEpsilon,
        biases,
        rates,
        range);
  }

  @Override
  public float hiddenDropout() {
    return dropout.feedForward();
  }

  @Override
  public float attentionDropout() {
    return dropout.attention();
  }

  /** Returns what the tokens of a layer attend to. */
  Reach reach(int layer) {
    return globalLayers.contains(layer)
        ? new Reach(false, 0, globalRope)
        : new Reach(false, localWindow, localRope);
  }

  @Override
  public List<String> maps() {
    return inEveryLayer("layers", List.of("attn/Wqkv", "attn/Wo", "mlp/Wi", "mlp/Wo"));
  }

  /** PEFT has none for ModernBERT; these are the maps to queries, keys and values, as of others that join them. */
  @Override
  public List<String> usualTargets() {
    return List.of("Wqkv");
  }

  @Override
  public Backbone build(LayerScope scope, Adapters adapters) {
    return new ModernBertBackbone(scope, this, adapters);
  }

  @Override
  public long forwardFlops(long rows, long length) {
    long projections = 4L * hidden * hidden + 3L * hidden * feedForward;
    long attention = 2L * length * hidden;
    return 2 * rows * length * layers * (projections + attention);
  }
}
