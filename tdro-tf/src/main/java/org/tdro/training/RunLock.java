package org.tdro.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/** Keeps two processes from training into one folder. Goes with the process, however that ends. */
final class RunLock {
  private RunLock() {}

  /**
   * Runs {@code body} while this process alone has the folder.
   *
   * @throws IllegalStateException if another one has it
   */
  static <T> T whileHeld(RunFolder run, Supplier<T> body) {
    var file = run.path().resolve(".lock");
    try {
      Files.createDirectories(run.path());
      try (var channel =
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var lock = channel.tryLock()) {
        if (lock == null || !lock.isValid()) {
          throw new OverlappingFileLockException();
        }
        return body.get();
      } catch (OverlappingFileLockException e) {
        throw new IllegalStateException("another process is training into " + run.path(), e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + run.path() + ": " + e.getMessage(), e);
    }
  }
}
