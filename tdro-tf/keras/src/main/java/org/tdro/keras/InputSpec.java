package org.tdro.keras;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * One input of a model.
 *
 * @param shape dimensions that vary are unknown (-1); the first is the batch
 */
public record InputSpec(String name, Class<? extends TType> type, Shape shape) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.\\-]*");

  public InputSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of an input must be of letters, digits, _, . and -, was \"" + name + "\"");
    }
    if (!shape.isUnknown() && shape.tail().numDimensions() > 0 && containsZero(shape)) {
      throw new IllegalArgumentException(
          "sizes of the input " + name + " must be at least 1, or -1 for any, were " + shape);
    }
  }

  private static boolean containsZero(Shape shape) {
    return Arrays.stream(shape.asArray()).anyMatch(size -> size == 0);
  }

  /** Returns a type in the words of {@link Dataset#of}. */
  static String words(Class<?> type) {
    if (type == TFloat32.class) {
      return "floats";
    }
    return type == TInt32.class ? "ints" : type.getSimpleName();
  }

  private static String words(Tensor tensor) {
    if (tensor instanceof TFloat32) {
      return words(TFloat32.class);
    }
    return tensor instanceof TInt32 ? words(TInt32.class) : tensor.dataType().toString();
  }

  /**
   * Refuses a tensor of another type or shape.
   *
   * @throws IllegalArgumentException naming the input
   */
  void check(Tensor tensor) {
    if (!type.isInstance(tensor)) {
      throw new IllegalArgumentException("the input " + name + " takes " + words(type)
          + ", but the batch has " + words(tensor) + " there");
    }
    if (!shape.isCompatibleWith(tensor.shape())) {
      throw new IllegalArgumentException("the input " + name + " has shape " + shape
          + " (-1: any size), but the batch has " + tensor.shape() + " there");
    }
  }
}
