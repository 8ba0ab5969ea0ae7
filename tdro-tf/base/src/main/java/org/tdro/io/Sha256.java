package org.tdro.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** SHA-256 in hexadecimal. */
public final class Sha256 {
  private static final Map<FileState, String> KNOWN = new ConcurrentHashMap<>();

  private Sha256() {}

  /** Returns the hash of some bytes. */
  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /**
   * Returns the hash of a file's content. A file that has not changed since it was hashed is not read again by the same process, where
   * the system tells of every change (Unix).
   *
   * @throws FileException naming the file
   */
  public static String of(Path file) {
    try {
      var state = FileState.of(file);
      var known = state.map(KNOWN::get);
      if (known.isPresent()) {
        return known.get();
      }
      var hash = read(file);
      // A second change within a tick of the file system's clock would not show.
      state.filter(FileState::isSettled).ifPresent(settled -> KNOWN.put(settled, hash));
      return hash;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * The state of a file, which a change of its content changes.
   *
   * @param changed the time of the last change of content or attributes, which no program can set
   */
  private record FileState(Object device, Object inode, Object size, FileTime changed) {
    private static final long SETTLING_MILLIS = 2000;

    static Optional<FileState> of(Path file) throws IOException {
      if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        return Optional.empty();
      }
      var values = Files.readAttributes(file, "unix:dev,ino,size,ctime");
      return Optional.of(
          new FileState(values.get("dev"), values.get("ino"), values.get("size"), (FileTime)
              values.get("ctime")));
    }

    boolean isSettled() {
      return changed.toMillis() < System.currentTimeMillis() - SETTLING_MILLIS;
    }
  }

  private static String read(Path file) throws IOException {
    var digest = digest();
    try (var in = Files.newInputStream(file)) {
      var buffer = new byte[1 << 16];
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the hash of a text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the hash of some texts in their order, each counted with its length, so that none runs into the next. */
  public static String of(Stream<String> texts) {
    var hash = new OfTexts();
    texts.forEachOrdered(hash::add);
    return hash.hex();
  }

  /** A hash of texts that come one by one, as of a stream of them. */
  public static final class OfTexts {
    private final MessageDigest digest = digest();

    /** Adds a text. */
    public void add(String text) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }

    /** Returns the hash of the texts so far, and begins anew. */
    public String hex() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
