package org.tdro.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;

/** Writes beside a place and moves there what is complete, so that a crash or a full disk never leaves half of it. */
public final class AtomicWrite {
  private AtomicWrite() {}

  /** Writes to the path that it is given. */
  @FunctionalInterface
  public interface Body {
    /** Writes the file, or into the folder, {@code beside}. */
    void write(Path beside) throws IOException;
  }

  /**
   * Writes a file, replacing the one that is there.
   *
   * @throws UncheckedIOException naming the file
   */
  public static void file(Path file, Body body) {
    var target = file.toAbsolutePath();
    var beside = beside(target);
    try {
      Files.createDirectories(target.getParent());
      try {
        body.write(beside);
        Files.move(
            beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks that {@link #file} can write a file, before a long computation whose result goes there. Makes its folder.
   *
   * @throws UncheckedIOException naming the file
   */
  public static void checkWritable(Path file) {
    var target = file.toAbsolutePath();
    try {
      if (Files.isDirectory(target)) {
        throw new IOException("it is a folder");
      }
      Files.createDirectories(target.getParent());
      Files.write(beside(target), new byte[0]);
      Files.delete(beside(target));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes a folder, replacing the one that is there once the new one is complete.
   *
   * @throws UncheckedIOException naming the folder
   */
  public static void folder(Path folder, Body body) {
    var target = folder.toAbsolutePath();
    var beside = beside(target);
    var old = target.resolveSibling("." + target.getFileName() + ".old");
    try {
      delete(beside);
      Files.createDirectories(beside);
      try {
        body.write(beside);
        delete(old);
        if (Files.exists(target)) {
          Files.move(target, old);
        }
        Files.move(beside, target);
        delete(old);
      } finally {
        delete(beside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Deletes a folder and all in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static Path beside(Path target) {
    return target.resolveSibling("." + target.getFileName() + ".writing");
  }
}
