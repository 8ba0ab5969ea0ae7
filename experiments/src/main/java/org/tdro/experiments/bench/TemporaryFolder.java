package org.tdro.experiments.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for files that are gone when it is closed. */
record TemporaryFolder(Path path) implements AutoCloseable {
  TemporaryFolder() {
    this(create());
  }

  private static Path create() {
    try {
      return Files.createTempDirectory("tdro-bench");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder", e);
    }
  }

  @Override
  public void close() {
    try (var files = Files.newDirectoryStream(path)) {
      for (var file : files) {
        Files.delete(file);
      }
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path, e);
    }
  }
}
