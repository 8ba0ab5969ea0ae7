package org.tdro.models.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import org.tdro.models.CheckpointException;

/**
 * A tensor in a file. Its bytes are memory-mapped when asked for, and copied nowhere; a mapping ends when its buffer is garbage,
 * and no file stays open. Thread-safe.
 *
 * @param file the file that holds it
 * @param offset byte of the file at which it begins
 */
public record TensorView(TensorSpec spec, Path file, long offset) {
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
   * @throws CheckpointException if the file was cut since it was opened
   */
  public ByteBuffer slice(long byteOffset, int byteLength) {
    if (byteOffset < 0 || byteLength < 0 || byteOffset > bytes() - byteLength) {
      throw new IndexOutOfBoundsException("%d bytes from byte %d of %s, which has %d"
          .formatted(byteLength, byteOffset, spec, bytes()));
    }
    var start = offset + byteOffset;
    try (var channel = FileChannel.open(file)) {
      if (channel.size() < start + byteLength) {
        throw new CheckpointException("%s: the file was cut to %d bytes while in use; %s needs more"
            .formatted(file, channel.size(), spec));
      }
      return channel.map(MapMode.READ_ONLY, start, byteLength).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read %s of %s: %s".formatted(spec, file, e.getMessage()), e);
    }
  }
}
