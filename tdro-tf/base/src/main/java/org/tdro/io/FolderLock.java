package org.tdro.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/** Keeps two processes from writing one folder, by its file {@code .lock}. Goes with the process, however that ends. */
public final class FolderLock {
  private FolderLock() {}

  @FunctionalInterface
  private interface Acquisition {
    /** The lock, or null if another one has it. */
    FileLock of(FileChannel channel) throws IOException;
  }

  /**
   * Runs {@code body} while this process alone has the folder, which is made if it is missing.
   *
   * @throws IllegalStateException if another process has it
   */
  public static <T> T whileHeld(Path folder, Supplier<T> body) {
    return hold(folder, FileChannel::tryLock, body);
  }

  /** Runs {@code body} when no other process has the folder any more. */
  public static <T> T whenFree(Path folder, Supplier<T> body) {
    // A file lock tells processes apart, not threads.
    synchronized (FolderLock.class) {
      return hold(folder, FileChannel::lock, body);
    }
  }

  private static <T> T hold(Path folder, Acquisition acquisition, Supplier<T> body) {
    try {
      Files.createDirectories(folder);
      try (var channel = FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var lock = acquisition.of(channel)) {
        if (lock == null) {
          throw busy(folder);
        }
        return body.get();
      } catch (OverlappingFileLockException e) {
        throw busy(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder + ": " + e.getMessage(), e);
    }
  }

  private static IllegalStateException busy(Path folder) {
    return new IllegalStateException("another process is training into " + folder
        + "; wait for its end or name another output folder");
  }
}
