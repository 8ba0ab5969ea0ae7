package org.tdro.rows.records;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.tdro.io.Compression;
import org.tdro.io.CounterRandom;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;

/**
 * The lines of a text file by a key, such as a document's id. Texts stay in the file: 16 bytes of memory are needed for each line, 8
 * of its hash and number and 8 of its offset. A compressed file is first decompressed into a temporary one. Thread-safe.
 */
public final class LineIndex implements AutoCloseable {
  private static final int FIRST_CAPACITY = 1 << 10;

  private static final String LINE = "line";
  private static final String ROW = "row";

  private final Path named;
  /** What a line is in the named file. */
  private final String unit;

  private final Function<TextLines.Line, String> key;
  private final FileChannel channel;
  /** A hash in the upper half, the number of the line less one in the lower, sorted. */
  private long[] entries = new long[FIRST_CAPACITY];

  private int size;
  /** The offset of each line, blank ones included, by its number less one. */
  private long[] offsets = new long[FIRST_CAPACITY];

  private int lines;
  private long end;

  private LineIndex(
      Path named, String unit, Function<TextLines.Line, String> key, FileChannel channel) {
    this.named = named;
    this.unit = unit;
    this.key = key;
    this.channel = channel;
  }

  /**
   * Reads a file once.
   *
   * @param key returns a line's key, or throws an {@link InputException} that says what is wrong with the line
   * @throws InputException if the file cannot be read, or listing the first problems of its lines
   */
  public static LineIndex of(Path file, Function<TextLines.Line, String> key) {
    return Compression.of(file) == Compression.NONE
        ? opened(file, file, LINE, key)
        : ofTemporary(file, LINE, key, temporary -> {
          try (var in = Compression.read(file)) {
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new InputException(file + ": " + Compression.reason(file, e), e);
          }
        });
  }

  /**
   * Reads lines that {@code lines} writes to a temporary file, one for each row of another.
   *
   * @param named the file that they are from, for messages
   * @throws InputException as {@link #of(Path, Function)}
   */
  public static LineIndex ofTemporary(
      Path named, Function<TextLines.Line, String> key, TemporaryLines lines) {
    return ofTemporary(named, ROW, key, lines);
  }

  private static LineIndex ofTemporary(
      Path named, String unit, Function<TextLines.Line, String> key, TemporaryLines lines) {
    try {
      var temporary = Files.createTempFile("tdro", ".lines");
      try {
        lines.write(temporary);
        return opened(named, temporary, unit, key);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new InputException(
          named + ": cannot be written to a temporary file: " + e.getMessage(), e);
    }
  }

  /** Writes lines to a file. */
  @FunctionalInterface
  public interface TemporaryLines {
    /** Writes them to {@code file}. */
    void write(Path file) throws IOException;
  }

  private static LineIndex opened(
      Path named, Path file, String unit, Function<TextLines.Line, String> key) {
    LineIndex index = null;
    try (var lines = TextLines.open(file)) {
      index = new LineIndex(named, unit, key, FileChannel.open(file, StandardOpenOption.READ));
      index.read(lines);
      return index;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } catch (InputException e) {
      if (index != null) {
        index.close();
      }
      throw renamed(e, file, named);
    }
  }

  private static InputException renamed(InputException e, Path from, Path to) {
    return new InputException(e.problems().stream()
        .map(problem -> problem.replace(from.toString(), to.toString()))
        .toList());
  }

  private void read(TextLines text) throws IOException {
    var problems = new Problems();
    for (var line = text.next(); line != null && !problems.isFull(); line = text.next()) {
      if (line.number() >= Integer.MAX_VALUE) {
        throw new InputException(named + ": has more than 2^31 lines");
      }
      int number = (int) line.number();
      offsets = grown(offsets, number);
      // Blank lines before this one are never looked up.
      Arrays.fill(offsets, lines, number, text.offset());
      lines = number;
      try {
        add(hash(key.apply(line)), number - 1);
      } catch (InputException e) {
        problems.fill(e.problems());
      }
    }
    problems.throwIfAny();
    end = channel.size();
    entries = Arrays.copyOf(entries, size);
    offsets = Arrays.copyOf(offsets, lines);
    Arrays.sort(entries);
  }

  private void add(int hash, int line) {
    entries = grown(entries, size + 1);
    entries[size++] = (long) hash << 32 | line;
  }

  private static long[] grown(long[] array, int size) {
    return size <= array.length
        ? array
        : Arrays.copyOf(array, Math.max(size, array.length + (array.length >> 1)));
  }

  private static int hash(String key) {
    return (int)
        (CounterRandom.mix(CounterRandom.fnv1a(key.getBytes(StandardCharsets.UTF_8))) >>> 32);
  }

  /** Returns the number of lines that have a key. */
  public int size() {
    return size;
  }

  /** Returns the lines with a key, in the order of the file. */
  public List<TextLines.Line> all(String wanted) {
    var found = new ArrayList<TextLines.Line>();
    for (int entry = firstEntry(wanted); entry < size && isHash(entry, wanted); entry++) {
      var line = line((int) entries[entry]);
      if (key.apply(line).equals(wanted)) {
        found.add(line);
      }
    }
    return found;
  }

  private int firstEntry(String wanted) {
    int found = Arrays.binarySearch(entries, (long) hash(wanted) << 32);
    return found >= 0 ? found : -found - 1;
  }

  private boolean isHash(int entry, String wanted) {
    return (int) (entries[entry] >> 32) == hash(wanted);
  }

  /**
   * Checks that no two lines have the same key.
   *
   * @throws InputException naming the first that do
   */
  public void checkUnique() {
    var problems = new Problems();
    for (int entry = 1; entry < size && !problems.isFull(); entry++) {
      if (entries[entry] >> 32 == entries[entry - 1] >> 32) {
        var line = line((int) entries[entry]);
        var id = key.apply(line);
        var first = all(id).get(0);
        if (first.number() != line.number()) {
          problems.add("%s: has the id %s of %s %d; ids must be different"
              .formatted(
                  unit.equals(LINE) ? line.place() : named + ":row " + line.number(),
                  id,
                  unit,
                  first.number()));
        }
      }
    }
    problems.throwIfAny();
  }

  private TextLines.Line line(int index) {
    long next = index + 1 < lines ? offsets[index + 1] : end;
    var bytes = ByteBuffer.allocate(Math.toIntExact(next - offsets[index]));
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offsets[index] + bytes.position()) < 0) {
          throw new InputException(named + ": has changed while it was read");
        }
      }
    } catch (IOException e) {
      throw FileException.reading(named, e);
    }
    var text = new String(bytes.array(), StandardCharsets.UTF_8);
    if (index == 0 && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    int newline = text.indexOf('\n');
    text = newline < 0 ? text : text.substring(0, newline);
    return new TextLines.Line(
        named, index + 1L, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw FileException.reading(named, e);
    }
  }
}
