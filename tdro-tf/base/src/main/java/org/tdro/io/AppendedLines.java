package org.tdro.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text files that a run appends to line by line, and cuts back when it goes on from an earlier step. */
public final class AppendedLines {
  private AppendedLines() {}

  /** The lines of a file; what follows the last line end was torn by the death of its process and is left out. */
  public static List<String> read(Path file) throws IOException {
    var text = Files.readString(file);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  /**
   * Leaves {@code lines} alone in the file.
   *
   * @throws java.io.UncheckedIOException naming the file
   */
  public static void replace(Path file, List<String> lines) {
    AtomicWrite.file(
        file,
        beside ->
            Files.writeString(beside, lines.isEmpty() ? "" : String.join("\n", lines) + "\n"));
  }
}
