package org.tdro.huggingface;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** A single reading of a published folder: the problems of all its files, and the files whose keys were read. */
final class FolderReading {
  private final Problems problems = new Problems();
  private final List<PublishedJson> files = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  /** Adds a problem, which names its file. */
  void problem(String problem) {
    problems.add(problem);
  }

  /** Notes a file that is read. */
  void opened(PublishedJson file) {
    files.add(file);
  }

  /** Notes a key of a file that is read elsewhere, unless it is known. */
  void unknown(Path file, String key) {
    if (!KeysWithoutEffect.contains(file, key)) {
      unknown.add(file + ": " + key);
    }
  }

  /** Returns the keys that nothing has read and that are known to have no effect, each after its file. */
  List<String> withoutEffect() {
    return unread(json -> key -> KeysWithoutEffect.contains(json.file(), key));
  }

  /** Returns the keys that nothing has read and that are not known, each after its file. */
  List<String> unknown() {
    var all = new ArrayList<>(unread(json -> key -> !KeysWithoutEffect.contains(json.file(), key)));
    all.addAll(unknown);
    return all;
  }

  private List<String> unread(Function<PublishedJson, Predicate<String>> wanted) {
    return files.stream()
        .flatMap(json ->
            json.unread().stream().filter(wanted.apply(json)).map(key -> json.file() + ": " + key))
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
