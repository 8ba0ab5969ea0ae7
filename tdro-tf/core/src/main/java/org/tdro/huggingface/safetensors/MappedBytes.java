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
 * A stretch of a file, mapped when it is first read. A mapping holds at most 2 GiB; one begins at every GiB and reaches as far as
 * it can, so that any GiB lies within one of them. They are kept, as a process may have only some ten thousands, and end when this
 * is garbage.
 */
final class MappedBytes {
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
      // Of two threads that come here at once one maps in vain, which harms nobody.
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
