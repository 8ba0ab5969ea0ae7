package org.tdro.search.mining;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.io.FileException;
import org.tdro.rows.Passage;
import org.tdro.rows.duplicates.NormalText;
import org.tdro.search.Corpus;

/**
 * The different passages of some rows, numbered in the order in which they came; of those whose texts are equal after normalisation, the
 * first. The texts are in a file; about 100 bytes a passage are held in memory. As a corpus, its documents have their numbers as ids.
 */
public final class PassagePool implements Corpus, AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final DataOutputStream out;
  private final Map<Long, Integer> numbers = new HashMap<>();
  private long[] starts = new long[1024];
  private long end;
  private FileChannel channel;

  private PassagePool(Path file, DataOutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Creates an empty pool.
   *
   * @param file where its texts are kept until it is closed
   */
  public static PassagePool create(Path file) {
    try {
      return new PassagePool(
          file,
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER)));
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /** Adds a passage and returns its number, or that of an earlier one with the same text. */
  public int add(Passage passage) {
    if (channel != null) {
      throw new IllegalStateException("the pool is complete");
    }
    long hash = NormalText.of(passage.content()).hash();
    var known = numbers.putIfAbsent(hash, numbers.size());
    if (known != null) {
      return known;
    }
    int number = numbers.size() - 1;
    if (number == starts.length) {
      starts = Arrays.copyOf(starts, 2 * number);
    }
    starts[number] = end;
    try {
      for (var part : new String[] {passage.id(), passage.title(), passage.text()}) {
        var bytes = part.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
        end += Integer.BYTES + bytes.length;
      }
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
    return number;
  }

  /** Returns the number of a passage that was added, or of one with the same text. */
  public int number(Passage passage) {
    return numbers.get(NormalText.of(passage.content()).hash());
  }

  /** Ends adding; only now passages can be read. */
  public void complete() {
    try {
      out.close();
      channel = FileChannel.open(file);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  /** Returns a passage with the id that it came with; may be called by several threads. */
  public Passage passage(int number) {
    long from = starts[number];
    long to = number + 1 < numbers.size() ? starts[number + 1] : end;
    var bytes = ByteBuffer.allocate((int) (to - from));
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, from + bytes.position()) < 0) {
          throw new IOException("ends too early");
        }
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    bytes.flip();
    return new Passage(text(bytes), text(bytes), text(bytes));
  }

  private static String text(ByteBuffer bytes) {
    var text = new byte[bytes.getInt()];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public Stream<Passage> documents() {
    return IntStream.range(0, numbers.size()).mapToObj(number -> {
      var passage = passage(number);
      return new Passage(Integer.toString(number), passage.title(), passage.text());
    });
  }

  @Override
  public long size() {
    return numbers.size();
  }

  @Override
  public void close() {
    try {
      out.close();
      if (channel != null) {
        channel.close();
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
