package org.tdro.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;

/**
 * The folder that a server watches: a folder for each version, named by its number. A version is written beside its place under a
 * name that is not a number, which servers pass over, and renamed once it is whole.
 */
record Versions(Path base) {

  /**
   * Writes a version.
   *
   * @param wanted its number; without one, the next after the highest that is there, or 1
   * @return its folder
   * @throws IllegalArgumentException if it is there already, or {@code base} is not a folder
   * @throws IllegalStateException if another process is writing a version
   */
  Path add(OptionalLong wanted, AtomicWrite.Body body) {
    check(wanted);
    return FolderLock.whileHeld(base, "exporting into", () -> {
      // Looked for again: another process may have written one before it left.
      check(wanted);
      var folder = base.resolve(Long.toString(wanted.orElseGet(this::next)));
      AtomicWrite.folder(folder, body);
      return folder;
    });
  }

  /**
   * Checks that {@link #add} could write a version.
   *
   * @throws IllegalArgumentException if it could not
   */
  void check(OptionalLong wanted) {
    wanted.ifPresent(version -> {
      if (version < 0) {
        throw new IllegalArgumentException("a version must be at least 0, was " + version);
      }
      if (Files.exists(base.resolve(Long.toString(version)))) {
        throw new IllegalArgumentException("%s has a version %d already; the next free one is %d"
            .formatted(base, version, next()));
      }
    });
    next();
  }

  /** Returns one more than the highest existing version. */
  private long next() {
    try (var entries = Files.list(base)) {
      return entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> name.matches("[0-9]{1,18}"))
              .mapToLong(Long::parseLong)
              .max()
              .orElse(0)
          + 1;
    } catch (NoSuchFileException e) {
      return 1;
    } catch (NotDirectoryException e) {
      throw new IllegalArgumentException(base + " is a file; name a folder for the versions", e);
    } catch (IOException e) {
      throw FileException.reading(base, e);
    }
  }
}
