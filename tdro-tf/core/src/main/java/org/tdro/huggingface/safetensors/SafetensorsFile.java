package org.tdro.huggingface.safetensors;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** One file of tensors, its header read and checked. There is nothing to close: tensors are mapped when they are read. */
public final class SafetensorsFile {
  /** Longest header that is read, in bytes; the limit of the reference implementation. */
  static final long MAX_HEADER = 100_000_000;

  /** Bytes of the header's length. */
  static final int PREFIX = 8;

  private final SortedMap<String, TensorView> tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(SortedMap<String, TensorView> tensors, Map<String, String> metadata) {
    this.tensors = Collections.unmodifiableSortedMap(tensors);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Reads and checks the header; the values of tensors are not looked at.
   *
   * @throws InputException with all that is wrong with the file
   */
  public static SafetensorsFile open(Path file) {
    try (var channel = FileChannel.open(file)) {
      var size = channel.size();
      var length = headerLength(file, channel, size);
      var dataStart = PREFIX + length;
      var bytes = channel.map(MapMode.READ_ONLY, PREFIX, length);
      var problems = new Problems();
      var header = HeaderParser.parse(file, bytes, problems);
      header.checkLayout(file, size - dataStart, problems);
      problems.throwIfAny();
      var tensors = new TreeMap<String, TensorView>();
      for (var entry : header.entries()) {
        tensors.put(
            entry.spec().name(), new TensorView(entry.spec(), file, dataStart + entry.begin()));
      }
      return new SafetensorsFile(tensors, header.metadata());
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Tensors by name. */
  public SortedMap<String, TensorView> tensors() {
    return tensors;
  }

  /** The header's {@code __metadata__}, such as {@code format -> pt}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  private static long headerLength(Path file, FileChannel channel, long size) throws IOException {
    if (size < PREFIX) {
      throw new InputException(
          "%s: has %d bytes, a safetensors file begins with %d bytes that tell the header's length"
              .formatted(file, size, PREFIX));
    }
    var prefix = channel.map(MapMode.READ_ONLY, 0, PREFIX).order(ByteOrder.LITTLE_ENDIAN);
    if (prefix.equals(ByteBuffer.wrap("version ".getBytes(StandardCharsets.US_ASCII)))) {
      throw new InputException(
          file + ": is a Git LFS pointer, not the weights; fetch them with: git lfs pull");
    }
    var length = prefix.getLong(0);
    if (length < 0 || length > MAX_HEADER) {
      throw new InputException(
          "%s: claims a header of %s bytes, at most %d are read; it is not a safetensors file"
              .formatted(file, Long.toUnsignedString(length), MAX_HEADER));
    }
    if (length > size - PREFIX) {
      throw new InputException(
          "%s: claims a header of %d bytes, but only %d follow: the file is cut, fetch it again"
              .formatted(file, length, size - PREFIX));
    }
    return length;
  }
}
