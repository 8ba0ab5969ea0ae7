package org.tdro.huggingface;

import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** A single reading of a published folder: the problems of all its files, and the files whose keys were read. */
final class FolderReading {
  private final Problems problems = new Problems();
  private final List<PublishedJson> files = new ArrayList<>();

  /** Adds a problem, which names its file. */
  void problem(String problem) {
    problems.add(problem);
  }

  /** Notes a file that is read. */
  void opened(PublishedJson file) {
    files.add(file);
  }

  /** Returns the keys that nothing has read, each after its file. */
  List<String> unread() {
    return files.stream()
        .flatMap(json -> json.unread().stream().map(key -> json.file() + ": " + key))
        .toList();
  }

  /**
   * Ends the reading.
   *
   * @throws InputException with all problems, if there are any
   */
  void check() {
    problems.throwIfAny();
  }
}
