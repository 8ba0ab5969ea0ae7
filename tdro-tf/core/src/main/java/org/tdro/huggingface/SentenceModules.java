package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code modules.json} of sentence-transformers: the modules that a text passes in turn, each with the folder of its files.
 *
 * @param folder the folder of the model
 */
record SentenceModules(Path folder, List<Module> modules) {
  static final String NAME = "modules.json";

  /** The kinds of modules, in the order in which an encoder runs them. */
  enum Kind {
    TRANSFORMER("Transformer"),
    POOLING("Pooling"),
    DENSE("Dense"),
    NORMALIZE("Normalize");

    private final String type;

    Kind(String type) {
      this.type = type;
    }
  }

  /** A module and the folder of its files, relative to the model's. */
  record Module(Kind kind, String path) {}

  SentenceModules {
    modules = List.copyOf(modules);
  }

  /** Returns no modules yet, for a folder to be written. */
  static SentenceModules none(Path folder) {
    return new SentenceModules(folder, List.of());
  }

  /** Reads the file, if there is one; modules of another kind or in another order are problems. */
  static SentenceModules read(Path folder, FolderReading reading) {
    var file = folder.resolve(NAME);
    var modules = new ArrayList<Module>();
    Kind last = null;
    for (var json : PublishedJson.tree(file, reading)) {
      // A Python class; only its package differs between versions.
      var type = json.path("type").asText().replaceFirst(".*\\.", "");
      var kind = kind(type);
      if (kind.isEmpty()) {
        reading.problem(
            "%s: module %s is not supported; known are Transformer, Pooling, Dense and Normalize"
                .formatted(file, type));
        continue;
      }
      if (last != null && kind.get().compareTo(last) <= 0) {
        reading.problem(
            "%s: modules come in the order Transformer, Pooling, Dense, Normalize, each once, but %s comes after %s"
                .formatted(file, type, last.type));
      }
      last = kind.get();
      modules.add(new Module(kind.get(), json.path("path").asText()));
    }
    return new SentenceModules(folder, modules);
  }

  private static Optional<Kind> kind(String type) {
    for (var kind : Kind.values()) {
      if (kind.type.equals(type)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  boolean isEmpty() {
    return modules.isEmpty();
  }

  /** The folder of a module's files, if the model has it. */
  Optional<Path> folder(Kind kind) {
    return modules.stream()
        .filter(module -> module.kind() == kind)
        .map(module -> folder.resolve(module.path()))
        .findFirst();
  }

  /** Returns the same with a further module, whose folder is created; the backbone's files are in the model's own. */
  SentenceModules with(Kind kind) throws IOException {
    var path = kind == Kind.TRANSFORMER ? "" : modules.size() + "_" + kind.type;
    Files.createDirectories(folder.resolve(path));
    var extended = new ArrayList<>(modules);
    extended.add(new Module(kind, path));
    return new SentenceModules(folder, extended);
  }

  /** Writes the file. */
  void write() throws IOException {
    var json = JsonNodeFactory.instance.arrayNode();
    modules.forEach(module -> add(json, module));
    PublishedJson.write(folder.resolve(NAME), json);
  }

  private static void add(ArrayNode json, Module module) {
    int index = json.size();
    json.addObject()
        .put("idx", index)
        .put("name", Integer.toString(index))
        .put("path", module.path())
        .put("type", "sentence_transformers.models." + module.kind().type);
  }
}
