package org.tdro.rows.records;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.tdro.io.InputException;

/**
 * The rows of a Parquet file, of which one row group is in memory, compressed. Parquet's own classes decode values and assemble rows;
 * pages are read here, since its reader of files needs Hadoop.
 */
final class ParquetRecords implements Records {
  /** The length of the footer and the magic number at the end. */
  private static final int TAIL = 8;

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ENCRYPTED_MAGIC = "PARE".getBytes(StandardCharsets.US_ASCII);

  private final Path file;
  private final FileChannel channel;
  private final MessageType schema;
  private final String createdBy;
  private final Iterator<BlockMetaData> groups;
  private RecordReader<Group> reader;
  private long left;
  private long row;

  private ParquetRecords(
      Path file,
      FileChannel channel,
      MessageType schema,
      String createdBy,
      Iterator<BlockMetaData> groups) {
    this.file = file;
    this.channel = channel;
    this.schema = schema;
    this.createdBy = createdBy;
    this.groups = groups;
  }

  static Records open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file);
      var metadata = new ParquetMetadataConverter()
          .fromParquetMetadata(Util.readFileMetaData(new ByteArrayInputStream(footer(channel))));
      for (var group : metadata.getBlocks()) {
        for (var column : group.getColumns()) {
          PageCodec.of(column.getCodec());
        }
      }
      return new ParquetRecords(
          file,
          channel,
          metadata.getFileMetaData().getSchema(),
          metadata.getFileMetaData().getCreatedBy(),
          metadata.getBlocks().iterator());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      var problem = problem(file, file.toString(), e);
      closeQuietly(channel, problem);
      throw problem;
    }
  }

  private static InputException problem(Path file, String place, Throwable failure) {
    return failure instanceof InputException unread
        ? new InputException(file + ": cannot be read as Parquet: " + unread.getMessage())
        : FileKind.damaged(place, "Parquet", failure);
  }

  private static void closeQuietly(FileChannel channel, Exception failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static byte[] footer(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < TAIL + MAGIC.length) {
      throw new InputException("it is too short");
    }
    var tail = ByteBuffer.wrap(read(channel, size - TAIL, TAIL)).order(ByteOrder.LITTLE_ENDIAN);
    int length = tail.getInt();
    var magic = new byte[MAGIC.length];
    tail.get(magic);
    if (Arrays.equals(magic, ENCRYPTED_MAGIC)) {
      throw new InputException("it is encrypted");
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw new InputException("it does not end as a Parquet file does; was it copied as a whole?");
    }
    if (length <= 0 || length > size - TAIL) {
      throw new IOException("its footer has a length of " + length);
    }
    return read(channel, size - TAIL - length, length);
  }

  private static byte[] read(FileChannel channel, long position, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("it ends too early");
      }
    }
    return bytes.array();
  }

  @Override
  public Unparsed next() {
    try {
      while (left == 0) {
        if (!groups.hasNext()) {
          return null;
        }
        load(groups.next());
      }
      var value = GroupTrees.of(reader.read());
      left--;
      row++;
      return new Parsed(file + ":row " + row, value);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw problem(file, file + ":row " + (row + 1), e);
    }
  }

  private void load(BlockMetaData group) throws IOException {
    var columns = new HashMap<ColumnDescriptor, PageReader>();
    for (var chunk : group.getColumns()) {
      columns.put(schema.getColumnDescription(chunk.getPath().toArray()), pages(chunk));
    }
    reader = new ColumnIOFactory(createdBy)
        .getColumnIO(schema)
        .getRecordReader(
            new RowGroup(columns, group.getRowCount()), new GroupRecordConverter(schema));
    left = group.getRowCount();
  }

  private PageReader pages(ColumnChunkMetaData chunk) throws IOException {
    if (chunk.isEncrypted()) {
      throw new InputException("its columns are encrypted");
    }
    return new ParquetPages(
        PageCodec.of(chunk.getCodec()),
        chunk.getPrimitiveType(),
        chunk.getValueCount(),
        read(channel, chunk.getStartingPos(), Math.toIntExact(chunk.getTotalSize())));
  }

  private record RowGroup(Map<ColumnDescriptor, PageReader> columns, long rows)
      implements PageReadStore {
    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
      return columns.get(column);
    }

    @Override
    public long getRowCount() {
      return rows;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new InputException(file + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
