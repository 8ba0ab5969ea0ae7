package org.tdro.models;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Embedding;
import org.tensorflow.Operand;
import org.tensorflow.types.TInt32;

/** Token embeddings as hidden states. */
final class StaticBackbone implements Backbone {
  private final Embedding tokens;
  private final int hidden;

  StaticBackbone(LayerScope scope, StaticArchitecture shape) {
    var initializer = Initializer.truncatedNormal(shape.initializerRange());
    tokens = new Embedding(
        scope.under("embeddings/tokens"), shape.vocabulary(), shape.hidden(), initializer);
    hidden = shape.hidden();
  }

  @Override
  public HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    return HiddenStates.of(tokens.call(context, ids));
  }

  @Override
  public int hidden() {
    return hidden;
  }
}
