package org.tdro.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tdro.io.FileException;

/**
 * The folders of a model's versions: folders with integer names, or a SavedModel alone, which is then the only version.
 *
 * @param base the folder that was given
 */
record VersionFolders(Path base) {
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}|0");

  /** Returns the folders of versions that hold a SavedModel, by number. */
  NavigableMap<Long, Path> find() {
    var found = new TreeMap<Long, Path>();
    if (isSavedModel(base)) {
      var name = base.toAbsolutePath().normalize().getFileName().toString();
      found.put(VERSION.matcher(name).matches() ? Long.parseLong(name) : 1, base);
      return found;
    }
    if (!Files.isDirectory(base)) {
      return found;
    }
    try (var entries = Files.list(base)) {
      entries
          .filter(entry -> VERSION.matcher(entry.getFileName().toString()).matches())
          .filter(VersionFolders::isSavedModel)
          .forEach(entry -> found.put(Long.parseLong(entry.getFileName().toString()), entry));
    } catch (IOException e) {
      throw FileException.reading(base, e);
    }
    return found;
  }

  private static boolean isSavedModel(Path folder) {
    return Files.exists(folder.resolve("saved_model.pb"));
  }

  /** Returns sizes and times of a version's files: while they change, it is still being written. */
  static String state(Path folder) {
    try (var files = Files.walk(folder)) {
      return files
          .map(file -> {
            try {
              return file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
            } catch (IOException e) {
              return file + " gone";
            }
          })
          .sorted()
          .collect(Collectors.joining("\n"));
    } catch (IOException | UncheckedIOException e) {
      return "not readable: " + e.getMessage();
    }
  }
}
