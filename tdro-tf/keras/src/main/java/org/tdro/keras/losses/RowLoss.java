package org.tdro.keras.losses;

import java.util.Optional;
import org.tdro.keras.Batch;
import org.tdro.keras.Dataset;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.Loss;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** A loss of each row against its label, averaged over the rows of a batch. Labels are the input {@value Dataset#LABELS}. */
public abstract class RowLoss implements Loss {
  private String labels = Dataset.LABELS;

  /** Reads the labels from another input. */
  public RowLoss labels(String input) {
    labels = input;
    return this;
  }

  /**
   * Returns the loss of each row, {@code [batch]} or {@code [batch, ...]}.
   *
   * @param labels the labels as they were fed
   * @param outputs {@code [batch, ...]}
   */
  protected abstract Operand<TFloat32> rows(Ops tf, Operand<?> labels, Operand<TFloat32> outputs);

  /** The type of labels. */
  Class<? extends TType> labelType() {
    return TFloat32.class;
  }

  /** @throws IllegalArgumentException if labels do not fit outputs of that static shape, naming row and value */
  void check(String name, Batch batch, Shape outputs) {
    var values = batch.tensors().get(name);
    long width = outputs.size() == Shape.UNKNOWN_SIZE ? perRow(outputs) : outputs.size();
    if (values != null && width > 0 && values.shape().size() != batch.rows() * width) {
      throw new IllegalArgumentException(name + " has " + values.shape().size() / batch.rows()
          + " values a row, but the outputs have " + width);
    }
  }

  /** Numbers in a row of outputs of that static shape; -1 if unknown. */
  private static long perRow(Shape outputs) {
    return outputs.isUnknown() || outputs.numDimensions() == 0
        ? -1
        : outputs.numDimensions() == 1 ? 1 : outputs.tail().size();
  }

  @Override
  public final Optional<InputSpec> labels() {
    return Optional.of(new InputSpec(labels, labelType(), Shape.unknown()));
  }

  @Override
  public final void check(Batch batch, Shape outputs) {
    check(labels, batch, outputs);
  }

  @Override
  public final Operand<TFloat32> call(Ops tf, Inputs inputs, Operand<TFloat32> outputs) {
    var rows = rows(tf, inputs.get(labels), outputs);
    return tf.math.mean(tf.reshape(rows, tf.constant(new int[] {-1})), tf.constant(0));
  }
}
