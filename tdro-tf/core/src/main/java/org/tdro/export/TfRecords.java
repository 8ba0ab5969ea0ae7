package org.tdro.export;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * TensorFlow's file of records: of each its length (64 bits, little-endian), a check sum of these bytes, the record and a check
 * sum of it.
 */
final class TfRecords {
  /** {@code kMaskDelta} of TensorFlow's {@code crc32c.h}: sums are masked, since records may hold sums themselves. */
  private static final int MASK = 0xa282ead8;

  private static final int MASK_ROTATION = 15;

  private TfRecords() {}

  static byte[] of(List<byte[]> records) {
    var file = new ByteArrayOutputStream();
    for (var record : records) {
      var length = ByteBuffer.allocate(Long.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(record.length)
          .array();
      file.writeBytes(length);
      file.writeBytes(maskedSum(length));
      file.writeBytes(record);
      file.writeBytes(maskedSum(record));
    }
    return file.toByteArray();
  }

  private static byte[] maskedSum(byte[] bytes) {
    var sum = new CRC32C();
    sum.update(bytes);
    int masked = Integer.rotateRight((int) sum.getValue(), MASK_ROTATION) + MASK;
    return ByteBuffer.allocate(Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(masked)
        .array();
  }
}
