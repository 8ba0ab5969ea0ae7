package org.tdro.data.shards;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.tdro.io.InputException;
import org.tdro.rows.PassageScores;

/**
 * One memory-mapped Arrow IPC file of training rows. Rows are read directly from the mapped record batches, since Arrow's own
 * vectors allocate a validity bitmap for each column, a thirty-second of the file. Thread-safe; a mapping lives until it is garbage
 * collected.
 */
final class ArrowShard {
  /**
   * Positions of the offset buffers in a record batch. The buffers are ordered by column: validity, offsets and bytes of a text;
   * validity and offsets of a list, followed by the buffers of its items.
   */
  private static final int QUERY_ID = 1;

  private static final int QUERY = 4;
  private static final int POSITIVES = 8;
  private static final int NEGATIVES = 14;
  private static final int POSITIVE_SCORES = 20;
  private static final int NEGATIVE_SCORES = 24;

  /** Distance from the offsets of a list, past the validity of its items, to their values or, for lists, offsets. */
  private static final int ITEMS = 2;

  private final Path path;
  private final ImportFacts facts;
  private final RowCounts counts;
  private final Block[] blocks;
  /** The first row of each block, followed by the number of rows. */
  private final long[] starts;

  private ArrowShard(Path path, ImportFacts facts, RowCounts counts, Block[] blocks) {
    this.path = path;
    this.facts = facts;
    this.counts = counts;
    this.blocks = blocks;
    this.starts = new long[blocks.length + 1];
    for (int b = 0; b < blocks.length; b++) {
      starts[b + 1] = starts[b] + blocks[b].rows;
    }
  }

  /**
   * Maps a file.
   *
   * @throws InputException if it is missing, damaged or has other columns
   */
  static ArrowShard open(Path path) {
    try (var channel = FileChannel.open(path);
        var allocator = new RootAllocator();
        var reader = new ArrowFileReader(channel, allocator)) {
      var schema = reader.getVectorSchemaRoot().getSchema();
      if (!schema.getFields().equals(ArrowColumns.FIELDS)) {
        throw new InputException(path
            + ": does not have the columns of imported training data, but " + schema.getFields());
      }
      var recordBlocks = reader.getRecordBlocks();
      var blocks = new Block[recordBlocks.size()];
      for (int b = 0; b < blocks.length; b++) {
        blocks[b] = Block.map(channel, recordBlocks.get(b));
      }
      return new ArrowShard(
          path,
          ImportFacts.fromMetadata(new ShardMetadata(path, schema.getCustomMetadata())),
          RowCounts.fromMetadata(new ShardMetadata(path, reader.getMetaData())),
          blocks);
    } catch (NoSuchFileException e) {
      throw new InputException(path + ": there is no such file", e);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new InputException(
          path + ": cannot be read as an Arrow file, import the data again: " + e.getMessage(), e);
    }
  }

  Path path() {
    return path;
  }

  /** Returns the facts that the content follows from. */
  ImportFacts facts() {
    return facts;
  }

  /** Returns the counts of its rows. */
  RowCounts counts() {
    return counts;
  }

  long rows() {
    return starts[blocks.length];
  }

  /**
   * Returns a row.
   *
   * @throws InputException if the file was damaged so far that it does not hold rows there, or rows of other ids
   */
  TokenizedRow row(long index) {
    var b = block(index);
    try {
      var row = blocks[b].row((int) (index - starts[b]));
      if (isPossible(row)) {
        return row;
      }
      throw damaged(index, null);
    } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw damaged(index, e);
    }
  }

  /** Returns whether all ids of a row are among those that were written. */
  private boolean isPossible(TokenizedRow row) {
    return Stream.of(new int[][] {row.query()}, row.positives(), row.negatives())
        .flatMap(Arrays::stream)
        .flatMapToInt(Arrays::stream)
        .allMatch(id -> id >= 0 && id <= counts.maxTokenId());
  }

  String queryId(long index) {
    var b = block(index);
    try {
      return blocks[b].queryId((int) (index - starts[b]));
    } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw damaged(index, e);
    }
  }

  private InputException damaged(long index, RuntimeException cause) {
    return new InputException(
        "%s: row %d is damaged; delete the file, so that its domain is imported again"
            .formatted(path, index),
        cause);
  }

  private int block(long index) {
    if (index < 0 || index >= rows()) {
      throw new IndexOutOfBoundsException("row %d of %d in %s".formatted(index, rows(), path));
    }
    var found = Arrays.binarySearch(starts, index);
    return found >= 0 ? found : -found - 2;
  }

  /** A record batch. */
  private static final class Block {
    private final int rows;
    private final ByteBuffer[] buffers;

    private Block(int rows, ByteBuffer[] buffers) {
      this.rows = rows;
      this.buffers = buffers;
    }

    static Block map(FileChannel channel, ArrowBlock block) throws IOException {
      var header = channel
          .map(MapMode.READ_ONLY, block.getOffset(), block.getMetadataLength())
          .order(ByteOrder.LITTLE_ENDIAN);
      // The message follows a continuation marker and its length.
      var message = Message.getRootAsMessage(header.position(8));
      var batch = (RecordBatch) message.header(new RecordBatch());
      if (batch.compression() != null) {
        throw new IOException("compressed record batches are not supported");
      }
      var body = channel.map(
          MapMode.READ_ONLY, block.getOffset() + block.getMetadataLength(), block.getBodyLength());
      var buffers = new ByteBuffer[batch.buffersLength()];
      for (int i = 0; i < buffers.length; i++) {
        var buffer = batch.buffers(i);
        buffers[i] =
            body.slice((int) buffer.offset(), (int) buffer.length()).order(ByteOrder.LITTLE_ENDIAN);
      }
      return new Block((int) batch.length(), buffers);
    }

    String queryId(int row) {
      var from = offset(QUERY_ID, row);
      var bytes = new byte[offset(QUERY_ID, row + 1) - from];
      buffers[QUERY_ID + 1].get(from, bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    TokenizedRow row(int row) {
      return new TokenizedRow(
          ids(QUERY, row), lists(POSITIVES, row), lists(NEGATIVES, row), scores(row));
    }

    private Optional<PassageScores> scores(int row) {
      var positives = numbers(POSITIVE_SCORES, row);
      return positives.length == 0
          ? Optional.empty()
          : Optional.of(new PassageScores(positives, numbers(NEGATIVE_SCORES, row)));
    }

    /** Returns the numbers whose offsets are in {@code buffer}. */
    private float[] numbers(int buffer, int row) {
      var from = offset(buffer, row);
      var numbers = new float[offset(buffer, row + 1) - from];
      var values = buffers[buffer + ITEMS];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = values.getFloat(4 * (from + i));
      }
      return numbers;
    }

    /** Returns the lists whose offsets are in {@code buffer}. */
    private int[][] lists(int buffer, int row) {
      var from = offset(buffer, row);
      var lists = new int[offset(buffer, row + 1) - from][];
      for (int i = 0; i < lists.length; i++) {
        lists[i] = ids(buffer + ITEMS, from + i);
      }
      return lists;
    }

    /** Returns the ids whose offsets are in {@code buffer}. */
    private int[] ids(int buffer, int row) {
      var from = offset(buffer, row);
      var ids = new int[offset(buffer, row + 1) - from];
      var values = buffers[buffer + ITEMS];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = values.getInt(4 * (from + i));
      }
      return ids;
    }

    private int offset(int buffer, int index) {
      return buffers[buffer].getInt(4 * index);
    }
  }
}
