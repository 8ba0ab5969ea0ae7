package org.tdro.search;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
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

/** Writes an Arrow IPC file, a record batch for each call. */
final class ArrowEmbeddingWriter implements EmbeddingWriter {
  private static final String ID = "_id";
  private static final String EMBEDDING = "embedding";

  private final int dimension;
  private final FileChannel channel;
  private final RootAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;

  ArrowEmbeddingWriter(Path file, int dimension) throws IOException {
    this.dimension = dimension;
    channel = FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
    root = VectorSchemaRoot.create(schema(dimension), allocator);
    writer = new ArrowFileWriter(root, null, channel);
    writer.start();
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
    for (int i = 0; i < ids.size() * dimension; i++) {
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
