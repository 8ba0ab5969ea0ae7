package org.tdro.keras.callbacks;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.zip.CRC32C;
import org.tdro.io.FileException;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/**
 * A file of TensorFlow's events in a folder that TensorBoard watches. Each event is a record of TFRecord's form: length, masked CRC-32C of
 * the length, event, masked CRC-32C of the event, all little-endian.
 */
final class EventFile implements AutoCloseable {
  private static final String VERSION = "brain.Event:2";
  private static final int MASK_DELTA = 0xa282ead8;
  private static final double NANOS = 1e9;

  private final Path file;
  private final OutputStream out;

  private EventFile(Path file, OutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Begins a file for the events of a process. Readers forget the events of earlier files in the folder that are of {@code firstStep} or
   * later: an interrupted process that had gone further than it saved does not leave steps behind that are written twice.
   */
  static EventFile create(Path folder, long firstStep) {
    try {
      Files.createDirectories(folder);
      var file = unused(folder, Clock.systemUTC().millis() / 1000);
      var events = new EventFile(
          file,
          new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)));
      events.write(event(0).setFileVersion(VERSION));
      events.write(event(firstStep)
          .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
      return events;
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
  }

  /** Returns a file that sorts after those of earlier processes, as readers take them in the order of their names. */
  private static Path unused(Path folder, long seconds) {
    var file = folder.resolve("events.out.tfevents.%010d.%s".formatted(seconds, host()));
    return Files.exists(file) ? unused(folder, seconds + 1) : file;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Adds the values of a step. */
  void write(long step, Summary summary) {
    write(event(step).setSummary(summary));
  }

  private static Event.Builder event(long step) {
    var now = Clock.systemUTC().instant();
    return Event.newBuilder()
        .setWallTime(now.getEpochSecond() + now.getNano() / NANOS)
        .setStep(step);
  }

  private void write(Event.Builder event) {
    var bytes = event.build().toByteString();
    var length = ByteString.copyFrom(little(Long.BYTES).putLong(bytes.size()).flip());
    try {
      length.writeTo(out);
      out.write(checksum(length));
      bytes.writeTo(out);
      out.write(checksum(bytes));
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  private static byte[] checksum(ByteString bytes) {
    var crc = new CRC32C();
    crc.update(bytes.asReadOnlyByteBuffer());
    int value = (int) crc.getValue();
    return little(Integer.BYTES)
        .putInt(Integer.rotateRight(value, 15) + MASK_DELTA)
        .array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Makes all events visible to readers. */
  void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }
}
