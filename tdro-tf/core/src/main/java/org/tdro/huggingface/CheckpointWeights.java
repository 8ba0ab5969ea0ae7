package org.tdro.huggingface;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsFile;
import org.tdro.huggingface.safetensors.SafetensorsFolder;
import org.tdro.huggingface.safetensors.TensorView;
import org.tdro.io.InputException;
import org.tdro.keras.Weight;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** The published weights of a folder, by the names that an encoder's weights have; those it does not use are left out. */
public final class CheckpointWeights {
  private final Path place;
  private final String config;
  private final Function<Weight, String> names;
  private final NavigableMap<String, TensorView> tensors;

  private CheckpointWeights(
      Path place,
      String config,
      Function<Weight, String> names,
      NavigableMap<String, TensorView> tensors) {
    this.place = place;
    this.config = config;
    this.names = names;
    this.tensors = tensors;
  }

  /**
   * Opens the safetensors files of a folder; their tensors are read when they are loaded.
   *
   * @throws InputException if there are none, or they are damaged
   */
  public static CheckpointWeights open(Path folder) {
    var tensors = new TreeMap<String, TensorView>();
    SafetensorsFolder.open(folder)
        .tensors()
        .forEach((stored, tensor) ->
            TensorNames.normalised(stored).ifPresent(name -> tensors.put(name, tensor)));
    return new CheckpointWeights(folder, "config.json", TensorNames::of, tensors);
  }

  /**
   * Opens one file.
   *
   * @param config the file beside it that says what it should hold
   * @throws InputException if it is missing or damaged
   */
  static CheckpointWeights ofFile(Path file, String config) {
    var tensors = new TreeMap<String, TensorView>();
    SafetensorsFile.open(file)
        .tensors()
        .forEach((stored, tensor) ->
            TensorNames.normalised(stored).ifPresent(name -> tensors.put(name, tensor)));
    return new CheckpointWeights(file, config, TensorNames::of, tensors);
  }

  /** Returns the same tensors for weights that are stored under other names. */
  CheckpointWeights named(Function<Weight, String> storedNames) {
    return new CheckpointWeights(place, config, storedNames, tensors);
  }

  /**
   * Writes the tensors into {@code weights}. A table of token embeddings may have more rows than the stored one; those
   * become the mean of the stored ones.
   *
   * @param tf of the graph of the weights
   * @param session in which they are initialised
   * @return number of rows that the table of token embeddings has beyond the stored ones
   * @throws InputException listing every tensor that is missing, misshapen, of another type or not used by the model,
   *     before anything is changed, or every one that holds values that are not finite
   */
  public long load(Ops tf, Session session, List<Weight> weights) {
    check(weights);
    var loading = new TensorLoading(tf, session);
    var broken = new ArrayList<String>();
    long added = 0;
    for (var weight : weights) {
      var tensor = tensors.get(names.apply(weight));
      added += missingRows(weight, tensor);
      loading.add(weight, tensor, broken::add);
    }
    loading.finish(broken::add);
    if (!broken.isEmpty()) {
      throw new InputException(broken.stream()
          .map(name -> place + ": tensor " + name + " holds values that are not finite")
          .toList());
    }
    return added;
  }

  private void check(List<Weight> weights) {
    var wanted = weights.stream()
        .collect(Collectors.toMap(names, weight -> weight, (a, b) -> a, TreeMap::new));
    var problems = new ArrayList<String>();
    wanted.forEach((name, weight) -> {
      var tensor = tensors.get(name);
      if (tensor == null) {
        problems.add(
            "tensor " + name + " " + Arrays.toString(TensorNames.stored(weight)) + " is missing");
      } else {
        fits(weight, tensor, problems);
      }
    });
    for (Map.Entry<String, TensorView> entry : tensors.entrySet()) {
      if (!wanted.containsKey(entry.getKey())) {
        problems.add("tensor %s %s has no place in the model that %s describes"
            .formatted(entry.getKey(), Arrays.toString(entry.getValue().shape()), config));
      }
    }
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.stream().map(problem -> place + ": " + problem).toList());
    }
  }

  private void fits(Weight weight, TensorView tensor, List<String> problems) {
    if (TensorLoading.type(tensor.type()).isEmpty()) {
      problems.add("tensor %s is of type %s; weights are F32, F16 or BF16"
          .formatted(tensor.name(), tensor.type()));
    }
    if (!Arrays.equals(TensorNames.stored(weight), tensor.shape())
        && missingRows(weight, tensor) <= 0) {
      problems.add("tensor %s is %s, but %s asks for %s"
          .formatted(
              tensor.name(),
              Arrays.toString(tensor.shape()),
              config,
              Arrays.toString(TensorNames.stored(weight))));
    }
  }

  /** Returns the number of rows that a table of token embeddings has beyond the stored ones; 0 for every other weight. */
  private static long missingRows(Weight weight, TensorView tensor) {
    var here = weight.shape().asArray();
    var there = tensor.shape();
    return isTokens(weight) && there.length == 2 && here[1] == there[1]
        ? Math.max(0, here[0] - there[0])
        : 0;
  }

  private static boolean isTokens(Weight weight) {
    return weight
        .name()
        .matches(".*(embed_tokens|word_embeddings|tok_embeddings|embeddings/tokens)/embeddings");
  }

  /** Returns the stored table of token embeddings, if {@code weights} have one and it is there. */
  Optional<TensorView> tokens(List<Weight> weights) {
    return weights.stream()
        .filter(CheckpointWeights::isTokens)
        .map(names)
        .map(tensors::get)
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** Returns the element type of most of the weights' bytes, which {@code config.json} calls {@code torch_dtype}. */
  public DType type() {
    return tensors.values().stream()
        .collect(Collectors.groupingBy(
            TensorView::type, TreeMap::new, Collectors.summingLong(TensorView::bytes)))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(DType.F32);
  }
}
