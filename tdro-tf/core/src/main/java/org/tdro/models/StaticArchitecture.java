package org.tdro.models;

import org.tdro.io.Checks;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

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
}
