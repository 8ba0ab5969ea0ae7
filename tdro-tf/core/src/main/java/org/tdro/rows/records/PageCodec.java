package org.tdro.rows.records;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.tdro.io.InputException;

/** A compression of the pages of Parquet. */
enum PageCodec {
  UNCOMPRESSED {
    @Override
    byte[] decompress(byte[] bytes, int start, int length, int size) {
      return Arrays.copyOfRange(bytes, start, start + length);
    }
  },
  SNAPPY {
    @Override
    byte[] decompress(byte[] bytes, int start, int length, int size) throws IOException {
      var page = new byte[size];
      return whole(page, new SnappyDecompressor().decompress(bytes, start, length, page, 0, size));
    }
  },
  GZIP {
    @Override
    byte[] decompress(byte[] bytes, int start, int length, int size) throws IOException {
      var page = new byte[size];
      try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes, start, length))) {
        return whole(page, in.readNBytes(page, 0, size));
      }
    }
  },
  ZSTD {
    @Override
    byte[] decompress(byte[] bytes, int start, int length, int size) throws IOException {
      var page = new byte[size];
      return whole(page, (int) Zstd.decompressByteArray(page, 0, size, bytes, start, length));
    }
  },
  LZ4_RAW {
    @Override
    byte[] decompress(byte[] bytes, int start, int length, int size) throws IOException {
      var page = new byte[size];
      return whole(page, new Lz4Decompressor().decompress(bytes, start, length, page, 0, size));
    }
  };

  /** Returns the codec of a column; an exception names those that are not read. */
  static PageCodec of(CompressionCodecName name) {
    return Arrays.stream(values())
        .filter(codec -> codec.name().equals(name.name()))
        .findFirst()
        .orElseThrow(() -> new InputException(
            "its compression %s is not read; write it with snappy, gzip, zstd or lz4_raw"
                .formatted(name)));
  }

  /** Returns the bytes of a page of known size. */
  abstract byte[] decompress(byte[] bytes, int start, int length, int size) throws IOException;

  private static byte[] whole(byte[] page, int length) throws IOException {
    if (length != page.length) {
      throw new IOException("a page has %d bytes, expected %d".formatted(length, page.length));
    }
    return page;
  }
}
