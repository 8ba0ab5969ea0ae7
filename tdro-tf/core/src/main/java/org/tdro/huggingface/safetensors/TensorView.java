package org.tdro.huggingface.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.tdro.io.FileException;
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

  /** The name, type and shape. */
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

  /** Returns a text such as {@code tensor 'norm.weight' F32 [32] in model.safetensors}. */
  @Override
  public String toString() {
    return spec + " in " + file().getFileName();
  }

  /**
   * A stretch of a file, mapped when it is first read. A mapping holds at most 2 GiB; one begins at every GiB and reaches as far as
   * it can, so that any GiB lies within one of them. They are kept, since a process may have only some ten thousand, and end when
   * this is garbage.
   */
  private static final class MappedBytes {
    private static final int SHIFT = 30;

    private final Path file;
    private final long offset;
    private final long length;
    private final AtomicReferenceArray<ByteBuffer> mappings;

    MappedBytes(Path file, long offset, long length) {
      this.file = file;
      this.offset = offset;
      this.length = length;
      this.mappings = new AtomicReferenceArray<>((int) (length >> SHIFT) + 1);
    }

    Path file() {
      return file;
    }

    /**
     * Bytes {@code [from, from + count)}, read-only and little-endian.
     *
     * @throws IndexOutOfBoundsException if there are no such bytes
     * @throws InputException if the file was cut since it was opened
     */
    ByteBuffer slice(long from, int count) {
      if (from < 0 || count < 0 || from > length - count) {
        throw new IndexOutOfBoundsException(
            "%d bytes from byte %d of %d".formatted(count, from, length));
      }
      var index = (int) (from >> SHIFT);
      var start = (long) index << SHIFT;
      var reach = (int) Math.min(Integer.MAX_VALUE, length - start);
      if (from + count > start + reach) {
        return map(from, count);
      }
      var mapping = mappings.get(index);
      if (mapping == null) {
        // Two threads may map the same stretch at once, which does no harm.
        mapping = map(start, reach);
        mappings.set(index, mapping);
      }
      return mapping.slice((int) (from - start), count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer map(long from, int count) {
      try (var channel = FileChannel.open(file)) {
        if (channel.size() < offset + length) {
          throw new InputException(
              "%s: was cut to %d bytes while in use".formatted(file, channel.size()));
        }
        return channel.map(MapMode.READ_ONLY, offset + from, count).order(ByteOrder.LITTLE_ENDIAN);
      } catch (IOException e) {
        throw FileException.reading(file, e);
      }
    }
  }
}
