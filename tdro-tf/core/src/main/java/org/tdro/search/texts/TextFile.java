package org.tdro.search.texts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.rows.records.FileKind;

/**
 * A file of texts whose name tells its kind. A table whose first line names no column that is read is as MS MARCO's, an id and a text on
 * each line.
 *
 * @param what the texts are, in the plural, for messages
 */
record TextFile(Path file, String what, RecordTexts columns) {
  /**
   * Returns a file, or the one of a folder that has one of the names, plain or compressed.
   *
   * @throws InputException if there is none
   */
  static Path find(Path fileOrFolder, String what, List<String> names) {
    if (!Files.exists(fileOrFolder)) {
      throw new InputException(fileOrFolder + ": there is no such file or folder");
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return fileOrFolder;
    }
    return names.stream()
        .flatMap(name -> Stream.of("", ".gz", ".zst").map(end -> fileOrFolder.resolve(name + end)))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() -> new InputException("%s: this folder has no %s[.gz]; name a file of %s"
            .formatted(fileOrFolder, String.join("[.gz] or ", names), what)));
  }

  /**
   * Opens the file.
   *
   * @throws InputException if it is missing, or of a kind that is not known
   */
  TextFormat.Reader open() {
    var kind = FileKind.of(file);
    if (kind.isEmpty()) {
      throw new InputException(
          "%s: its name has none of the endings %s (.gz and .zst may follow), which say how %s are read"
              .formatted(file, FileKind.endings(), what));
    }
    if (kind.get() == FileKind.TSV) {
      return isWithoutHeader() ? TsvTexts.PLAIN.open(file) : columns.open(file);
    }
    checkColumns(kind.get());
    return columns.open(file);
  }

  /** Checks the columns of a table, which are those of all its rows. */
  private void checkColumns(FileKind kind) {
    if (kind == FileKind.JSON_LINES || kind == FileKind.JSON) {
      return;
    }
    try (var records = kind.open(file)) {
      var first = records.next();
      if (first == null) {
        return;
      }
      var row = first.value();
      for (var names : List.of(columns.ids(), columns.texts())) {
        if (names.stream().noneMatch(row::has)) {
          var found = new ArrayList<String>();
          row.fieldNames().forEachRemaining(found::add);
          throw new InputException("%s: needs a column %s, but its columns are %s%s"
              .formatted(
                  file,
                  String.join(" or ", names),
                  String.join(", ", found),
                  kind == FileKind.CSV ? "; is there no header in its first line?" : ""));
        }
      }
    }
  }

  private boolean isWithoutHeader() {
    try (var lines = TextLines.open(file)) {
      var first = lines.next();
      var names = first == null ? List.<String>of() : List.of(first.text().split("\t", -1));
      return !(names.stream().anyMatch(columns.ids()::contains)
          && names.stream().anyMatch(columns.texts()::contains));
    }
  }

  /**
   * Reads all texts, and hands on those that are in order.
   *
   * @throws InputException listing malformed rows and repeated ids, or if there are no texts
   */
  void readAll(Consumer<TextFormat.Text> texts) {
    var problems = new Problems();
    Set<String> ids = new HashSet<>();
    try (var reader = open()) {
      reader.forEach(ids, problems, texts);
    }
    problems.throwIfAny();
    if (ids.isEmpty()) {
      throw new InputException(file + ": holds no " + what);
    }
  }
}
