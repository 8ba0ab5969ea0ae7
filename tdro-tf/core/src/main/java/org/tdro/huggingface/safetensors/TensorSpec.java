package org.tdro.huggingface.safetensors;

import java.util.Arrays;
import org.tdro.io.Printable;

/**
 * A tensor's name, type and shape, without its values.
 *
 * @param name such as {@code layers.0.mlp.up_proj.weight}
 * @param shape sizes, outermost first; empty for a scalar
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, compared by content
public record TensorSpec(String name, DType type, long[] shape) {
  /** Dimensions that a tensor may have; no framework writes more. */
  static final int MAX_RANK = 32;

  /** The only name that no tensor may have. */
  static final String METADATA = "__metadata__";

  private static final int SHOWN = 200;

  /**
   * Checks the name and the shape.
   *
   * @throws IllegalArgumentException if a size is negative, or the bytes are more than a {@code long} counts
   */
  public TensorSpec {
    shape = shape.clone();
    if (name.equals(METADATA)) {
      throw new IllegalArgumentException("a tensor cannot be named " + name);
    }
    if (shape.length > MAX_RANK) {
      throw new IllegalArgumentException("%s has %d dimensions, at most %d are possible"
          .formatted(label(name), shape.length, MAX_RANK));
    }
    for (var size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "%s: shape %s has a negative size".formatted(label(name), Arrays.toString(shape)));
      }
    }
    try {
      Math.multiplyExact(product(shape), (long) type.bytes());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s: shape %s of %s is larger than any file"
              .formatted(label(name), Arrays.toString(shape), type),
          e);
    }
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  public long elements() {
    return product(shape);
  }

  /** Bytes of all elements. */
  public long bytes() {
    return elements() * type.bytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorSpec that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + type.hashCode()) + Arrays.hashCode(shape);
  }

  /** Returns a text such as {@code tensor 'norm.weight' F32 [32]}. */
  @Override
  public String toString() {
    return label(name) + " " + type + " " + Arrays.toString(shape);
  }

  /** Returns a name as messages show it. */
  static String label(String name) {
    return "tensor '" + shown(name) + "'";
  }

  /** Returns a text from a file as messages show it: truncated, and without control characters for a terminal. */
  static String shown(String text) {
    var start = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    return Printable.of(start).replaceAll("[\\t\\r\\n]", "?");
  }

  private static long product(long[] shape) {
    long product = 1L;
    for (var size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }
}
