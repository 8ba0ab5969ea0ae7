package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code modules.json} of sentence-transformers: the modules that a text passes in turn, each with the folder of its files.
 *
 * @param folder the folder of the model
 */
record SentenceModules(Path folder, List<Module> modules) {
  static final String NAME = "modules.json";
  private static final String PACKAGE = "sentence_transformers.";
  private static final String ORDER =
      "Transformer and Pooling, or StaticEmbedding; then any number of Dense and Dropout; then Normalize";

  /** The kinds of modules. */
  enum Kind {
    TRANSFORMER("Transformer", 0),
    STATIC_EMBEDDING("StaticEmbedding", 0),
    POOLING("Pooling", 1),
    DENSE("Dense", 2),
    /** Computes nothing outside of training. */
    DROPOUT("Dropout", 2),
    NORMALIZE("Normalize", 3);

    private final String type;

    /** The place in the order in which an encoder runs them. */
    private final int place;

    Kind(String type, int place) {
      this.type = type;
      this.place = place;
    }

    private boolean isFirst() {
      return place == 0;
    }

    /** Whether a module of this kind may come after one of another. */
    private boolean follows(Kind before) {
      return switch (this) {
        case TRANSFORMER, STATIC_EMBEDDING -> false;
        case POOLING -> before == TRANSFORMER;
        case DENSE, DROPOUT -> before != TRANSFORMER && before.place <= place;
        case NORMALIZE -> before != TRANSFORMER && before.place < place;
      };
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
    var json = PublishedJson.tree(file, reading);
    if (!json.isArray() || json.isEmpty()) {
      if (!json.isMissingNode()) {
        reading.problem(file + ": must be an array of modules, each with a type and a path");
      }
      return none(folder);
    }
    var modules = new ArrayList<Module>();
    for (var module : json) {
      kind(file, module, reading)
          .ifPresent(kind -> modules.add(new Module(kind, module.path("path").asText())));
    }
    // A module that is not computed here leaves a gap, which would be taken for a wrong order.
    if (modules.size() == json.size()) {
      checkOrder(file, modules, reading);
    }
    return new SentenceModules(folder, modules);
  }

  private static Optional<Kind> kind(Path file, JsonNode module, FolderReading reading) {
    var type = module.path("type").asText();
    if (type.isEmpty() || !module.path("path").isTextual()) {
      reading.problem("%s: a module must have a type and a path, was %s".formatted(file, module));
      return Optional.empty();
    }
    // A Python class; only its package differs between versions.
    var name = type.substring(type.lastIndexOf('.') + 1);
    if (!type.startsWith(PACKAGE)) {
      reading.problem(
          "%s: module %s is Python code of the model's own, which is not run here; if it computes what sentence-transformers' %s does, name that"
              .formatted(file, type, name));
      return Optional.empty();
    }
    var kind =
        Arrays.stream(Kind.values()).filter(known -> known.type.equals(name)).findFirst();
    if (kind.isEmpty()) {
      reading.problem("%s: module %s is not computed here; known are %s"
          .formatted(
              file,
              name,
              Arrays.stream(Kind.values())
                  .map(known -> known.type)
                  .collect(Collectors.joining(", "))));
    }
    return kind;
  }

  private static void checkOrder(Path file, List<Module> modules, FolderReading reading) {
    if (!modules.get(0).kind().isFirst()) {
      reading.problem("%s: the first module is %s; modules come in the order %s"
          .formatted(file, modules.get(0).kind().type, ORDER));
    }
    for (int i = 1; i < modules.size(); i++) {
      var kind = modules.get(i).kind();
      var before = modules.get(i - 1).kind();
      if (!kind.follows(before)) {
        reading.problem("%s: modules come in the order %s, but %s comes after %s"
            .formatted(file, ORDER, kind.type, before.type));
      }
    }
    if (modules.get(modules.size() - 1).kind() == Kind.TRANSFORMER) {
      reading.problem(
          "%s: has no Pooling, without which a text has no embedding; add one to the modules"
              .formatted(file));
    }
  }

  /** Adds a problem unless a module changes the embedding of a text, as modules of older versions always do. */
  static void requireEmbedding(PublishedJson json) {
    for (var key : List.of("module_input_name", "module_output_name")) {
      json.only(key, "sentence_embedding");
    }
  }

  /** Adds a problem if a module has its weights in PyTorch's format alone. */
  static void requireSafetensors(Path folder, FolderReading reading) {
    var pickled = folder.resolve("pytorch_model.bin");
    if (Files.exists(pickled) && !Files.exists(folder.resolve(DenseModule.WEIGHTS))) {
      reading.problem(
          "%s: must be converted to %s, in Python with sentence-transformers: SentenceTransformer(folder).save(new_folder, safe_serialization=True)"
              .formatted(pickled, DenseModule.WEIGHTS));
    }
  }

  boolean isEmpty() {
    return modules.isEmpty();
  }

  /** The folder of a module's files, if the model has it. */
  Optional<Path> folder(Kind kind) {
    return folders(kind).stream().findFirst();
  }

  /** The folders of all modules of a kind, in their order. */
  List<Path> folders(Kind kind) {
    return modules.stream()
        .filter(module -> module.kind() == kind)
        .map(module -> folder.resolve(module.path()).normalize())
        .toList();
  }

  /** Returns the same with a further module, whose folder is created; that of a Transformer is the model's own. */
  SentenceModules with(Kind kind) throws IOException {
    var path = kind == Kind.TRANSFORMER ? "" : modules.size() + "_" + kind.type;
    Files.createDirectories(folder.resolve(path));
    var extended = new ArrayList<>(modules);
    extended.add(new Module(kind, path));
    return new SentenceModules(folder, extended);
  }

  /** The folder of the last module. */
  Path last() {
    return folder.resolve(modules.get(modules.size() - 1).path());
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
        .put("type", PACKAGE + "models." + module.kind().type);
  }
}
