package org.tdro.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The lines of a UTF-8 file, decompressed if its name ends in {@code .gz}. Blank lines are left out but counted. */
public final class JsonlReader implements AutoCloseable {
  private static final ObjectReader JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build()
      .reader();

  /**
   * A line and where it stands.
   *
   * @param number from 1
   */
  public record Line(Path file, long number, String text) {
    /** {@code file:number}, as messages begin. */
    public String place() {
      return file + ":" + number;
    }

    /**
     * The JSON object that the line is.
     *
     * @throws DataException if it is none
     */
    public JsonNode object() {
      try {
        var node = JSON.readTree(text);
        if (!node.isObject()) throw new DataException(place() + ": is no JSON object");
        return node;
      } catch (JsonProcessingException e) {
        // Jackson adds in brackets where the value began, which is this line.
        var problem = e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
        throw new DataException(
            "%s: malformed JSON at column %d: %s"
                .formatted(place(), e.getLocation().getColumnNr(), problem),
            e);
      }
    }
  }

  private final Path file;
  private final BufferedReader reader;
  private long number;

  private JsonlReader(Path file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * Opens a file.
   *
   * @throws DataException if it is missing or is no gzip though it is called so
   */
  public static JsonlReader open(Path file) {
    try {
      var raw = Files.newInputStream(file);
      try {
        var in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
        return new JsonlReader(
            file,
            new BufferedReader(
                new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 16));
      } catch (IOException e) {
        raw.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw failure(file, 1, e);
    }
  }

  /**
   * The remaining lines, {@code count} at a time.
   *
   * @throws DataException on the way, if the gzip stream is cut or damaged, or if the text is not UTF-8
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
        if (next.isEmpty()) throw new NoSuchElementException();
        var chunk = next;
        next = read(count);
        return chunk;
      }
    };
  }

  private List<Line> read(int count) {
    var lines = new ArrayList<Line>(count);
    try {
      while (lines.size() < count) {
        var text = reader.readLine();
        if (text == null) break;
        number++;
        if (!text.isBlank()) lines.add(new Line(file, number, text));
      }
      return lines;
    } catch (IOException e) {
      throw failure(file, number + 1, e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw failure(file, number, e);
    }
  }

  private static DataException failure(Path file, long line, IOException e) {
    var place = file + ":" + line + ": ";
    if (e instanceof EOFException)
      return new DataException(place + "the gzip file ends too early, copy it again", e);
    if (e instanceof ZipException)
      return new DataException(place + "damaged gzip file: " + e.getMessage(), e);
    if (e instanceof CharacterCodingException)
      return new DataException(place + "about here the text is not UTF-8", e);
    return new DataException(place + "cannot be read: " + e.getMessage(), e);
  }
}
