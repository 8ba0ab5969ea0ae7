package org.tdro.keras;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The state of training beyond the weights: updates done, the means of the unfinished epoch, the state of the callbacks. Kept in one text file, a line {@code section TAB key TAB value} each, in which tab, line feed and backslash
 * are escaped by a backslash.
 */
final class TrainingState {
  private static final String FILE = "training.tsv";
  private static final String COMPILED_AT = "compiled-at";

  private final EpochMeans means = new EpochMeans();
  private final Map<String, Map<String, String>> remembered = new LinkedHashMap<>();
  private List<Callback> watching = List.of();
  private long iterations;
  private long compiledAt;

  long iterations() {
    return iterations;
  }

  void iterations(long done) {
    iterations = done;
  }

  /** Updates that were done when the model was compiled last. */
  long compiledAt() {
    return compiledAt;
  }

  /** Notes that the model is compiled now: an optimizer and an epoch's means begin here. */
  void compiled() {
    compiledAt = iterations;
    means.clear();
  }

  EpochMeans means() {
    return means;
  }

  /** Forgets what callbacks of an earlier {@code fit} remembered; what is read from now on is for those of this one. */
  void begin() {
    remembered.clear();
  }

  /** Gives {@code callbacks} back what was read since {@link #begin}, and saves their state from now on. */
  void watch(List<Callback> callbacks) {
    watching = callbacks;
    forEachStateful((name, callback) -> {
      var state = remembered.get(name);
      if (state != null) {
        callback.restore(state);
      }
    });
  }

  /** Keeps what the watched callbacks remember, and lets go of them. */
  void unwatch() {
    collect();
    watching = List.of();
  }

  void write(Path folder) throws IOException {
    collect();
    var lines = new ArrayList<String>();
    lines.add(line("training", "iterations", Long.toString(iterations)));
    if (compiledAt > 0) {
      lines.add(line("training", COMPILED_AT, Long.toString(compiledAt)));
    }
    means.state().forEach((key, value) -> lines.add(line("epoch", key, value)));
    remembered.forEach((name, state) ->
        state.forEach((key, value) -> lines.add(line("callback/" + name, key, value))));
    Files.write(folder.resolve(FILE), lines);
  }

  /** @throws IllegalArgumentException if the folder holds no such file, or a damaged one */
  void read(Path folder) {
    var sections = sections(folder);
    try {
      var training = sections.get("training");
      iterations = Long.parseLong(training.get("iterations"));
      compiledAt = Long.parseLong(training.getOrDefault(COMPILED_AT, "0"));
      if (iterations < 0 || compiledAt < 0 || compiledAt > iterations) {
        throw new IllegalArgumentException(
            "iterations are " + iterations + ", and " + COMPILED_AT + " is " + compiledAt);
      }
      means.restore(sections.getOrDefault("epoch", Map.of()));
    } catch (RuntimeException e) {
      throw damaged(folder, e);
    }
    remembered.clear();
    sections.forEach((section, state) -> {
      if (section.startsWith("callback/")) {
        remembered.put(section.substring("callback/".length()), state);
      }
    });
  }

  private static IllegalArgumentException damaged(Path folder, RuntimeException cause) {
    return new IllegalArgumentException(folder.resolve(FILE) + " is damaged", cause);
  }

  /** Whether {@code folder} holds a state; it is the last file that is written there. */
  static boolean in(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  /** Whether {@code name} is that of a file of a saved state. */
  static boolean isFile(String name) {
    return name.equals(FILE);
  }

  private void collect() {
    forEachStateful((name, callback) -> remembered.put(name, callback.state()));
  }

  /** Callbacks are known by their class and their place among those of the same class. */
  private void forEachStateful(BiConsumer<String, StatefulCallback> action) {
    var counts = new HashMap<String, Integer>();
    for (var callback : watching) {
      if (callback instanceof StatefulCallback stateful) {
        var type = callback.getClass().getSimpleName();
        action.accept(type + "-" + counts.merge(type, 1, Integer::sum), stateful);
      }
    }
  }

  private static Map<String, Map<String, String>> sections(Path folder) {
    var file = folder.resolve(FILE);
    var sections = new LinkedHashMap<String, Map<String, String>>();
    try {
      for (var line : Files.readAllLines(file)) {
        var cells = line.split("\t", 3);
        sections
            .computeIfAbsent(unescape(cells[0]), section -> new LinkedHashMap<>())
            .put(unescape(cells[1]), unescape(cells[2]));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(folder + " is not a saved model: cannot read " + FILE, e);
    } catch (RuntimeException e) {
      throw damaged(folder, e);
    }
    return sections;
  }

  private static String line(String section, String key, String value) {
    return escape(section) + "\t" + escape(key) + "\t" + escape(value);
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescape(String text) {
    return text.translateEscapes();
  }
}
