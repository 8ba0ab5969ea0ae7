package org.tdro.huggingface.safetensors;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.tdro.io.InputException;

/**
 * A tensor in a file. Its bytes are memory-mapped when first read and copied nowhere; the mapping ends when this and its buffers
 * are garbage, and no file stays open. Thread-safe.
 */
public final class TensorView {
  private final TensorSpec spec;
  private final MappedBytes data;

  TensorView(TensorSpec spec, Path file, long offset) {
    this.spec = spec;
    this.data = new MappedBytes(file, offset, spec.bytes());
  }

  /** What the tensor is. */
  public TensorSpec spec() {
    return spec;
  }

  /** The file that holds it. */
  public Path file() {
    return data.file();
  }

  public String name() {
    return spec.name();
  }

  public DType type() {
    return spec.type();
  }

  /** Sizes, outermost first; empty for a scalar. */
  public long[] shape() {
    return spec.shape();
  }

  public long elements() {
    return spec.elements();
  }

  /** Bytes of all elements; more than {@link Integer#MAX_VALUE} are read in slices. */
  public long bytes() {
    return spec.bytes();
  }

  /**
   * All bytes, read-only and little-endian.
   *
   * @throws IllegalStateException if they do not fit into a buffer
   * @throws InputException if the file was cut since it was opened
   */
  public ByteBuffer buffer() {
    if (bytes() > Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "%s has %d bytes, more than a buffer holds: read slices".formatted(spec, bytes()));
    }
    return slice(0, (int) bytes());
  }

  /**
   * Some bytes, read-only and little-endian.
   *
   * @param byteOffset first byte, counted from the start of the tensor
   * @throws IndexOutOfBoundsException if the tensor has no such bytes
   * @throws InputException if the file was cut since it was opened
   */
  public ByteBuffer slice(long byteOffset, int byteLength) {
    return data.slice(byteOffset, byteLength);
  }

  /** Such as {@code tensor 'norm.weight' F32 [32] in model.safetensors}. */
  @Override
  public String toString() {
    return spec + " in " + file().getFileName();
  }
}
