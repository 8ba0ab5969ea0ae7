package org.tdro.search;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
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
import org.tdro.rows.Passage;

/** A writer of embeddings, with or without the texts of the passages, to an Arrow IPC file, with a record batch for each call. */
final class ArrowEmbeddingWriter implements EmbeddingFormat.Writer {
  static final String ID = "_id";
  static final String EMBEDDING = "embedding";
  static final String TITLE = "title";
  static final String TEXT = "text";

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

  /**
   * Opens a new file; leaves nothing open if that fails.
   *
   * @param texts whether it has the columns of titles and texts
   */
  static ArrowEmbeddingWriter open(Path file, int dimension, boolean texts) throws IOException {
    var opened = new ArrayDeque<AutoCloseable>();
    try {
      var allocator = new RootAllocator();
      opened.push(allocator);
      var root = VectorSchemaRoot.create(schema(dimension, texts), allocator);
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

  private static Schema schema(int dimension, boolean texts) {
    var number = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    var vector = FieldType.notNullable(new ArrowType.FixedSizeList(dimension));
    var embeddings = List.of(
        string(ID),
        new Field(
            EMBEDDING, vector, List.of(new Field("item", FieldType.notNullable(number), null))));
    return new Schema(
        texts
            ? Stream.concat(embeddings.stream(), Stream.of(string(TITLE), string(TEXT)))
                .toList()
            : embeddings);
  }

  private static Field string(String name) {
    return new Field(name, FieldType.notNullable(ArrowType.Utf8.INSTANCE), null);
  }

  @Override
  public void write(List<String> ids, Embeddings embeddings) throws IOException {
    set(embeddings);
    set(ID, ids.stream());
    writeBatch(ids.size());
  }

  /** Appends passages and their embeddings to a file with texts. */
  void writePassages(List<Passage> passages, Embeddings embeddings) throws IOException {
    set(embeddings);
    set(ID, passages.stream().map(Passage::id));
    set(TITLE, passages.stream().map(Passage::title));
    set(TEXT, passages.stream().map(Passage::text));
    writeBatch(passages.size());
  }

  private void set(String column, Stream<String> values) {
    var vector = (VarCharVector) root.getVector(column);
    int row = 0;
    for (var value : (Iterable<String>) values::iterator) {
      vector.setSafe(row++, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void set(Embeddings embeddings) {
    var listVector = (FixedSizeListVector) root.getVector(EMBEDDING);
    var numbers = (Float4Vector) listVector.getDataVector();
    listVector.setInitialCapacity(embeddings.rows());
    listVector.allocateNew();
    for (int row = 0; row < embeddings.rows(); row++) {
      listVector.setNotNull(row);
    }
    var values = embeddings.values();
    for (int i = 0; i < values.length; i++) {
      numbers.setSafe(i, values[i]);
    }
  }

  private void writeBatch(int rows) throws IOException {
    root.setRowCount(rows);
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
