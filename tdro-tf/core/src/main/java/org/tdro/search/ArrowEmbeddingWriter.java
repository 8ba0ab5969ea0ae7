package org.tdro.search;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.util.AutoCloseables;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** A writer of embeddings to an Arrow IPC file, with a record batch for each call. */
final class ArrowEmbeddingWriter implements EmbeddingFormat.Writer {
  private static final String ID = "_id";
  private static final String EMBEDDING = "embedding";

  private final FileChannel channel;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;

  private ArrowEmbeddingWriter(
      FileChannel channel, BufferAllocator allocator, VectorSchemaRoot root) {
    this.channel = channel;
    this.allocator = allocator;
    this.root = root;
    this.writer = new ArrowFileWriter(root, null, channel);
  }

  /** Opens a new file; leaves nothing open if that fails. */
  static ArrowEmbeddingWriter open(Path file, int dimension) throws IOException {
    var opened = new ArrayDeque<AutoCloseable>();
    try {
      var allocator = new RootAllocator();
      opened.push(allocator);
      var root = VectorSchemaRoot.create(schema(dimension), allocator);
      opened.push(root);
      var channel = FileChannel.open(
          file,
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
      opened.push(channel);
      var writer = new ArrowEmbeddingWriter(channel, allocator, root);
      opened.push(writer.writer);
      writer.writer.start();
      return writer;
    } catch (IOException | RuntimeException e) {
      AutoCloseables.close(e, opened);
      throw e;
    }
  }

  private static Schema schema(int dimension) {
    var number = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    var vector = FieldType.notNullable(new ArrowType.FixedSizeList(dimension));
    return new Schema(List.of(
        new Field(ID, FieldType.notNullable(ArrowType.Utf8.INSTANCE), null),
        new Field(
            EMBEDDING, vector, List.of(new Field("item", FieldType.notNullable(number), null)))));
  }

  @Override
  public void write(List<String> ids, Embeddings embeddings) throws IOException {
    var idVector = (VarCharVector) root.getVector(ID);
    var listVector = (FixedSizeListVector) root.getVector(EMBEDDING);
    var numbers = (Float4Vector) listVector.getDataVector();
    listVector.setInitialCapacity(ids.size());
    listVector.allocateNew();
    for (int row = 0; row < ids.size(); row++) {
      idVector.setSafe(row, ids.get(row).getBytes(StandardCharsets.UTF_8));
      listVector.setNotNull(row);
    }
    var values = embeddings.values();
    for (int i = 0; i < values.length; i++) {
      numbers.setSafe(i, values[i]);
    }
    root.setRowCount(ids.size());
    writer.writeBatch();
    root.clear();
  }

  @Override
  public void finish() throws IOException {
    writer.end();
  }

  @Override
  public void close() throws IOException {
    try (channel;
        allocator;
        root;
        writer) {
      // Closed in reverse order, whichever fails.
    }
  }
}
