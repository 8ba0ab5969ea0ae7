package org.tdro.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A folder that lives no longer than what is done in it. */
public final class TemporaryFolder {
  private TemporaryFolder() {}

  /** What {@code action} returns for a new folder, which is deleted with all that is in it. */
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
