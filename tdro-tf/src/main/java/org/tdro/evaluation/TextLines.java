package org.tdro.evaluation;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * The non-blank lines of a UTF-8 text file, plain or (by its name, {@code *.gz}) compressed, with their numbers.
 *
 * <p>Lines are split before they are decoded, so that a malformed byte is reported with its line.
 */
final class TextLines implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path file;
  private final InputStream in;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long number;
  private boolean ended;

  /** @throws EvaluationDataException if the file is absent, a folder or not gzip data */
  TextLines(Path file) {
    this.file = file;
    if (!Files.isRegularFile(file)) {
      throw new EvaluationDataException(file + ": no such file");
    }
    this.in = open(file);
  }

  private static InputStream open(Path file) {
    InputStream raw = null;
    try {
      raw = Files.newInputStream(file);
      return new BufferedInputStream(
          file.toString().endsWith(".gz") ? new GZIPInputStream(raw, BUFFER) : raw, BUFFER);
    } catch (IOException e) {
      closeQuietly(raw, e);
      throw new EvaluationDataException(file + ": cannot be read: " + e.getMessage());
    }
  }

  private static void closeQuietly(InputStream in, IOException cause) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /**
   * The next line that is not blank, or null at the end.
   *
   * @throws EvaluationDataException if the line is not UTF-8 (reading can go on) or the data break off, as truncated gzip
   *     does (the next call returns null)
   */
  String next() {
    while (readLine()) {
      var line = decode();
      if (!line.isBlank()) {
        return line;
      }
    }
    return null;
  }

  /** The number of the line that {@link #next} gave last, from 1. */
  long number() {
    return number;
  }

  private boolean readLine() {
    if (ended) {
      return false;
    }
    bytes.reset();
    number++;
    try {
      int next = in.read();
      ended = next < 0;
      if (ended) {
        return false;
      }
      while (next >= 0 && next != '\n') {
        bytes.write(next);
        next = in.read();
      }
      return true;
    } catch (IOException e) {
      ended = true;
      throw new EvaluationDataException(file + ":" + number
          + ": breaks off here, is the file complete? (" + e.getMessage() + ")");
    }
  }

  private String decode() {
    try {
      var line = StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
      return number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
    } catch (CharacterCodingException e) {
      throw new EvaluationDataException(file + ":" + number + ": is not valid UTF-8");
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
