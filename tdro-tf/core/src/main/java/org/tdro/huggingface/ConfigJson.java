package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;

/** The values of a {@code config.json}, read one by one; what is wrong with them is told all at once by {@link #check}. */
final class ConfigJson {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final JsonNode root;
  private final List<String> problems = new ArrayList<>();

  private ConfigJson(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /** @throws InputException if there is no such file, or it is no JSON object */
  static ConfigJson read(Path file) {
    try {
      var root = JSON.readTree(Files.readAllBytes(file));
      if (!root.isObject()) {
        throw new InputException(file + ": is no JSON object");
      }
      return new ConfigJson(file, root);
    } catch (NoSuchFileException e) {
      throw new InputException(
          file + ": there is no such file; a model folder in Hugging Face's form has one", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read as JSON: " + e.getMessage(), e);
    }
  }

  /** A value, absent or null included. */
  JsonNode get(String key) {
    return root.path(key);
  }

  boolean has(String key) {
    return isPresent(get(key));
  }

  static boolean isPresent(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  /** A whole number above 0; 1 and a problem where there is none. */
  int size(String key) {
    var node = get(key);
    if (!node.canConvertToInt() || !node.isIntegralNumber() || node.asInt() < 1) {
      problem(key + " must be a whole number above 0, was " + shown(node));
      return 1;
    }
    return node.asInt();
  }

  int size(String key, int otherwise) {
    return has(key) ? size(key) : otherwise;
  }

  /** The id of a token: a whole number from 0 on. */
  int id(String key, int otherwise) {
    var node = get(key);
    if (has(key) && (!node.canConvertToInt() || !node.isIntegralNumber() || node.asInt() < 0)) {
      problem(key + " must be a whole number from 0 on, was " + shown(node));
      return otherwise;
    }
    return node.asInt(otherwise);
  }

  double number(String key) {
    var node = get(key);
    if (!node.isNumber()) {
      problem(key + " must be a number, was " + shown(node));
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

  /** Notes a problem unless {@code key} is absent or {@code value}, the only one that the models here compute. */
  void only(String key, String value) {
    if (has(key) && !text(key, value).equals(value)) {
      problem("%s is %s, but only %s is supported".formatted(key, shown(get(key)), value));
    }
  }

  void problem(String problem) {
    problems.add(file + ": " + problem);
  }

  /** @throws InputException with all problems so far, if there are any */
  void check() {
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
  }

  Path file() {
    return file;
  }

  private static String shown(JsonNode node) {
    return isPresent(node) ? node.toString() : "missing";
  }
}
