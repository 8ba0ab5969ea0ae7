package org.tdro.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The lines of a UTF-8 file, decompressed by the ending of its name ({@link Compression}). Blank lines are skipped but counted.
 *
 * <p>Lines are split before they are decoded, so that a malformed byte is reported with its line.
 */
public final class TextLines implements AutoCloseable {
  /** What is said of texts in another encoding, with the commonest one. */
  public static final String NOT_UTF_8 =
      "is not valid UTF-8; a file of Windows or Latin-1 is converted by iconv -f CP1252 -t UTF-8";

  private static final int BUFFER = 1 << 16;

  /** The characters at which a chunk of very long lines ends before it has all of its lines. */
  private static final int CHUNK_CHARACTERS = 1 << 26;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /**
   * A line and its place.
   *
   * @param number counted from 1
   * @param text without the line end
   */
  public record Line(Path file, long number, String text) {
    /** Returns {@code file:number}, with which messages begin. */
    public String place() {
      return file + ":" + number;
    }

    /**
     * Parses the line as a JSON object.
     *
     * @throws InputException if it is not one
     */
    public JsonNode object() {
      return Json.object(text, place());
    }
  }

  private final Path file;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  /** The bytes before those in the buffer. */
  private long passed;

  private long offset;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private long number;
  private boolean ended;

  private TextLines(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Opens a file.
   *
   * @throws InputException if it is missing, or is not compressed as its name says
   */
  public static TextLines open(Path file) {
    try {
      return new TextLines(file, Compression.read(file));
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw failure(file, 1, e);
    }
  }

  /**
   * Opens a new file that {@link #open} can read.
   *
   * @param file the place to write to
   * @param named the name that the file will have, which decides how it is compressed
   */
  public static BufferedWriter writer(Path file, Path named) throws IOException {
    return new BufferedWriter(new OutputStreamWriter(Compression.write(file, named), encoder()));
  }

  /** Returns UTF-8 in which half of a surrogate pair becomes U+FFFD, as {@link Json} reads it. */
  private static CharsetEncoder encoder() {
    return StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE)
        .replaceWith("\uFFFD".getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the number of lines of a file, blank ones included.
   *
   * @throws InputException if it cannot be read
   */
  public static long count(Path file) {
    try (var lines = open(file)) {
      while (lines.fillLine()) {
        lines.number++;
      }
      return lines.number;
    } catch (IOException e) {
      throw failure(file, 1, e);
    }
  }

  /**
   * Returns the next line that is not blank, or null at the end.
   *
   * @throws InputException if the line is not UTF-8 (the next call returns the line after it), or if the rest of the file cannot
   *     be read, such as a truncated gzip stream (the next call returns null)
   */
  public Line next() {
    try {
      while (fillLine()) {
        number++;
        var text = decoder.decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
        if (number == 1 && text.startsWith(BYTE_ORDER_MARK)) {
          text = text.substring(1);
        }
        if (text.endsWith("\r")) {
          text = text.substring(0, text.length() - 1);
        }
        if (!text.isBlank()) {
          return new Line(file, number, text);
        }
      }
      return null;
    } catch (CharacterCodingException e) {
      if (number == 1) {
        refuseUtf16();
      }
      throw new InputException(file + ":" + number + ": " + NOT_UTF_8, e);
    } catch (IOException e) {
      ended = true;
      throw failure(file, number + 1, e);
    }
  }

  private void refuseUtf16() {
    try {
      refuseUtf16(file, bytes.toByteArray());
    } catch (InputException e) {
      ended = true;
      position = limit;
      throw e;
    }
  }

  /**
   * Refuses a file that begins with the byte order mark of UTF-16, as some programs save texts.
   *
   * @param start the first bytes of the text
   * @throws InputException saying how to convert it
   */
  public static void refuseUtf16(Path file, byte[] start) {
    int mark = start.length < 2 ? 0 : ((start[0] & 0xff) << 8) | (start[1] & 0xff);
    if (mark == 0xfeff || mark == 0xfffe) {
      throw new InputException(
          file + ":1: is UTF-16, expected UTF-8; convert it: iconv -f UTF-16 -t UTF-8");
    }
  }

  /**
   * Returns the remaining lines, {@code count} at a time, or fewer if they are very long; the iterator throws what {@link #next}
   * throws.
   */
  public Iterator<List<Line>> chunks(int count) {
    return new Iterator<>() {
      private List<Line> next = read(count);

      @Override
      public boolean hasNext() {
        return !next.isEmpty();
      }

      @Override
      public List<Line> next() {
        if (next.isEmpty()) {
          throw new NoSuchElementException();
        }
        var chunk = next;
        next = read(count);
        return chunk;
      }
    };
  }

  private List<Line> read(int count) {
    var lines = new ArrayList<Line>(count);
    long characters = 0;
    while (lines.size() < count && characters < CHUNK_CHARACTERS) {
      var line = next();
      if (line == null) {
        break;
      }
      lines.add(line);
      characters += line.text().length();
    }
    return lines;
  }

  /** Returns the number of the last line, counted from 1; also of one that is not UTF-8. */
  public long number() {
    return number;
  }

  /** Returns the place of the last line: the number of bytes before it in the text, which is counted decompressed. */
  public long offset() {
    return offset;
  }

  /** Reads the next line into {@code bytes}; returns false at the end. */
  private boolean fillLine() throws IOException {
    bytes.reset();
    offset = passed + position;
    while (!ended) {
      int from = position;
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      bytes.write(buffer, from, position - from);
      if (position < limit) {
        position++;
        return true;
      }
      passed += limit;
      limit = in.read(buffer);
      position = 0;
      ended = limit < 0;
    }
    return bytes.size() > 0;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw failure(file, number, e);
    }
  }

  private static InputException failure(Path file, long line, IOException e) {
    return new InputException(file + ":" + line + ": " + Compression.reason(file, e), e);
  }
}
