package org.tdro.models;

import org.tdro.keras.Initializer;
import org.tdro.keras.Pass;
import org.tdro.keras.Variables;
import org.tdro.keras.layers.Embedding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** Token embeddings as hidden states. */
final class StaticBackbone implements Backbone {
  private final Embedding tokens;
  private final int hidden;

  StaticBackbone(Variables variables, StaticArchitecture shape) {
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    tokens = new Embedding(
        variables, "embeddings/tokens", shape.vocabulary(), shape.hidden(), initializer);
    hidden = shape.hidden();
  }

  @Override
  public HiddenStates call(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Pass pass) {
    return HiddenStates.of(tokens.call(tf, ids));
  }

  @Override
  public int hidden() {
    return hidden;
  }
}
