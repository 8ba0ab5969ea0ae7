package org.tdro.keras;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A scalar to be minimised, of a model's inputs and outputs. Ready-made ones are in {@link org.tdro.keras.losses}. */
@FunctionalInterface
public interface Loss {

  /**
   * The value for one batch.
   *
   * @param inputs every input of the batch, labels among them
   * @param outputs what {@link Model#call} returned
   * @return a scalar, the mean over the rows of the batch
   */
  Operand<TFloat32> call(Ops tf, Inputs inputs, Operand<TFloat32> outputs);

  /** The labels that it reads, which a model then need not name among its inputs. */
  default Optional<InputSpec> labels() {
    return Optional.empty();
  }

  /**
   * Checks the labels of a batch before it is used.
   *
   * @param outputs static shape of the outputs
   * @throws IllegalArgumentException naming row and value of a label that does not fit
   */
  default void check(Batch batch, Shape outputs) {}
}
