package org.tdro.models;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.tdro.io.Checks;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

/**
 * A decoder-only language model without its head, as Llama, Mistral, Qwen2, Qwen3 and Gemma are built: pre-normalisation by root mean
 * square, rotary positions, grouped-query attention, SwiGLU. What only some have is absent from a retriever's JSON where it
 * does not apply, so that files and fingerprints of the others stay as they were.
 *
 * @param keyValueHeads heads of keys and values; each serves {@code heads / keyValueHeads} queries
 * @param headSize width of a head; {@code heads · headSize} need not be {@code hidden}
 * @param maxPositions the longest text it was trained for
 * @param normEpsilon ε of the norms, added to the mean square
 * @param inputBias whether the maps to queries, keys and values have a bias
 * @param outputBias whether the attention's output map has one
 * @param feedForwardBias whether the feed-forward maps have one
 * @param headNorms whether the queries and the keys of each head are normalised before they are turned, as in Qwen3
 * @param bidirectional whether tokens attend to those after them, too
 * @param gemma what Gemma 2 and 3 have besides; null for the others
 * @param slidingWindow tokens that a token attends to, itself included, or, where it attends to those after it, the number on
 *     either side of it; 0 for no window
 * @param firstWindowLayer layers before this one attend to all, unless {@code gemma} names those that do
 * @param attentionDropout share of attention weights that is 0 in training
 * @param initializerRange standard deviation of initial weights
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

    @JsonSetter(nulls = Nulls.AS_EMPTY) @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    boolean headNorms,

    @JsonSetter(nulls = Nulls.AS_EMPTY) @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    boolean bidirectional,

    @JsonSetter(nulls = Nulls.SET) @JsonInclude(JsonInclude.Include.NON_NULL)
    Gemma gemma,

    int slidingWindow,
    int firstWindowLayer,
    float attentionDropout,
    float initializerRange)
    implements Architecture {

  /**
   * The part of a shape that Gemma 2 and 3 have (Gemma Team 2024 and 2025). Their embeddings are multiplied by √hidden, norms by one more
   * than their weights; the results of attention and feed-forward network are normalised, too; and the gate is an approximate gelu.
   *
   * @param queryScalar products of queries and keys are divided by its root
   * @param scoreCap c of c·tanh(score / c), which keeps the scores of attention within ±c; 0 for none
   * @param fullLayers layers whose tokens attend to all others; those of the rest have the window
   * @param windowRope rotary positions of layers with the window
   */
  public record Gemma(
      double queryScalar, double scoreCap, List<Integer> fullLayers, Rope windowRope) {
    public Gemma {
      fullLayers = List.copyOf(fullLayers);
      new Checks()
          .positive("queryScalar", queryScalar)
          .that(scoreCap >= 0, "scoreCap must be at least 0, was " + scoreCap)
          .done();
    }
  }

  public DecoderArchitecture {
    new Checks()
        .atLeast(1, "vocabulary", vocabulary)
        .positive("normEpsilon", normEpsilon)
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

  /**
   * Returns a builder of Llama's shape: as many heads of keys and values as of queries, heads of {@code hidden / heads}, a
   * feed-forward width of four times {@code hidden}, 2048 positions, rotary positions with θ = 10,000, no biases, no norms of
   * heads, no window, no dropout.
   */
  public static Builder builder(int vocabulary, int hidden, int layers, int heads) {
    return new Builder(vocabulary, hidden, layers, heads);
  }

  private Builder toBuilder() {
    return builder(vocabulary, hidden, layers, heads)
        .keyValueHeads(keyValueHeads)
        .headSize(headSize)
        .feedForward(feedForward)
        .maxPositions(maxPositions)
        .rope(rope)
        .normEpsilon(normEpsilon)
        .inputBias(inputBias)
        .outputBias(outputBias)
        .feedForwardBias(feedForwardBias)
        .headNorms(headNorms)
        .bidirectional(bidirectional)
        .gemma(gemma)
        .slidingWindow(slidingWindow, firstWindowLayer)
        .attentionDropout(attentionDropout)
        .initializerRange(initializerRange);
  }

  @Override
  public DecoderArchitecture withVocabulary(int size) {
    var builder = toBuilder();
    builder.vocabulary = size;
    return builder.build();
  }

  @Override
  public DecoderArchitecture withTraining(float hiddenRate, float attentionRate, float range) {
    return toBuilder().attentionDropout(attentionRate).initializerRange(range).build();
  }

  /** Returns what the tokens of a layer attend to. */
  Reach reach(int layer) {
    boolean windowed =
        gemma == null ? layer >= firstWindowLayer : !gemma.fullLayers().contains(layer);
    return new Reach(
        !bidirectional,
        windowed ? slidingWindow : 0,
        windowed && gemma != null ? gemma.windowRope() : rope);
  }

  @Override
  public List<String> maps() {
    return inEveryLayer(
        "layers",
        List.of(
            "self_attn/q_proj",
            "self_attn/k_proj",
            "self_attn/v_proj",
            "self_attn/o_proj",
            "mlp/gate_proj",
            "mlp/up_proj",
            "mlp/down_proj"));
  }

  @Override
  public List<String> usualTargets() {
    return List.of("q_proj", "v_proj");
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

  /** Collects the parts of a shape. */
  public static final class Builder {
    private int vocabulary;
    private final int hidden;
    private final int layers;
    private final int heads;
    private int keyValueHeads;
    private int headSize;
    private int feedForward;
    private int maxPositions = 2048;
    private Rope rope = new Rope(10_000, Rope.Scaling.NONE);
    private float normEpsilon = 1e-6f;
    private boolean inputBias;
    private boolean outputBias;
    private boolean feedForwardBias;
    private boolean headNorms;
    private boolean bidirectional;
    private Gemma gemma;
    private float attentionDropout;
    private float initializerRange = 0.02f;
    private int slidingWindow;
    private int firstWindowLayer;

    private Builder(int vocabulary, int hidden, int layers, int heads) {
      this.vocabulary = vocabulary;
      this.hidden = hidden;
      this.layers = layers;
      this.heads = heads;
      this.keyValueHeads = heads;
      this.headSize = hidden / Math.max(1, heads);
      this.feedForward = 4 * hidden;
    }

    /** Sets the heads of keys and values; each serves {@code heads / keyValueHeads} queries. */
    public Builder keyValueHeads(int keyValueHeads) {
      this.keyValueHeads = keyValueHeads;
      return this;
    }

    /** Sets the width of a head. */
    public Builder headSize(int headSize) {
      this.headSize = headSize;
      return this;
    }

    /** Sets the width between the products of a feed-forward block. */
    public Builder feedForward(int feedForward) {
      this.feedForward = feedForward;
      return this;
    }

    /** Sets the longest text, in tokens. */
    public Builder maxPositions(int maxPositions) {
      this.maxPositions = maxPositions;
      return this;
    }

    /** Sets the rotary positions. */
    public Builder rope(Rope rope) {
      this.rope = rope;
      return this;
    }

    /** Sets ε of the norms, added to the mean square. */
    public Builder normEpsilon(float normEpsilon) {
      this.normEpsilon = normEpsilon;
      return this;
    }

    /** Sets whether the maps to queries, keys and values have a bias. */
    public Builder inputBias(boolean inputBias) {
      this.inputBias = inputBias;
      return this;
    }

    /** Sets whether the attention's output map has a bias. */
    public Builder outputBias(boolean outputBias) {
      this.outputBias = outputBias;
      return this;
    }

    /** Sets whether the feed-forward maps have a bias. */
    public Builder feedForwardBias(boolean feedForwardBias) {
      this.feedForwardBias = feedForwardBias;
      return this;
    }

    /** Sets whether the queries and the keys of each head are normalised. */
    public Builder headNorms(boolean headNorms) {
      this.headNorms = headNorms;
      return this;
    }

    /** Sets whether tokens attend to those after them, too. */
    public Builder bidirectional(boolean bidirectional) {
      this.bidirectional = bidirectional;
      return this;
    }

    /** Sets what Gemma 2 and 3 have besides; null for none of it. */
    public Builder gemma(Gemma gemma) {
      this.gemma = gemma;
      return this;
    }

    /** Sets the share of attention weights that is 0 in training. */
    public Builder attentionDropout(float attentionDropout) {
      this.attentionDropout = attentionDropout;
      return this;
    }

    /** Sets the standard deviation of initial weights. */
    public Builder initializerRange(float initializerRange) {
      this.initializerRange = initializerRange;
      return this;
    }

    /**
     * Sets the attention's window.
     *
     * @param tokens that a token attends to, itself included, or the number on either side of it; 0 for no window
     * @param firstLayer layers before this one attend to all
     */
    public Builder slidingWindow(int tokens, int firstLayer) {
      slidingWindow = tokens;
      firstWindowLayer = firstLayer;
      return this;
    }

    /**
     * Returns the shape.
     *
     * @throws IllegalArgumentException with all problems, one a line
     */
    public DecoderArchitecture build() {
      return new DecoderArchitecture(
          vocabulary,
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
          headNorms,
          bidirectional,
          gemma,
          slidingWindow,
          firstWindowLayer,
          attentionDropout,
          initializerRange);
    }
  }
}
