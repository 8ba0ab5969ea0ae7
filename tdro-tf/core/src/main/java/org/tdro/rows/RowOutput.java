package org.tdro.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.Optional;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.Json;

/**
 * A folder that a command makes of other rows. It appears when it is complete, with a hidden file that says what it was made from and
 * how, and by which it is told from folders that must not be replaced.
 */
public final class RowOutput {
  private static final String RECORD = ".tdro-rows.json";

  private RowOutput() {}

  /** Writes into a folder. */
  @FunctionalInterface
  public interface Body {
    /** Writes into the folder and returns what is to be recorded, see {@link Json#write}. */
    Object write(Path folder) throws IOException;
  }

  /**
   * Writes a folder. It replaces the one that is there now, but none that appears in the meantime.
   *
   * @throws org.tdro.io.FileException naming it
   */
  public static void write(Path folder, Body body) {
    var present = modified(folder);
    AtomicWrite.folder(folder, beside -> {
      var record = written(body, beside);
      boolean isThatOfBefore = present.isPresent() && present.equals(modified(folder));
      if (Files.exists(folder) && !isThatOfBefore && !isEmpty(folder)) {
        throw new IOException("something was written there in the meantime, which is kept");
      }
      Files.writeString(beside.resolve(RECORD), Json.pretty(record) + "\n");
    });
  }

  private static Object written(Body body, Path folder) throws IOException {
    try {
      return body.write(folder);
    } catch (FileException e) {
      throw e;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Returns whether a folder was written so, and may be replaced. */
  public static boolean isOne(Path folder) {
    return Files.isRegularFile(folder.resolve(RECORD));
  }

  private static boolean isEmpty(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /** Returns the time of a folder's record, by which it is told from another one. */
  private static Optional<FileTime> modified(Path folder) {
    try {
      return Optional.of(Files.getLastModifiedTime(folder.resolve(RECORD)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Opens the file of a domain, compressed as its source is; it and its folder are made with the first row. */
  public static RowWriter open(Path folder, String domain, Path source) {
    boolean compressed = source.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    var file = folder.resolve(domain + (compressed ? ".jsonl.gz" : ".jsonl"));
    return RowWriter.whenNeeded(file);
  }
}
