package org.tdro.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes files and folders that exist whole or not at all, whenever the process is killed, the power fails or the disk fills
 * up. The new content is first forced to the disk beside its place and then renamed.
 *
 * <p>A file is replaced in one step. A folder cannot be, so the old one is moved aside first. By then the new one is complete
 * under a name that {@link #settle} knows, so that a reader who calls it finds the old folder or the new one at any moment.
 * Several writers of one place do not disturb each other; the last to finish wins.
 */
public final class AtomicWrite {
  private static final String WRITING = ".writing";
  private static final String COMPLETE = ".complete";
  private static final String OLD = ".old";
  private static final Pattern LEFT_COMPLETE = Pattern.compile("\\.(.+)\\.\\d+-\\d+\\.complete");

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final int PUT_ATTEMPTS = 100;

  private static final String PROCESS = Long.toString(ProcessHandle.current().pid());
  /** Counts from the time, so that a restarted container, whose process has the same number, has other names. */
  private static final AtomicLong COUNT = new AtomicLong(System.currentTimeMillis());

  private static final Set<String> UNDER_WAY = ConcurrentHashMap.newKeySet();

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
   * @throws FileException naming the file
   */
  public static void file(Path file, Body body) {
    var place = new Place(file);
    try {
      Files.createDirectories(place.parent());
      if (place.isDevice()) {
        writeThrough(place.target(), body);
        return;
      }
      try {
        place.removeLeftovers();
        body.write(place.writing());
        force(place.writing());
        Files.move(
            place.writing(),
            place.target(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        force(place.parent());
      } finally {
        Files.deleteIfExists(place.writing());
      }
    } catch (IOException e) {
      throw FileException.writing(file, e);
    } finally {
      place.done();
    }
  }

  /**
   * Checks that {@link #file} can write a file, before a long computation whose result goes there. Makes its folder.
   *
   * @throws FileException naming the file
   */
  public static void checkWritable(Path file) {
    var place = new Place(file);
    try {
      if (Files.isDirectory(place.target())) {
        throw new IOException("it is a folder");
      }
      if (place.isDevice()) {
        return;
      }
      Files.createDirectories(place.parent());
      Files.createFile(place.writing());
      Files.delete(place.writing());
    } catch (IOException e) {
      throw FileException.writing(file, e);
    } finally {
      place.done();
    }
  }

  /**
   * Writes a folder, replacing the one that is there once the new one is complete.
   *
   * @throws FileException naming the folder
   */
  public static void folder(Path folder, Body body) {
    folder(folder, body, () -> {});
  }

  /** Writes a folder and runs {@code between} wherever the process might be killed. */
  static void folder(Path folder, Body body, Runnable between) {
    var place = new Place(folder);
    try {
      Files.createDirectories(place.parent());
      place.removeLeftovers();
      try {
        Files.createDirectory(place.writing());
        between.run();
        body.write(place.writing());
        between.run();
        replace(place, place.writing(), between);
      } finally {
        delete(place.writing());
      }
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    } finally {
      place.done();
    }
  }

  /**
   * Moves a complete folder, which was built beside {@link #target}, to its place, and replaces the one that is there as {@link #folder}
   * does.
   *
   * @throws FileException naming the folder
   */
  public static void move(Path built, Path folder) {
    var place = new Place(folder);
    try {
      place.removeLeftovers();
      replace(place, built, () -> {});
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    } finally {
      place.done();
    }
  }

  /** Returns the path that is written to where a file or a folder is named: absolute, and what a link leads to. */
  public static Path target(Path path) {
    return Place.resolved(path);
  }

  private static void replace(Place place, Path built, Runnable between) throws IOException {
    try {
      forceAll(built);
      Files.move(built, place.complete(), StandardCopyOption.ATOMIC_MOVE);
      force(place.parent());
      between.run();
      while (!put(place.complete(), place.target())) {
        moveAside(place);
        between.run();
      }
      force(place.parent());
      between.run();
      // A writer that moves the new one aside has a complete one of its own beside it.
      delete(place.old());
    } finally {
      // Otherwise the complete one stays for settle, as after a kill.
      if (Files.exists(place.target())) {
        delete(place.complete());
        delete(place.old());
      }
    }
  }

  /**
   * Prepares a folder for reading: puts into place what a killed writer left complete. Does nothing if the folder exists, or
   * was never written.
   *
   * @throws FileException naming the folder
   */
  public static void settle(Path folder) {
    var place = new Place(folder);
    try {
      // A writer that is still at work may put it in place, or move it aside, meanwhile.
      while (!Files.exists(place.target())) {
        var complete = place.newestComplete();
        if (complete.isEmpty()) {
          return;
        }
        put(complete.get(), place.target());
      }
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    } finally {
      place.done();
    }
  }

  /**
   * Prepares all folders in {@code parent} for reading, as {@link #settle} does one.
   *
   * @throws FileException naming the folder
   */
  public static void settleAll(Path parent) {
    try (var paths = Files.list(parent)) {
      var names = paths
          .map(path -> LEFT_COMPLETE.matcher(path.getFileName().toString()))
          .filter(Matcher::matches)
          .map(name -> name.group(1))
          .toList();
      names.forEach(name -> settle(parent.resolve(name)));
    } catch (NoSuchFileException e) {
      // Nothing was written there.
      return;
    } catch (IOException e) {
      throw FileException.reading(parent, e);
    }
  }

  /** Deletes a folder with all its content, if it exists; others may delete it at the same time. */
  public static void delete(Path folder) throws IOException {
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
          return FileVisitResult.CONTINUE;
        }
        throw failure;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path directory, IOException failure)
          throws IOException {
        if (failure != null && !(failure instanceof NoSuchFileException)) {
          throw failure;
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  /** Writes to a device or a pipe, which cannot be replaced; what is written is complete before the first byte goes there. */
  private static void writeThrough(Path target, Body body) throws IOException {
    var content = Files.createTempFile("tdro", target.getFileName().toString());
    try {
      body.write(content);
      try (var out = Files.newOutputStream(target, StandardOpenOption.WRITE)) {
        Files.copy(content, out);
      }
    } finally {
      Files.delete(content);
    }
  }

  /** Waits until the content of a file, or the names in a folder, are on the disk. */
  private static void force(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void forceAll(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (var path : paths.filter(path -> !Files.isSymbolicLink(path)).toList()) {
        force(path);
      }
    }
  }

  /** Moves {@code complete} into place unless a reader already has; returns false if something else is in the way. */
  private static boolean put(Path complete, Path target) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(complete, target, StandardCopyOption.ATOMIC_MOVE);
        return true;
      } catch (NoSuchFileException e) {
        return true;
      } catch (FileSystemException e) {
        if (Files.exists(target)) {
          return false;
        }
        // What was in the way may have gone since; a failure of another kind happens again.
        if (attempt == PUT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static void moveAside(Place place) throws IOException {
    delete(place.old());
    try {
      Files.move(place.target(), place.old(), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // Another writer has moved it aside.
      return;
    }
  }

  /** A place to write to, with the names beside it of one writer: {@code .NAME.PROCESS-COUNT.writing} and so on. */
  private record Place(Path target, String writer) {
    Place(Path target) {
      this(resolved(target), PROCESS + "-" + COUNT.incrementAndGet());
      UNDER_WAY.add(writer);
    }

    /** Returns the path that a link leads to, so that the link stays. */
    private static Path resolved(Path target) {
      var path = target.toAbsolutePath().normalize();
      try {
        for (int links = 0; Files.isSymbolicLink(path); links++) {
          if (links == MOST_LINKS) {
            throw new IOException("its links lead in a circle");
          }
          path = path.resolveSibling(Files.readSymbolicLink(path)).normalize();
        }
        return path;
      } catch (IOException e) {
        throw FileException.reading(target, e);
      }
    }

    /** Whether there is something that is neither a file nor a folder. */
    boolean isDevice() {
      return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
    }

    void done() {
      UNDER_WAY.remove(writer);
    }

    Path parent() {
      return target.getParent();
    }

    Path writing() {
      return beside(WRITING);
    }

    Path complete() {
      return beside(COMPLETE);
    }

    Path old() {
      return beside(OLD);
    }

    private Path beside(String what) {
      return target.resolveSibling(prefix() + writer + what);
    }

    private String prefix() {
      return "." + target.getFileName() + ".";
    }

    Optional<Path> newestComplete() throws IOException {
      Path newest = null;
      for (var path : beside()) {
        if (path.toString().endsWith(COMPLETE)
            && (newest == null || modified(path) > modified(newest))) {
          newest = path;
        }
      }
      return Optional.ofNullable(newest);
    }

    /** Deletes the files and folders that killed writers left. */
    void removeLeftovers() throws IOException {
      for (var path : beside()) {
        if (!isAlive(path)) {
          delete(path);
        }
      }
    }

    /** Returns the files and folders that writers of this target have beside it. */
    private List<Path> beside() throws IOException {
      if (!Files.exists(parent())) {
        return List.of();
      }
      try (var paths = Files.list(parent())) {
        return paths
            .filter(path -> path.getFileName().toString().startsWith(prefix()))
            .filter(path -> writer(path).matches("(\\d+-\\d+)?"))
            .toList();
      }
    }

    /** Returns the writer in a name, such as {@code 4711-3}; empty in names of earlier versions, which had none. */
    private String writer(Path path) {
      var rest = path.getFileName().toString().substring(prefix().length() - 1);
      for (var what : List.of(WRITING, COMPLETE, OLD)) {
        if (rest.endsWith(what)) {
          var writer = rest.substring(0, rest.length() - what.length());
          return writer.isEmpty() ? "" : writer.substring(1);
        }
      }
      return rest;
    }

    private boolean isAlive(Path path) {
      var id = writer(path);
      if (id.isEmpty()) {
        return false;
      }
      var process = id.substring(0, id.indexOf('-'));
      return process.equals(PROCESS)
          ? UNDER_WAY.contains(id)
          : ProcessHandle.of(Long.parseLong(process)).isPresent();
    }

    private static long modified(Path path) throws IOException {
      try {
        return Files.getLastModifiedTime(path).toMillis();
      } catch (NoSuchFileException e) {
        // It came into place meanwhile.
        return Long.MIN_VALUE;
      }
    }
  }
}
