package org.tdro.models;

import java.util.ArrayList;
import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.Layer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dropout;
import org.tdro.keras.layers.Embedding;
import org.tdro.keras.layers.LayerNormalization;
import org.tdro.models.ModernBertArchitecture.Part;
import org.tdro.models.SelfAttention.Heads;
import org.tdro.models.SelfAttention.Inputs;
import org.tdro.models.TransformerBlock.Residual;
import org.tdro.models.lora.Adapters;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Normalised token embeddings, blocks of normalised inputs and a last norm; weights are named as in published checkpoints. */
final class ModernBertBackbone implements Backbone {
  private final ModernBertArchitecture shape;
  private final Adapters adapters;
  private final Initializer initial;
  private final Embedding tokens;
  private final TransformerStack stack;

  ModernBertBackbone(LayerScope scope, ModernBertArchitecture shape, Adapters adapters) {
    this.shape = shape;
    this.adapters = adapters;
    initial = Initializer.truncatedNormal(shape.initializerRange());
    var embeddings = scope.under("embeddings");
    tokens = new Embedding(
        embeddings.under("tok_embeddings"), shape.vocabulary(), shape.hidden(), initial);
    var norm = norm(embeddings.under("norm"));
    var dropout = new Dropout(embeddings.under("drop"), shape.dropout().embeddings());
    var blocks = new ArrayList<TransformerBlock>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(block(scope.under("layers/" + layer), layer));
    }
    stack = new TransformerStack(
        shape.hidden(),
        (context, x) -> dropout.call(context, norm.call(context, x)),
        blocks,
        norm(scope.under("final_norm")));
  }

  private TransformerBlock block(LayerScope scope, int layer) {
    int hidden = shape.hidden();
    int width = shape.feedForward();
    // The embeddings are normalised already.
    var attentionNorm = layer == 0 ? Activation.LINEAR : norm(scope.under("attn_norm"));
    var inner = scope.under("attn");
    var attention = new SelfAttention(
        Heads.of(shape.heads(), hidden / shape.heads()),
        Inputs.joined(map(inner.under("Wqkv"), hidden, 3 * hidden, Part.ATTENTION)),
        map(inner.under("Wo"), hidden, hidden, Part.ATTENTION),
        new Dropout(inner.under("dropout"), shape.dropout().attention()),
        shape.reach(layer));
    var feedForwardNorm = norm(scope.under("mlp_norm"));
    var mlp = scope.under("mlp");
    var both = map(mlp.under("Wi"), hidden, 2 * width, Part.FEED_FORWARD);
    var down = map(mlp.under("Wo"), width, hidden, Part.FEED_FORWARD);
    var dropout = new Dropout(mlp.under("drop"), shape.dropout().feedForward());
    return new TransformerBlock(
        Residual.pre(
            attentionNorm, new Dropout(inner.under("out_drop"), shape.dropout().attention())),
        attention,
        Residual.pre(feedForwardNorm, Activation.LINEAR),
        FeedForward.gatedJointly(
            both, Activation.GELU, (context, x) -> down.call(context, dropout.call(context, x))));
  }

  private Layer<TFloat32> map(LayerScope scope, int in, int out, Part part) {
    return adapters.dense(scope, in, out, initial, shape.biases().contains(part));
  }

  private Layer<TFloat32> norm(LayerScope scope) {
    var norm =
        new LayerNormalization(shape.normEpsilon()).center(shape.biases().contains(Part.NORMS));
    norm.build(scope, Shape.of(-1, shape.hidden()));
    return norm;
  }

  @Override
  public HiddenStates call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    return stack.call(context, tokens.call(context, ids), stack.batch(context, ids, mask));
  }

  @Override
  public int hidden() {
    return shape.hidden();
  }
}
