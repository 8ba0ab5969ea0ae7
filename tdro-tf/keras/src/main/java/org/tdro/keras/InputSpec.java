package org.tdro.keras;

import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TType;

/**
 * One input of a model.
 *
 * @param shape dimensions that vary are unknown (-1); the first is the batch
 */
public record InputSpec(String name, Class<? extends TType> type, Shape shape) {

  /**
   * Refuses a tensor of another type or shape.
   *
   * @throws IllegalArgumentException naming the input
   */
  void check(Tensor tensor) {
    if (!type.isInstance(tensor)) {
      throw new IllegalArgumentException("the input " + name + " is " + type.getSimpleName()
          + ", but the batch has " + tensor.dataType() + " there");
    }
    if (!shape.isCompatibleWith(tensor.shape())) {
      throw new IllegalArgumentException("the input " + name + " has shape " + shape
          + " (-1: any size), but the batch has " + tensor.shape() + " there");
    }
  }
}
