package org.tdro.data.shards;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.tdro.io.FileException;
import org.tdro.rows.PassageScores;

/** A writer of training rows to an Arrow IPC file, one record batch at a time. */
final class ShardWriter implements AutoCloseable {
  /** A record batch ends at this many tokens (8 MB): few enough for memory, many enough for few mappings. */
  private static final long BATCH_TOKENS = 1 << 21;

  private static final int BATCH_ROWS = 1 << 16;
  private static final PassageScores NO_SCORES = new PassageScores(new float[0], new float[0]);

  private final Path path;
  private final FileChannel channel;
  private final RootAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root;
  private final ArrowFileWriter writer;
  /** Metadata that Arrow writes last, so it can be filled at the end. */
  private final SortedMap<String, String> footer = new TreeMap<>();

  private RowCounts counts = RowCounts.NONE;
  private int batchRows;
  private long tokensBeforeBatch;

  ShardWriter(Path path, ImportFacts facts) {
    this.path = path;
    root = VectorSchemaRoot.create(ArrowColumns.schema(facts.toMetadata()), allocator);
    try {
      channel = FileChannel.open(
          path,
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
      try {
        writer = new ArrowFileWriter(root, null, channel, footer);
        writer.start();
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      root.close();
      allocator.close();
      throw e instanceof IOException io ? FileException.writing(path, io) : (RuntimeException) e;
    }
  }

  void add(String queryId, TokenizedRow row) {
    var i = batchRows++;
    ((VarCharVector) root.getVector(ArrowColumns.QUERY_ID))
        .setSafe(i, queryId.getBytes(StandardCharsets.UTF_8));
    append((ListVector) root.getVector(ArrowColumns.QUERY), i, row.query());
    append((ListVector) root.getVector(ArrowColumns.POSITIVES), i, row.positives());
    append((ListVector) root.getVector(ArrowColumns.NEGATIVES), i, row.negatives());
    // A row with scores has one for every passage, so empty lists mean that it has none.
    var scores = row.scores().orElse(NO_SCORES);
    append((ListVector) root.getVector(ArrowColumns.POSITIVE_SCORES), i, scores.positives());
    append((ListVector) root.getVector(ArrowColumns.NEGATIVE_SCORES), i, scores.negatives());
    counts = counts.plus(row);
    if (batchRows == BATCH_ROWS || counts.tokens() - tokensBeforeBatch >= BATCH_TOKENS) {
      flush();
    }
  }

  /** Completes the file with its footer, and returns the counts of its rows. */
  RowCounts finish() {
    if (batchRows > 0) {
      flush();
    }
    footer.putAll(counts.toMetadata());
    try {
      writer.end();
      channel.force(true);
    } catch (IOException e) {
      throw FileException.writing(path, e);
    }
    return counts;
  }

  @Override
  public void close() {
    try (channel;
        allocator;
        root;
        writer) {
      // Closed in reverse order, whichever fails.
    } catch (IOException e) {
      throw FileException.writing(path, e);
    }
  }

  private void flush() {
    root.setRowCount(batchRows);
    try {
      writer.writeBatch();
    } catch (IOException e) {
      throw FileException.writing(path, e);
    }
    root.clear();
    batchRows = 0;
    tokensBeforeBatch = counts.tokens();
  }

  private static void append(ListVector lists, int row, int[][] passages) {
    var from = lists.startNewValue(row);
    var inner = (ListVector) lists.getDataVector();
    for (int p = 0; p < passages.length; p++) {
      append(inner, from + p, passages[p]);
    }
    lists.endValue(row, passages.length);
  }

  private static void append(ListVector lists, int row, int[] ids) {
    var from = lists.startNewValue(row);
    var values = (IntVector) lists.getDataVector();
    for (int i = 0; i < ids.length; i++) {
      values.setSafe(from + i, ids[i]);
    }
    lists.endValue(row, ids.length);
  }

  private static void append(ListVector lists, int row, float[] scores) {
    var from = lists.startNewValue(row);
    var values = (Float4Vector) lists.getDataVector();
    for (int i = 0; i < scores.length; i++) {
      values.setSafe(from + i, scores[i]);
    }
    lists.endValue(row, scores.length);
  }
}
