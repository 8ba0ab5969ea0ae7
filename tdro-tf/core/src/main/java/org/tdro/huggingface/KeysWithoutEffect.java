package org.tdro.huggingface;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The keys of published folders that are known to change no embedding: the resource {@value #RESOURCE}. */
final class KeysWithoutEffect {
  private static final String RESOURCE = "keys-without-effect.txt";
  private static final Map<String, Set<String>> BY_FILE = read();

  private KeysWithoutEffect() {}

  private static Map<String, Set<String>> read() {
    var keys = new HashMap<String, Set<String>>();
    try (var stream = KeysWithoutEffect.class.getResourceAsStream(RESOURCE);
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(line -> Arrays.asList(line.split(" ", -1)))
          .forEach(words -> keys.computeIfAbsent(words.get(0), file -> new HashSet<>())
              .addAll(words.subList(1, words.size())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  /** Whether a key of a file is one of them. */
  static boolean contains(Path file, String key) {
    return BY_FILE.getOrDefault(file.getFileName().toString(), Set.of()).contains(key);
  }
}
