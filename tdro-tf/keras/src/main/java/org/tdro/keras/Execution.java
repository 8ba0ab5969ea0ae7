package org.tdro.keras;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A strategy to execute training steps: it provides a step with the encodings of its batch and turns the description of
 * the step into runs of the graph. {@link Model#execution(Execution)} sets it.
 *
 * <p>An execution is a value that any number of models may share; what it knows of one model's step is in the {@link
 * Builder}.
 */
public interface Execution {

  /**
   * Begins the training step of a model.
   *
   * @param tape over the graph of {@code model}
   * @param batch the inputs of {@code model}
   */
  Builder begin(Model model, GradientTape tape, Inputs batch);

  /** Returns the default: a micro-batch is one run of the graph. */
  static Execution direct() {
    return OneRunProgram.Builder::new;
  }

  /** One training step in the making: {@link #encode} while the step is described, then {@link #program} once. */
  interface Builder {

    /**
     * Returns the vectors of the rows of a batch.
     *
     * @param context in which the encoder is called; without training, its vectors have no gradient
     * @param encoder calls with the same encoder may be computed together
     * @param inputs names of inputs of the model, the rows of which are encoded
     * @return {@code [batch, dimension]}
     */
    Operand<TFloat32> encode(CallContext context, RowEncoder encoder, List<String> inputs);

    /**
     * Adds what {@code step} writes to the graph and returns the program that runs it.
     *
     * @throws IllegalArgumentException if the step cannot be executed so
     */
    TrainingProgram program(TrainStep step);
  }
}
