package org.tdro.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/** Keeps two processes from writing to one folder, by a lock on its file {@code .lock} that ends with the process. */
public final class FolderLock {
  private FolderLock() {}

  @FunctionalInterface
  private interface Acquisition {
    /** Returns the lock, or null if another process holds it. */
    FileLock of(FileChannel channel) throws IOException;
  }

  /**
   * Runs {@code body} while this process alone holds the folder, which is created if it is missing.
   *
   * @param deed of whoever holds it, for the message, such as {@code training into}
   * @throws IllegalStateException if another process holds it
   */
  public static <T> T whileHeld(Path folder, String deed, Supplier<T> body) {
    return hold(folder, deed, FileChannel::tryLock, body);
  }

  /** Waits until no other process holds the folder, and runs {@code body}. */
  public static <T> T whenFree(Path folder, Supplier<T> body) {
    // A file lock tells processes apart, not threads.
    synchronized (FolderLock.class) {
      return hold(folder, "writing to", FileChannel::lock, body);
    }
  }

  private static <T> T hold(Path folder, String deed, Acquisition acquisition, Supplier<T> body) {
    try {
      Files.createDirectories(folder);
      try (var channel = FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var lock = acquisition.of(channel)) {
        if (lock == null) {
          throw busy(folder, deed);
        }
        return body.get();
      } catch (OverlappingFileLockException e) {
        throw busy(folder, deed);
      }
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
  }

  private static IllegalStateException busy(Path folder, String deed) {
    return new IllegalStateException("another process is " + deed + " " + folder
        + "; wait for its end or name another output folder");
  }
}
