package org.tdro.experiments.spoiling;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Texts in a temporary file, found again by their numbers: only the places of millions of rows need fit into memory. */
final class Spool implements AutoCloseable {
  private final FileChannel channel;
  private final OutputStream out;
  private long[] ends = new long[1024];
  private int size;

  Spool(Path file) throws IOException {
    this.channel = FileChannel.open(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /** Adds a text, whose number is the number of texts before it. */
  void add(String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes);
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    ends[size] = start(size) + bytes.length;
    size++;
  }

  int size() {
    return size;
  }

  /** Returns a text by its number. */
  String get(int number) throws IOException {
    out.flush();
    var bytes = ByteBuffer.allocate((int) (ends[number] - start(number)));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, start(number) + bytes.position()) < 0) {
        throw new IOException("the temporary file was cut off");
      }
    }
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  private long start(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
