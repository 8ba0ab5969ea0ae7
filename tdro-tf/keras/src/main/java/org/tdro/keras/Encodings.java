package org.tdro.keras;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Where a training step has the vectors of its batch's sequences from: the step says which, this says how. */
public interface Encodings {

  /** Inputs of a model that hold sequences, by name: integers {@code [batch, length]}. */
  record Sequences(String ids, String mask) {}

  /** The vectors of {@code sequences} under {@code encoder}, {@code [batch, dimension]}. */
  Operand<TFloat32> of(
      CallContext context,
      GradientTape tape,
      SequenceEncoder encoder,
      Inputs batch,
      Sequences sequences);

  /** By one call of the encoder within the step. */
  static Encodings allAtOnce() {
    return (context, tape, encoder, batch, sequences) ->
        encoder.call(context, batch.ints(sequences.ids()), batch.ints(sequences.mask()));
  }
}
