package org.tdro.tools.doctor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Folders that are looked through in order. */
record SearchPath(List<Path> folders) {
  /** Those in an environment variable; none if it is not set. */
  static SearchPath of(String variable) {
    var value = Optional.ofNullable(System.getenv(variable)).orElse("");
    return new SearchPath(Arrays.stream(value.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(Path::of)
        .toList());
  }

  Optional<Path> find(String file) {
    return folders.stream()
        .map(folder -> folder.resolve(file))
        .filter(Files::exists)
        .findFirst();
  }
}
