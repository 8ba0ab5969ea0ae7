package org.tdro.huggingface.safetensors;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes one file of tensors that are known up front, their bytes one tensor after the other and in pieces as they come, so that
 * memory does not grow with them. The file is for the caller to put in place once it is complete, with {@code AtomicWrite}.
 *
 * <pre>{@code
 * try (var writer = SafetensorsWriter.create(file, List.of(spec), Map.of("format", "pt"))) {
 *   writer.write(spec.name(), bytes);
 * }
 * }</pre>
 */
public final class SafetensorsWriter implements AutoCloseable {
  /** Metadata that readers of PyTorch's weights ask for; transformers refuses files without it. */
  public static final Map<String, String> PYTORCH = Map.of("format", "pt");

  /** Data begin at a multiple of this, so that a mapped tensor is aligned. */
  private static final int ALIGNMENT = 8;

  /** Bytes given to the channel at once: of a heap buffer it takes a native copy. */
  private static final int PIECE = 1 << 20;

  private static final JsonFactory JSON = new JsonFactory();

  private final FileChannel channel;
  private final List<TensorSpec> tensors;
  private int current;
  private long left;

  private SafetensorsWriter(FileChannel channel, List<TensorSpec> tensors) {
    this.channel = channel;
    this.tensors = tensors;
    this.left = tensors.isEmpty() ? 0 : tensors.get(0).bytes();
    skipComplete();
  }

  /**
   * Begins a file and writes its header; a file that is there is overwritten.
   *
   * @param tensors in the order in which their bytes will come
   * @throws IllegalArgumentException if a name is used twice, or the header becomes longer than is read
   */
  public static SafetensorsWriter create(
      Path file, List<TensorSpec> tensors, Map<String, String> metadata) throws IOException {
    var header = header(tensors, metadata);
    var channel = FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
    try {
      var writer = new SafetensorsWriter(channel, List.copyOf(tensors));
      writer.writeFully(header);
      return writer;
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Writes what remains of {@code bytes}, little-endian, as the next bytes of a tensor. Nothing need be written of an empty one.
   *
   * @throws IllegalArgumentException if it is not this tensor's turn, or if it lacks fewer bytes
   */
  public void write(String tensor, ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      return;
    }
    if (current == tensors.size() || !tensors.get(current).name().equals(tensor)) {
      throw new IllegalArgumentException("%d bytes more come for %s, but %s"
          .formatted(
              bytes.remaining(),
              TensorSpec.label(tensor),
              current == tensors.size()
                  ? "all tensors are complete"
                  : "it is the turn of " + tensors.get(current)));
    }
    if (bytes.remaining() > left) {
      throw new IllegalArgumentException(
          "%s lacks %d bytes, %d come".formatted(tensors.get(current), left, bytes.remaining()));
    }
    left -= bytes.remaining();
    writeFully(bytes);
    skipComplete();
  }

  /**
   * Closes the file.
   *
   * @throws IllegalStateException if bytes are missing
   */
  @Override
  public void close() throws IOException {
    channel.close();
    if (current < tensors.size()) {
      throw new IllegalStateException("%s lacks %d of %d bytes, and %d more tensors all of theirs"
          .formatted(
              tensors.get(current),
              left,
              tensors.get(current).bytes(),
              tensors.size() - current - 1));
    }
  }

  private void skipComplete() {
    while (left == 0 && current < tensors.size()) {
      current++;
      if (current < tensors.size()) {
        left = tensors.get(current).bytes();
      }
    }
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      var piece = bytes.slice(bytes.position(), Math.min(PIECE, bytes.remaining()));
      bytes.position(bytes.position() + channel.write(piece));
    }
  }

  /** Returns the header with its length before it, padded with spaces. */
  private static ByteBuffer header(List<TensorSpec> tensors, Map<String, String> metadata)
      throws IOException {
    var text = new ByteArrayOutputStream();
    var names = new HashSet<String>();
    try (var json = JSON.createGenerator(text, JsonEncoding.UTF8)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(TensorSpec.METADATA);
        for (var entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0L;
      for (var tensor : tensors) {
        if (!names.add(tensor.name())) {
          throw new IllegalArgumentException(TensorSpec.label(tensor.name()) + " is named twice");
        }
        var end = Math.addExact(begin, tensor.bytes());
        var shape = tensor.shape();
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.type().name());
        json.writeFieldName("shape");
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        begin = end;
      }
      json.writeEndObject();
    }
    var length = (text.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (length > SafetensorsFile.MAX_HEADER) {
      throw new IllegalArgumentException("%d tensors make a header of %d bytes, at most %d are read"
          .formatted(tensors.size(), length, SafetensorsFile.MAX_HEADER));
    }
    var header = new byte[SafetensorsFile.PREFIX + length];
    Arrays.fill(header, (byte) ' ');
    return ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(text.toByteArray())
        .rewind();
  }
}
