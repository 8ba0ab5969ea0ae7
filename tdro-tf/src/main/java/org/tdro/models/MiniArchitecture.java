package org.tdro.models;

import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;

/** A transformer of BERT's shape (Devlin et al. 2019), trained from scratch: learned positions, post-LayerNorm, exact gelu. */
public record MiniArchitecture(
    int vocabulary,
    int hidden,
    int layers,
    int heads,
    int feedForward,
    int maxPositions,
    float dropout,
    float initializerRange)
    implements Architecture {
  public MiniArchitecture {
    Positive.check("vocabulary", vocabulary);
    Positive.check("hidden", hidden);
    Positive.check("layers", layers);
    Positive.check("heads", heads);
    Positive.check("feed-forward", feedForward);
    Positive.check("max-positions", maxPositions);
    if (hidden % heads != 0) {
      throw new IllegalArgumentException(
          "hidden (" + hidden + ") must be a multiple of heads (" + heads + ")");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), was " + dropout);
    }
  }

  @Override
  public Backbone build(Variables variables, long seed, StepCounter counter) {
    return new MiniBackbone(variables, this, seed, counter);
  }

  @Override
  public long forwardFlops(long rows, long length) {
    long projections = 4L * hidden * hidden + 2L * hidden * feedForward;
    long attention = 2L * length * hidden;
    return 2 * rows * length * layers * (projections + attention);
  }
}
