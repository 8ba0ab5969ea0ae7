package org.tdro.rows.records;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.schema.PrimitiveType;

/** The pages of a column in a row group, decompressed one at a time. */
final class ParquetPages implements PageReader {
  private static final ParquetMetadataConverter ENCODINGS = new ParquetMetadataConverter();

  private final PageCodec codec;
  private final PrimitiveType type;
  private final long values;
  private final byte[] bytes;
  private final ByteArrayInputStream in;
  private DictionaryPage dictionary;
  private DataPage first;
  private long read;

  /** Begins to read the bytes of a column chunk, as far as its first page of values. */
  ParquetPages(PageCodec codec, PrimitiveType type, long values, byte[] bytes) throws IOException {
    this.codec = codec;
    this.type = type;
    this.values = values;
    this.bytes = bytes;
    this.in = new ByteArrayInputStream(bytes);
    this.first = nextData();
  }

  @Override
  public DictionaryPage readDictionaryPage() {
    return dictionary;
  }

  @Override
  public long getTotalValueCount() {
    return values;
  }

  @Override
  public DataPage readPage() {
    if (first != null) {
      var page = first;
      first = null;
      return page;
    }
    try {
      return nextData();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private DataPage nextData() throws IOException {
    while (read < values) {
      var header = Util.readPageHeader(in);
      int start = bytes.length - in.available();
      int length = header.getCompressed_page_size();
      if (length < 0 || length > in.available()) {
        throw new IOException("a page has a length of " + length);
      }
      in.skipNBytes(length);
      if (header.getType() == PageType.DICTIONARY_PAGE) {
        dictionary = dictionary(header, start, length);
      } else if (header.getType() == PageType.DATA_PAGE) {
        read += header.getData_page_header().getNum_values();
        return version1(header, start, length);
      } else if (header.getType() == PageType.DATA_PAGE_V2) {
        read += header.getData_page_header_v2().getNum_values();
        return version2(header, start, length);
      }
    }
    return null;
  }

  private DictionaryPage dictionary(PageHeader header, int start, int length) throws IOException {
    var entries = header.getDictionary_page_header();
    return new DictionaryPage(
        decompressed(start, length, header.getUncompressed_page_size()),
        entries.getNum_values(),
        ENCODINGS.getEncoding(entries.getEncoding()));
  }

  private DataPage version1(PageHeader header, int start, int length) throws IOException {
    var data = header.getData_page_header();
    return new DataPageV1(
        decompressed(start, length, header.getUncompressed_page_size()),
        data.getNum_values(),
        header.getUncompressed_page_size(),
        none(),
        ENCODINGS.getEncoding(data.getRepetition_level_encoding()),
        ENCODINGS.getEncoding(data.getDefinition_level_encoding()),
        ENCODINGS.getEncoding(data.getEncoding()));
  }

  /** In pages of version 2, levels are never compressed. */
  private DataPage version2(PageHeader header, int start, int length) throws IOException {
    var data = header.getData_page_header_v2();
    int repetition = data.getRepetition_levels_byte_length();
    int definition = data.getDefinition_levels_byte_length();
    int levels = repetition + definition;
    var content = data.isIs_compressed()
        ? decompressed(start + levels, length - levels, header.getUncompressed_page_size() - levels)
        : BytesInput.from(bytes, start + levels, length - levels);
    return DataPageV2.uncompressed(
        data.getNum_rows(),
        data.getNum_nulls(),
        data.getNum_values(),
        BytesInput.from(bytes, start, repetition),
        BytesInput.from(bytes, start + repetition, definition),
        ENCODINGS.getEncoding(data.getEncoding()),
        content,
        none());
  }

  private BytesInput decompressed(int start, int length, int size) throws IOException {
    return BytesInput.from(codec.decompress(bytes, start, length, size));
  }

  private Statistics<?> none() {
    return Statistics.createStats(type);
  }
}
