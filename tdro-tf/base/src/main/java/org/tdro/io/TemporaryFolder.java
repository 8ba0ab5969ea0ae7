package org.tdro.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A folder that is deleted after one action. */
public final class TemporaryFolder {
  private TemporaryFolder() {}

  /** Runs {@code action} on a new folder, deletes the folder with its content, and returns the result. */
  public static <T> T with(Function<Path, T> action) {
    try {
      var folder = Files.createTempDirectory("tdro");
      try {
        return action.apply(folder);
      } finally {
        AtomicWrite.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use a temporary folder: " + e.getMessage(), e);
    }
  }
}
