package org.tdro.huggingface.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;

/**
 * The file {@value #FILE}: which file of the folder holds which tensor.
 *
 * @param totalSize bytes of all tensors; for information, never relied on
 * @param weightMap from a tensor's name to its file's
 */
record ShardIndex(long totalSize, SortedMap<String, String> weightMap) {
  static final String FILE = "model.safetensors.index.json";

  ShardIndex {
    weightMap = Collections.unmodifiableSortedMap(new TreeMap<>(weightMap));
  }

  /**
   * Reads an index.
   *
   * @throws InputException if it is malformed, or names a file outside of its folder
   */
  static ShardIndex read(Path file) {
    var json = json(file);
    var problems = new Problems();
    var weightMap = new TreeMap<String, String>();
    var map = json.path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      problems.add(file + ": needs a weight_map, an object from tensor names to file names");
    }
    map.properties().forEach(entry -> {
      var shard = entry.getValue();
      if (shard.isTextual() && isFileName(shard.textValue())) {
        weightMap.put(entry.getKey(), shard.textValue());
      } else {
        problems.add("%s: weight_map puts %s into %s, which is not the name of a file beside it"
            .formatted(file, TensorSpec.label(entry.getKey()), TensorSpec.shown(shard.toString())));
      }
    });
    problems.throwIfAny();
    return new ShardIndex(json.path("metadata").path("total_size").asLong(), weightMap);
  }

  void write(Path file) throws IOException {
    var json = Json.object();
    json.putObject("metadata").put("total_size", totalSize);
    var map = json.putObject("weight_map");
    weightMap.forEach(map::put);
    Files.writeString(file, Json.pretty(json));
  }

  private static JsonNode json(Path file) {
    try {
      if (Files.size(file) > SafetensorsFile.MAX_HEADER) {
        throw new InputException("%s: is larger than %d bytes, it is not an index of weights"
            .formatted(file, SafetensorsFile.MAX_HEADER));
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    return Json.read(file);
  }

  /** Whether a name stays in its folder, on every system. The file itself may be a link, as in a cache of models. */
  private static boolean isFileName(String name) {
    if (name.isBlank() || name.equals(".") || name.equals("..")) {
      return false;
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0) {
      return false;
    }
    try {
      return Path.of(name).getNameCount() == 1;
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
