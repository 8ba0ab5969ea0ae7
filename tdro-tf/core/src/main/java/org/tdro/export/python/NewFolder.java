package org.tdro.export.python;

import java.nio.file.Files;
import java.nio.file.Path;

/** The check that exports share: they replace nothing. */
final class NewFolder {
  private NewFolder() {}

  static void check(Path output) {
    if (Files.exists(output)) {
      throw new IllegalArgumentException(
          output + " exists already; name another output folder or remove it");
    }
  }
}
