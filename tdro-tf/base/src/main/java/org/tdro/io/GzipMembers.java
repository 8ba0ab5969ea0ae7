package org.tdro.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The content of a gzip file of one or several members, nothing else. Java's own stream takes whatever follows a member and is not another
 * one for the end of the file, so that a damaged header would lose all that comes after it.
 */
final class GzipMembers extends GZIPInputStream {
  /** The checksum and the length that end a member. */
  private static final int TRAILER = 8;

  private final Counted file;
  /** Bytes of the file up to the end of what was last given to the inflater. */
  private long filled;

  /** A stream that counts the bytes that were read. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }

  /**
   * Opens a file.
   *
   * @param size of the buffer
   * @throws IOException if it does not begin with a member
   */
  static GzipMembers open(InputStream in, int size) throws IOException {
    return new GzipMembers(new Counted(in), size);
  }

  private GzipMembers(Counted file, int size) throws IOException {
    super(file, size);
    this.file = file;
  }

  @Override
  protected void fill() throws IOException {
    super.fill();
    filled = file.count;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    if (read < 0) {
      long end = filled - inf.getRemaining() + TRAILER;
      if (file.count > end || file.read() >= 0) {
        throw new ZipException("what follows byte " + end + " is not gzip");
      }
    }
    return read;
  }
}
