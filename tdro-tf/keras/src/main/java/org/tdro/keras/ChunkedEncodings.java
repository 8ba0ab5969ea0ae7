package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Vectors that are computed before the step in chunks, and learn after it in the same chunks (GradCache, Gao et al. 2021):
 * in the step they are placeholders. Only a chunk's activations are in memory at a time.
 *
 * <p>Belongs to one model. Sequences that share an encoder share chunks, whichever inputs they come from.
 */
public final class ChunkedEncodings implements Encodings {
  private final Chunking chunking;
  private final List<ChunkEncoder> encoders = new ArrayList<>();

  /** Encodings in chunks of that size. */
  public ChunkedEncodings(Chunking chunking) {
    this.chunking = chunking;
  }

  /** Sequences of the step and the placeholder {@code [batch, dimension]} of their vectors. */
  record Call(Sequences sequences, Placeholder<TFloat32> vectors) {}

  /**
   * One encoder on one chunk.
   *
   * @param learns whether it runs with dropout and has gradients; a frozen one does not
   * @param ids {@code [chunk, length]}
   * @param mask {@code [chunk, length]}
   * @param vectors {@code [chunk, dimension]}
   * @param gradients of the loss with respect to these, to be fed
   * @param calls of the step, in order
   */
  record ChunkEncoder(
      SequenceEncoder encoder,
      boolean learns,
      Placeholder<TInt32> ids,
      Placeholder<TInt32> mask,
      Operand<TFloat32> vectors,
      Placeholder<TFloat32> gradients,
      List<Call> calls) {

    int dimension() {
      return encoder.dimension();
    }
  }

  @Override
  public Operand<TFloat32> of(
      CallContext context,
      GradientTape tape,
      SequenceEncoder encoder,
      Inputs batch,
      Sequences sequences) {
    var tf = tape.tf().withSubScope("encodings");
    var shape = Placeholder.shape(Shape.of(-1, encoder.dimension()));
    var vectors = tape.watch(tf.placeholder(TFloat32.class, shape));
    chunkEncoder(context, encoder).calls().add(new Call(sequences, vectors));
    return vectors;
  }

  private ChunkEncoder chunkEncoder(CallContext context, SequenceEncoder encoder) {
    for (var known : encoders) {
      if (known.encoder() == encoder && known.learns() == context.training()) {
        return known;
      }
    }
    var tf = context.tf().withSubScope("chunk");
    var tokens = Placeholder.shape(Shape.of(-1, -1));
    var ids = tf.placeholder(TInt32.class, tokens);
    var mask = tf.placeholder(TInt32.class, tokens);
    var vectors = encoder.call(context, ids, mask);
    var gradients =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, encoder.dimension())));
    var added = new ChunkEncoder(
        encoder, context.training(), ids, mask, vectors, gradients, new ArrayList<>());
    encoders.add(added);
    return added;
  }

  Chunking chunking() {
    return chunking;
  }

  List<ChunkEncoder> encoders() {
    return encoders;
  }
}
