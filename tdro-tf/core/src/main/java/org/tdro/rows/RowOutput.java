package org.tdro.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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
   * Writes a folder, replacing the one that is there.
   *
   * @throws org.tdro.io.FileException naming it
   */
  public static void write(Path folder, Body body) {
    AtomicWrite.folder(folder, beside -> {
      var record = written(body, beside);
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

  /** Opens the file of a domain, compressed as its source is; its folder is made. */
  public static RowWriter open(Path folder, String domain, Path source) throws IOException {
    Files.createDirectories(folder);
    boolean compressed = source.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    var file = folder.resolve(domain + (compressed ? ".jsonl.gz" : ".jsonl"));
    return RowWriter.open(file, file);
  }
}
