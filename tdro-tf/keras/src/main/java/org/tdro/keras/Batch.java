package org.tdro.keras;

import java.util.Map;
import org.tensorflow.Tensor;

/**
 * The values of a model's inputs for one micro-batch. Owns the tensors: whoever asked the {@link Dataset} for the batch
 * closes it; the constructor closes them where it throws.
 *
 * @param tensors by the name of the input
 * @param rows number of examples, for averages and rates
 */
public record Batch(Map<String, Tensor> tensors, int rows) implements AutoCloseable {
  public Batch {
    tensors = Map.copyOf(tensors);
    if (rows < 1) {
      tensors.values().forEach(Tensor::close);
      throw new IllegalArgumentException("a batch has at least one row, was " + rows);
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
