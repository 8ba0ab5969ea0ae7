package org.tdro.models;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Layer;
import org.tdro.models.Backbone.HiddenStates;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The blocks of a transformer, one after the other.
 *
 * @param hidden size of a state
 * @param first changes the embeddings before the first block
 * @param last changes the states after the last block
 */
record TransformerStack(
    int hidden, Layer<TFloat32> first, List<TransformerBlock> blocks, Layer<TFloat32> last) {
  TransformerStack {
    blocks = List.copyOf(blocks);
  }

  /** Returns what the layers share in a batch; {@code ids} and {@code mask} are {@code [batch, length]}. */
  AttentionBatch batch(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    var reaches =
        blocks.stream().map(block -> block.attention().reach()).distinct().toList();
    int headSize = blocks.get(0).attention().heads().size();
    return new AttentionBatch(context.tf(), ids, mask, reaches, headSize);
  }

  /** Returns the states of a batch with the given embeddings, {@code [batch, length, hidden]}. */
  HiddenStates call(CallContext context, Operand<TFloat32> embeddings, AttentionBatch batch) {
    var tf = context.tf();
    // One matrix of the rows of all texts: products of two matrices have the fastest kernels.
    var rows = tf.reshape(embeddings, tf.constant(new int[] {-1, hidden}));
    var before = first.call(context, rows);
    var secondLast = before;
    var after = before;
    for (var block : blocks) {
      secondLast = after;
      after = context.callBlock((inner, x) -> block.call(inner, x, batch), after);
    }
    return new HiddenStates(
        batch.separateTexts(tf, before, hidden),
        batch.separateTexts(tf, secondLast, hidden),
        batch.separateTexts(tf, last.call(context, after), hidden));
  }
}
