package org.tdro.huggingface.safetensors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/**
 * The weights of a model's folder: {@value #SINGLE}, or else the files that {@value #INDEX} names. There is nothing to close:
 * tensors are mapped when they are read.
 */
public final class SafetensorsFolder {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = ShardIndex.FILE;

  private final List<Path> files;
  private final SortedMap<String, TensorView> tensors;

  private SafetensorsFolder(List<Path> files, SortedMap<String, TensorView> tensors) {
    this.files = List.copyOf(files);
    this.tensors = Collections.unmodifiableSortedMap(tensors);
  }

  /**
   * Reads and checks the headers of all files.
   *
   * @throws InputException with all that is wrong with the index and the files it names
   */
  public static SafetensorsFolder open(Path folder) {
    var single = folder.resolve(SINGLE);
    if (Files.exists(single)) {
      return new SafetensorsFolder(List.of(single), SafetensorsFile.open(single).tensors());
    }
    var index = folder.resolve(INDEX);
    if (Files.exists(index)) {
      return sharded(folder, index);
    }
    throw new InputException(absent(folder));
  }

  /** Tensors of all files by name. */
  public SortedMap<String, TensorView> tensors() {
    return tensors;
  }

  /** The files that hold them, in the order of their names. */
  public List<Path> files() {
    return files;
  }

  private static SafetensorsFolder sharded(Path folder, Path index) {
    var weightMap = ShardIndex.read(index).weightMap();
    var problems = new Problems();
    var files =
        weightMap.values().stream().distinct().sorted().map(folder::resolve).toList();
    var tensors = new TreeMap<String, TensorView>();
    for (var file : files) {
      if (!Files.exists(file)) {
        problems.add("%s: is named by %s but missing, fetch it".formatted(file, INDEX));
        continue;
      }
      try {
        SafetensorsFile.open(file).tensors().forEach((name, tensor) -> {
          var other = tensors.putIfAbsent(name, tensor);
          if (other != null) {
            problems.add("%s: %s is also in %s"
                .formatted(file, TensorSpec.label(name), other.file().getFileName()));
          }
        });
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    // Tensors may be in a shard that cannot be read, so only readable shards tell what is absent.
    problems.throwIfAny();
    weightMap.forEach((name, file) -> {
      var tensor = tensors.get(name);
      if (tensor == null || !tensor.file().equals(folder.resolve(file))) {
        problems.add("%s: does not hold %s, which %s puts there%s"
            .formatted(
                folder.resolve(file),
                TensorSpec.label(name),
                INDEX,
                tensor == null ? "" : "; it is in " + tensor.file().getFileName()));
      }
    });
    problems.throwIfAny();
    return new SafetensorsFolder(files, tensors);
  }

  private static String absent(Path folder) {
    if (!Files.isDirectory(folder)) {
      return folder + ": there is no such folder";
    }
    var text = "%s: holds neither %s nor %s".formatted(folder, SINGLE, INDEX);
    var pickled = Stream.of("pytorch_model.bin", "pytorch_model.bin.index.json")
        .filter(name -> Files.exists(folder.resolve(name)))
        .findFirst();
    return pickled
        .map(name -> text + "; its " + name + " must be converted to safetensors, in Python with"
            + " transformers: AutoModel.from_pretrained(folder)"
            + ".save_pretrained(folder, safe_serialization=True)")
        .orElse(text);
  }
}
