package org.tdro.search;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;

/**
 * A memory-mapped Arrow file of embeddings: {@code _id: utf8}, {@code embedding: fixed_size_list<float>[dimension]} and, if it has texts,
 * {@code title: utf8} and {@code text: utf8}. Thread-safe; a mapping lives until it is garbage collected.
 */
public final class EmbeddingShard {
  /** Positions of the first buffers of the columns; each has validity, offsets and bytes or, of the embeddings, two validities and values. */
  private static final int ID = 0;

  private static final int EMBEDDING = 3;
  private static final int TITLE = 6;
  private static final int TEXT = 9;

  /** The end of every Arrow file: the length of the footer in four bytes, and these. */
  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  private static final int END_BYTES = Integer.BYTES + MAGIC.length;
  private static final String NOT_ARROW = "cannot be read as an Arrow file";
  private static final String REMEDY = "it is damaged or was not completed: write it again";

  private final Path file;
  private final int dimension;
  private final boolean texts;
  private final List<Batch> batches;
  /** The first row of each batch, followed by the number of rows. */
  private final long[] starts;

  private EmbeddingShard(Path file, int dimension, boolean texts, List<Batch> batches) {
    this.file = file;
    this.dimension = dimension;
    this.texts = texts;
    this.batches = batches;
    this.starts = new long[batches.size() + 1];
    for (int b = 0; b < batches.size(); b++) {
      starts[b + 1] = starts[b] + batches.get(b).rows;
    }
  }

  /** Writes passages with their texts and embeddings, whole or not at all. */
  public static void write(Path file, List<Passage> passages, Embeddings embeddings) {
    AtomicWrite.file(file, beside -> {
      try (var writer = ArrowEmbeddingWriter.open(beside, embeddings.dimension(), true)) {
        writer.writePassages(passages, embeddings);
        writer.finish();
      }
    });
  }

  /**
   * Maps a file.
   *
   * @throws InputException naming it, if it is missing or damaged or has other columns
   */
  public static EmbeddingShard open(Path file) {
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": is a folder, expected an Arrow file of embeddings");
    }
    try (var channel = FileChannel.open(file)) {
      return read(file, channel);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static EmbeddingShard read(Path file, FileChannel channel) throws IOException {
    try {
      var footer = footer(channel);
      int dimension = dimension(file, footer.getSchema());
      boolean texts = hasTexts(footer.getSchema().getFields());
      var blocks = footer.getRecordBatches();
      var batches = new Batch[blocks.size()];
      for (int b = 0; b < batches.length; b++) {
        batches[b] = Batch.map(channel, blocks.get(b));
        batches[b].check(dimension, texts);
      }
      return new EmbeddingShard(file, dimension, texts, List.of(batches));
    } catch (InputException e) {
      throw e;
    } catch (DamagedException e) {
      throw new InputException("%s: %s; %s".formatted(file, e.getMessage(), REMEDY), e);
    } catch (RuntimeException e) {
      // What Arrow's classes throw at bytes that they did not write tells a user nothing.
      throw new InputException("%s: %s; %s".formatted(file, NOT_ARROW, REMEDY), e);
    }
  }

  /** Reads what the end of a file says: its columns, and where its record batches are. */
  private static ArrowFooter footer(FileChannel channel) throws IOException {
    long end = channel.size() - END_BYTES;
    if (end < END_BYTES) {
      throw new DamagedException(NOT_ARROW);
    }
    var last = read(channel, end, END_BYTES);
    int length = last.getInt();
    var magic = new byte[MAGIC.length];
    last.get(magic);
    if (!Arrays.equals(magic, MAGIC) || length < 1 || length > end - MAGIC.length) {
      throw new DamagedException(NOT_ARROW);
    }
    return new ArrowFooter(Footer.getRootAsFooter(read(channel, end - length, length)));
  }

  private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
    return channel.map(MapMode.READ_ONLY, from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What keeps a file from being read, in words. */
  private static final class DamagedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  private static int dimension(Path file, Schema schema) {
    var fields = schema.getFields();
    if (fields.size() >= 2
        && isString(fields.get(0), ArrowEmbeddingWriter.ID)
        && fields.get(1).getName().equals(ArrowEmbeddingWriter.EMBEDDING)
        && fields.get(1).getType() instanceof ArrowType.FixedSizeList list
        && fields
            .get(1)
            .getChildren()
            .get(0)
            .getType()
            .equals(new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE))
        && fields.stream().allMatch(field -> field.getDictionary() == null)) {
      return list.getListSize();
    }
    throw new InputException(
        "%s: expected the columns _id: utf8 and embedding: fixed_size_list<float>[d], as tdro encode writes them, found %s"
            .formatted(file, fields));
  }

  private static boolean hasTexts(List<Field> fields) {
    return fields.size() >= 4
        && isString(fields.get(2), ArrowEmbeddingWriter.TITLE)
        && isString(fields.get(3), ArrowEmbeddingWriter.TEXT);
  }

  private static boolean isString(Field field, String name) {
    return field.getName().equals(name) && field.getType().equals(ArrowType.Utf8.INSTANCE);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** The size of an embedding. */
  public int dimension() {
    return dimension;
  }

  /** The number of embeddings. */
  public long rows() {
    return starts[batches.size()];
  }

  /** Whether it has titles and texts. */
  public boolean hasTexts() {
    return texts;
  }

  /** Returns the ids of rows {@code from} to before {@code to}, each read from the file when it is asked for. */
  public List<String> ids(long from, long to) {
    return new AbstractList<>() {
      @Override
      public String get(int index) {
        return string(ID, from + index);
      }

      @Override
      public int size() {
        return Math.toIntExact(to - from);
      }
    };
  }

  /** Reads the embeddings of rows {@code from} to before {@code to}. */
  public Embeddings embeddings(long from, long to) {
    int rows = Math.toIntExact(to - from);
    var values = new float[Math.multiplyExact(rows, dimension)];
    for (int done = 0; done < rows; ) {
      int b = batch(from + done);
      int first = (int) (from + done - starts[b]);
      int count = Math.min(rows - done, batches.get(b).rows - first);
      batches
          .get(b)
          .floats(EMBEDDING + 2)
          .position(first * dimension)
          .get(values, done * dimension, count * dimension);
      done += count;
    }
    return new Embeddings(rows, dimension, values);
  }

  /**
   * Reads the passage of a row.
   *
   * @throws InputException if the file has no texts, or is damaged
   */
  public Passage passage(long row) {
    if (!texts) {
      throw new InputException(file + ": holds embeddings without their texts");
    }
    return new Passage(string(ID, row), string(TITLE, row), string(TEXT, row));
  }

  private String string(int column, long row) {
    int b = batch(row);
    try {
      return batches.get(b).string(column, (int) (row - starts[b]));
    } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new InputException("%s: row %d is damaged; %s".formatted(file, row, REMEDY), e);
    }
  }

  private int batch(long row) {
    if (row < 0 || row >= rows()) {
      throw new IndexOutOfBoundsException("row %d of %d in %s".formatted(row, rows(), file));
    }
    int found = Arrays.binarySearch(starts, row);
    // Batches without rows begin where the next one does.
    while (found >= 0 && batches.get(found).rows == 0) {
      found++;
    }
    return found >= 0 ? found : -found - 2;
  }

  /** A record batch. */
  private record Batch(int rows, List<ByteBuffer> buffers, boolean hasNulls) {
    static Batch map(FileChannel channel, ArrowBlock block) throws IOException {
      long body = block.getOffset() + block.getMetadataLength();
      if (block.getOffset() < 0
          || block.getMetadataLength() < 0
          || block.getBodyLength() < 0
          || body + block.getBodyLength() > channel.size()) {
        throw new DamagedException("a record batch lies outside of it");
      }
      var header = read(channel, block.getOffset(), block.getMetadataLength());
      // The message follows a continuation marker and its length.
      var message = Message.getRootAsMessage(header.position(8));
      var batch = (RecordBatch) message.header(new RecordBatch());
      if (batch.compression() != null) {
        throw new DamagedException("its record batches are compressed, which is not read here");
      }
      // Each is described by 16 bytes of the metadata.
      int most = block.getMetadataLength() / 16;
      if (batch.length() < 0 || batch.buffersLength() > most || batch.nodesLength() > most) {
        throw new DamagedException(NOT_ARROW);
      }
      var buffers = new ByteBuffer[batch.buffersLength()];
      for (int i = 0; i < buffers.length; i++) {
        var buffer = batch.buffers(i);
        if (buffer.offset() < 0
            || buffer.length() < 0
            || buffer.offset() + buffer.length() > block.getBodyLength()) {
          throw new DamagedException("a column lies outside of its record batch");
        }
        buffers[i] = channel
            .map(MapMode.READ_ONLY, body + buffer.offset(), buffer.length())
            .order(ByteOrder.LITTLE_ENDIAN);
      }
      boolean nulls = false;
      for (int i = 0; i < batch.nodesLength(); i++) {
        nulls |= batch.nodes(i).nullCount() > 0;
      }
      return new Batch(Math.toIntExact(batch.length()), List.of(buffers), nulls);
    }

    void check(int dimension, boolean texts) {
      if (hasNulls) {
        throw new DamagedException("it has rows without a value");
      }
      long offsets = rows == 0 ? 0 : 4L * (rows + 1);
      if (buffers.get(EMBEDDING + 2).limit() < 4L * rows * dimension
          || buffers.get(ID + 1).limit() < offsets
          || (texts
              && (buffers.get(TITLE + 1).limit() < offsets
                  || buffers.get(TEXT + 1).limit() < offsets))) {
        throw new DamagedException("a column is shorter than its rows");
      }
    }

    FloatBuffer floats(int buffer) {
      return buffers.get(buffer).duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    String string(int column, int row) {
      var offsets = buffers.get(column + 1);
      int from = offsets.getInt(4 * row);
      var bytes = new byte[offsets.getInt(4 * (row + 1)) - from];
      buffers.get(column + 2).get(from, bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
