package org.tdro.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Keeps two processes from writing to one folder, by a lock on its file {@code .lock} that ends with the process. */
public final class FolderLock {
  /** The file that is locked. */
  public static final String FILE = ".lock";

  /** {@link #isHeld} takes the lock for a moment, so that it is asked for more than once. */
  private static final int ATTEMPTS = 10;

  private static final long BETWEEN_ATTEMPTS_MILLIS = 20;

  /**
   * The folders that this process holds. A file lock tells processes apart, not threads, and closing a second channel of its file would
   * release it.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

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
    return hold(folder, deed, FolderLock::tryRepeatedly, body);
  }

  /** Waits until no other process holds the folder, and runs {@code body}. */
  public static <T> T whenFree(Path folder, Supplier<T> body) {
    synchronized (FolderLock.class) {
      return hold(folder, "writing to", FileChannel::lock, body);
    }
  }

  /** Returns whether a process, this one or another, holds the folder at this moment. */
  public static boolean isHeld(Path folder) {
    var file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      if (HELD_HERE.contains(folder.toRealPath())) {
        return true;
      }
      // A shared lock can be had without the right to write.
      try (var channel = FileChannel.open(file, StandardOpenOption.READ);
          var lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null;
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static <T> T hold(Path folder, String deed, Acquisition acquisition, Supplier<T> body) {
    try {
      Files.createDirectories(folder);
      var held = folder.toRealPath();
      if (!HELD_HERE.add(held)) {
        throw busy(folder, deed);
      }
      try (var channel = FileChannel.open(
              folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var lock = acquisition.of(channel)) {
        if (lock == null) {
          throw busy(folder, deed);
        }
        return body.get();
      } finally {
        HELD_HERE.remove(held);
      }
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
  }

  private static FileLock tryRepeatedly(FileChannel channel) throws IOException {
    var lock = channel.tryLock();
    for (int attempt = 1; lock == null && attempt < ATTEMPTS; attempt++) {
      try {
        Thread.sleep(BETWEEN_ATTEMPTS_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      lock = channel.tryLock();
    }
    return lock;
  }

  private static IllegalStateException busy(Path folder, String deed) {
    return new IllegalStateException("another process is " + deed + " " + folder
        + "; wait for its end or name another output folder");
  }
}
