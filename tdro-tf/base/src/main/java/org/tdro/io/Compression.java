package org.tdro.io;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/** The compression of a text file, which the ending of its name tells, in any case. Zstandard needs the library zstd-jni. */
public enum Compression {
  /** Plain text. */
  NONE("") {
    @Override
    InputStream decompress(InputStream in) {
      return in;
    }

    @Override
    OutputStream compress(OutputStream out) {
      return out;
    }
  },
  /** {@code .gz}. */
  GZIP(".gz") {
    @Override
    InputStream decompress(InputStream in) throws IOException {
      return GzipMembers.open(in, BUFFER);
    }

    @Override
    OutputStream compress(OutputStream out) throws IOException {
      return new GZIPOutputStream(out, BUFFER);
    }
  },
  /** {@code .zst}, with windows of any length. */
  ZSTD(".zst") {
    @Override
    InputStream decompress(InputStream in) throws IOException {
      return new ZstdInputStreamNoFinalizer(in).setLongMax(LONGEST_WINDOW);
    }

    @Override
    OutputStream compress(OutputStream out) throws IOException {
      return new ZstdOutputStreamNoFinalizer(out);
    }
  };

  private static final int BUFFER = 1 << 16;

  /** The logarithm of the longest window that {@code zstd --long} writes. */
  private static final int LONGEST_WINDOW = 31;

  private final String ending;

  Compression(String ending) {
    this.ending = ending;
  }

  /** Returns the compression of a file by its name. */
  public static Compression of(Path file) {
    return of(file.toString());
  }

  private static Compression of(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(compression -> compression != NONE && lower.endsWith(compression.ending))
        .findFirst()
        .orElse(NONE);
  }

  /** Returns the name of a file without the folder and without the ending of its compression: {@code a.jsonl} of {@code d/a.jsonl.gz}. */
  public static String strippedName(Path file) {
    var name = file.getFileName().toString();
    return name.substring(0, name.length() - of(name).ending.length());
  }

  /**
   * Opens a file, decompressed by its name.
   *
   * @throws IOException if it is missing or is not compressed as its name says; see {@link #reason}
   */
  public static InputStream read(Path file) throws IOException {
    var raw = Files.newInputStream(file);
    try {
      return of(file).decompress(raw);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /**
   * Opens a new file.
   *
   * @param file the place to write to
   * @param named the name that the file will have, which decides how it is compressed
   */
  public static OutputStream write(Path file, Path named) throws IOException {
    var raw = Files.newOutputStream(file);
    try {
      return of(named).compress(raw);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** Returns what to say of a failure to read a file. */
  public static String reason(Path file, IOException failure) {
    var format = of(file) == ZSTD ? "zstd" : "gzip";
    if (failure instanceof EOFException || isTruncated(failure)) {
      return "the " + format + " file ends too early, copy it again";
    }
    return failure instanceof ZipException || (of(file) == ZSTD && isZstd(failure))
        ? "damaged " + format + " file: " + failure.getMessage()
        : "cannot be read: " + failure.getMessage();
  }

  private static boolean isTruncated(IOException failure) {
    return isZstd(failure) && "Truncated source".equals(failure.getMessage());
  }

  private static boolean isZstd(IOException failure) {
    return failure.getClass().getName().startsWith("com.github.luben.zstd");
  }

  abstract InputStream decompress(InputStream in) throws IOException;

  abstract OutputStream compress(OutputStream out) throws IOException;
}
