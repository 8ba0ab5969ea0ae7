package org.tdro.huggingface;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** A single reading of a published folder: the problems of all its files, and the files whose keys were read. */
final class FolderReading {
  private final Problems problems = new Problems();
  private final List<PublishedJson> files = new ArrayList<>();
  private final List<Key> elsewhere = new ArrayList<>();

  /** A key of a file. */
  private record Key(Path file, String name) {
    boolean isWithoutEffect() {
      return KeysWithoutEffect.contains(file, name);
    }

    @Override
    public String toString() {
      return file + ": " + name;
    }
  }

  /** Adds a problem, which names its file. */
  void problem(String problem) {
    problems.add(problem);
  }

  /** Notes a file that is read. */
  void opened(PublishedJson file) {
    files.add(file);
  }

  /** Notes a key of a file that is read elsewhere. */
  void elsewhere(Path file, String key) {
    elsewhere.add(new Key(file, key));
  }

  /** Returns the keys that nothing has read and that are known to have no effect, each after its file. */
  List<String> withoutEffect() {
    return unread().filter(Key::isWithoutEffect).map(Key::toString).toList();
  }

  /** Returns the keys that nothing has read and that are not known, each after its file. */
  List<String> unknown() {
    return Stream.concat(unread(), elsewhere.stream())
        .filter(key -> !key.isWithoutEffect())
        .map(Key::toString)
        .toList();
  }

  private Stream<Key> unread() {
    return files.stream()
        .flatMap(json -> json.unread().stream().map(name -> new Key(json.file(), name)));
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
