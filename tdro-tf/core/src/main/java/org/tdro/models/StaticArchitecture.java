package org.tdro.models;

import java.util.List;
import org.tdro.io.Checks;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Embedding;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/** A learned vector for each token and nothing else: very fast, blind to word order. */
public record StaticArchitecture(int vocabulary, int hidden, float initializerRange)
    implements Architecture {
  public StaticArchitecture {
    new Checks()
        .atLeast(1, "vocabulary", vocabulary)
        .atLeast(1, "hidden", hidden)
        .done();
  }

  @Override
  public StaticArchitecture withVocabulary(int size) {
    return new StaticArchitecture(size, hidden, initializerRange);
  }

  @Override
  public StaticArchitecture withTraining(float hiddenDropout, float attentionDropout, float range) {
    return new StaticArchitecture(vocabulary, hidden, range);
  }

  @Override
  public List<String> maps() {
    return List.of();
  }

  @Override
  public List<String> usualTargets() {
    return List.of();
  }

  @Override
  public int layers() {
    return 0;
  }

  @Override
  public int maxPositions() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Backbone build(LayerScope scope, Adapters adapters) {
    return new StaticBackbone(scope, this);
  }

  @Override
  public long forwardFlops(long rows, long length) {
    return 0;
  }

  /** Token embeddings as hidden states. */
  private static final class StaticBackbone implements Backbone {
    private final Embedding tokens;
    private final int hidden;

    StaticBackbone(LayerScope scope, StaticArchitecture shape) {
      var initializer = Initializer.truncatedNormal(shape.initializerRange());
      tokens = new Embedding(
          scope.under("embeddings/tokens"), shape.vocabulary(), shape.hidden(), initializer);
      hidden = shape.hidden();
    }

    @Override
    public Backbone.HiddenStates call(
        CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
      return Backbone.HiddenStates.of(tokens.call(context, ids));
    }

    @Override
    public int hidden() {
      return hidden;
    }
  }
}
