package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/** A JSON file of a published folder, read by key; what is wrong with its values becomes a problem of the folder's reading. */
final class PublishedJson {
  private final Path file;
  private final JsonNode root;
  private final FolderReading reading;
  private final Set<String> read = new HashSet<>();
  private final boolean usable;

  private PublishedJson(Path file, JsonNode root, FolderReading reading, boolean usable) {
    this.file = file;
    this.root = root;
    this.reading = reading;
    this.usable = usable;
    reading.opened(this);
  }

  /** Reads an object; one that is missing, or cannot be read, is a problem. */
  static PublishedJson read(Path file, FolderReading reading) {
    if (!Files.exists(file)) {
      reading.problem(
          file + ": there is no such file; a model folder in Hugging Face's form has one");
      return unusable(file, reading);
    }
    return readIfPresent(file, reading);
  }

  /** Reads an object; one that is missing has no keys, one that cannot be read is a problem. */
  static PublishedJson readIfPresent(Path file, FolderReading reading) {
    var root = tree(file, reading);
    if (root.isMissingNode()) {
      return new PublishedJson(file, JsonNodeFactory.instance.objectNode(), reading, true);
    }
    if (!root.isObject()) {
      if (!root.isNull()) {
        reading.problem(file + ": is not a JSON object");
      }
      return unusable(file, reading);
    }
    return new PublishedJson(file, root, reading, true);
  }

  private static PublishedJson unusable(Path file, FolderReading reading) {
    return new PublishedJson(file, JsonNodeFactory.instance.objectNode(), reading, false);
  }

  /** Reads the value of a file: missing if there is no such file, null if it is damaged, which is a problem. */
  static JsonNode tree(Path file, FolderReading reading) {
    if (!Files.exists(file)) {
      return JsonNodeFactory.instance.missingNode();
    }
    try {
      return Json.readLeniently(file);
    } catch (InputException e) {
      e.problems().forEach(reading::problem);
      return JsonNodeFactory.instance.nullNode();
    }
  }

  /** Writes {@code json} indented, with a line end. */
  static void write(Path file, JsonNode json) throws IOException {
    Files.writeString(file, json.toPrettyString() + "\n");
  }

  /** The value of a key, missing or null included. */
  JsonNode get(String key) {
    read.add(key);
    return root.path(key);
  }

  boolean has(String key) {
    return isPresent(get(key));
  }

  static boolean isPresent(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Whether a value is neither missing, null, false nor empty. */
  boolean isSet(String key) {
    var value = get(key);
    if (value.isBoolean()) {
      return value.asBoolean();
    }
    return isPresent(value) && !(value.isContainerNode() && value.isEmpty());
  }

  /** Returns a whole number above 0; 1, and a problem, if the key has none. */
  int size(String key) {
    return whole(key, 1, "a whole number above 0");
  }

  int size(String key, int otherwise) {
    return has(key) ? size(key) : otherwise;
  }

  /** Returns a whole number from 0 on, such as the id of a token. */
  int id(String key, int otherwise) {
    return has(key) ? whole(key, 0, "a whole number from 0 on") : otherwise;
  }

  private int whole(String key, int least, String wanted) {
    var node = get(key);
    if (!node.canConvertToInt() || !node.isIntegralNumber() || node.asInt() < least) {
      problem(key + " must be " + wanted + ", was " + shown(node));
      return least;
    }
    return node.asInt();
  }

  /** Returns a number from 0 on, which all that are read are; 1, and a problem, if the key has none. */
  double number(String key) {
    var node = get(key);
    if (!node.isNumber()) {
      problem(key + " must be a number, was " + shown(node));
      return 1;
    }
    if (node.asDouble() < 0) {
      problem(key + " must be at least 0, was " + shown(node));
      return 1;
    }
    return node.asDouble();
  }

  double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!get(key).isBoolean()) {
      problem(key + " must be true or false, was " + shown(get(key)));
    }
    return get(key).asBoolean();
  }

  String text(String key, String otherwise) {
    return has(key) ? get(key).asText() : otherwise;
  }

  /** Adds a problem unless the key is missing or has the only value that is computed here. */
  void only(String key, String value) {
    if (has(key) && !text(key, value).equals(value)) {
      problem("%s is %s, but only %s is supported".formatted(key, shown(get(key)), value));
    }
  }

  /** Adds a problem if two names of the same setting have different values. */
  void same(String key, String alias) {
    if (has(key) && has(alias) && !get(key).equals(get(alias))) {
      problem("%s is %s, but %s, another name of it, is %s"
          .formatted(key, shown(get(key)), alias, shown(get(alias))));
    }
  }

  /** Adds a problem if the key has a value that is neither false nor empty: {@code what} says why it is not computed here. */
  void refuse(String key, String what) {
    if (isSet(key)) {
      problem("%s is %s: %s".formatted(key, shown(get(key)), what));
    }
  }

  /** Adds a problem, naming the file. */
  void problem(String problem) {
    if (usable) {
      reading.problem(file + ": " + problem);
    }
  }

  /** Whether the file is missing or has no keys. */
  boolean isEmpty() {
    return root.isEmpty();
  }

  /** The keys that nothing has read, in the order of the file. */
  List<String> unread() {
    return root.properties().stream()
        .map(entry -> entry.getKey())
        .filter(key -> !read.contains(key))
        .toList();
  }

  Path file() {
    return file;
  }

  private static String shown(JsonNode node) {
    return isPresent(node) ? node.toString() : "missing";
  }
}
