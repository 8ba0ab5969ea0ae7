package org.tdro.rows.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.util.AutoCloseables;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.tdro.io.InputException;

/** The rows of an Arrow IPC file or of a stream in a file, of which one record batch is in memory. */
final class ArrowRecords implements Records {
  private static final byte[] FILE_MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  private static final String KIND = "Arrow";

  private final Path file;
  private final FileChannel channel;
  private final BufferAllocator allocator;
  private final ArrowReader reader;
  /** The columns of the present batch; those with a dictionary are decoded, and owned here. */
  private List<ValueVector> columns = List.of();

  private List<String> names = List.of();

  private final ArrayDeque<ValueVector> decoded = new ArrayDeque<>();
  private int rows;
  private int next;
  private long row;
  private boolean isDamaged;

  private ArrowRecords(
      Path file, FileChannel channel, BufferAllocator allocator, ArrowReader reader) {
    this.file = file;
    this.channel = channel;
    this.allocator = allocator;
    this.reader = reader;
  }

  static Records open(Path file) {
    FileChannel channel = null;
    ArrowReader reader = null;
    try {
      channel = FileChannel.open(file);
      var allocator = new RootAllocator();
      reader = isFile(channel)
          ? new ArrowFileReader(channel, allocator, CommonsCompressionFactory.INSTANCE)
          : new ArrowStreamReader(channel, allocator, CommonsCompressionFactory.INSTANCE);
      reader.getVectorSchemaRoot();
      return new ArrowRecords(file, channel, allocator, reader);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      var damaged = FileKind.damaged(file.toString(), KIND, e);
      AutoCloseables.close(damaged, reader, channel);
      throw damaged;
    }
  }

  private static boolean isFile(FileChannel channel) throws IOException {
    var start = ByteBuffer.allocate(FILE_MAGIC.length);
    channel.read(start, 0);
    return Arrays.equals(start.array(), FILE_MAGIC);
  }

  @Override
  public Unparsed next() {
    try {
      while (next == rows) {
        if (!load()) {
          return null;
        }
      }
      var value = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < columns.size(); i++) {
        value.set(names.get(i), tree(columns.get(i).getObject(next)));
      }
      next++;
      row++;
      return new Parsed(file + ":row " + row, value);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      isDamaged = true;
      throw FileKind.damaged(file + ":row " + (row + 1), KIND, e);
    }
  }

  /** Loads the next batch; returns false at the end. */
  private boolean load() throws IOException {
    release();
    if (!reader.loadNextBatch()) {
      return false;
    }
    var loaded = new ArrayList<ValueVector>();
    for (var column : reader.getVectorSchemaRoot().getFieldVectors()) {
      loaded.add(decoded(column));
    }
    columns = loaded;
    // A decoded column has the name of its dictionary.
    names = reader.getVectorSchemaRoot().getFieldVectors().stream()
        .map(column -> column.getField().getName())
        .toList();
    rows = reader.getVectorSchemaRoot().getRowCount();
    next = 0;
    return true;
  }

  private ValueVector decoded(FieldVector column) throws IOException {
    var encoding = column.getField().getDictionary();
    if (encoding == null) {
      return column;
    }
    var values = DictionaryEncoder.decode(
        column, reader.getDictionaryVectors().get(encoding.getId()), allocator);
    decoded.push(values);
    return values;
  }

  private void release() {
    columns = List.of();
    rows = 0;
    next = 0;
    while (!decoded.isEmpty()) {
      decoded.pop().close();
    }
  }

  private static JsonNode tree(Object value) {
    var nodes = JsonNodeFactory.instance;
    if (value == null) {
      return nodes.nullNode();
    }
    if (value instanceof List<?> list) {
      var items = nodes.arrayNode(list.size());
      list.forEach(item -> items.add(tree(item)));
      return items;
    }
    if (value instanceof Map<?, ?> struct) {
      var object = nodes.objectNode();
      struct.forEach((name, item) -> object.set(name.toString(), tree(item)));
      return object;
    }
    if (value instanceof Boolean truth) {
      return nodes.booleanNode(truth);
    }
    if (value instanceof BigDecimal decimal) {
      return nodes.numberNode(decimal);
    }
    if (value instanceof Float || value instanceof Double) {
      return nodes.numberNode(((Number) value).doubleValue());
    }
    return value instanceof Number number
        ? nodes.numberNode(number.longValue())
        : nodes.textNode(value.toString());
  }

  @Override
  public void close() {
    release();
    try {
      if (isDamaged) {
        // The library loses buffers of a batch that it cannot load, which the allocator would
        // report.
        AutoCloseables.close(reader, channel);
      } else {
        AutoCloseables.close(reader, allocator, channel);
      }
    } catch (Exception e) {
      throw new InputException(file + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
