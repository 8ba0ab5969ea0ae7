package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.keras.layers.Dense;
import org.tdro.models.Projection;
import org.tdro.models.Projection.Function;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * A map after the pooling, as sentence-transformers keeps it: {@code config.json} and {@code model.safetensors}.
 *
 * @param in size of its input
 */
public record DenseModule(Path folder, int in, Projection projection) {
  static final String WEIGHTS = "model.safetensors";
  private static final String TORCH = "torch.";

  /** The classes of torch that compute the functions, by the names under which sentence-transformers writes them. */
  private static final Map<Function, String> CLASSES = Arrays.stream(Function.values())
      .collect(Collectors.toMap(function -> function, DenseModule::torchClass));

  private static String torchClass(Function function) {
    var name = switch (function) {
      case IDENTITY -> "linear.Identity";
      case TANH -> "activation.Tanh";
      case RELU -> "activation.ReLU";
      case GELU -> "activation.GELU";
      case SILU -> "activation.SiLU";
      case SIGMOID -> "activation.Sigmoid";
      case SOFTPLUS -> "activation.Softplus";
      case SOFTSIGN -> "activation.Softsign";
      case ELU -> "activation.ELU";
      case SELU -> "activation.SELU";
    };
    return TORCH + "nn.modules." + name;
  }

  /** Reads the description of the map; what is not computed here is a problem, and so are weights in another format. */
  static DenseModule read(Path folder, FolderReading reading) {
    var json = PublishedJson.read(folder.resolve(ConfigJson.NAME), reading);
    SentenceModules.requireEmbedding(json);
    json.refuse(
        "use_residual",
        "a map whose input is added to its result is not computed here; take a model without it");
    int in = json.size("in_features");
    // Bias and function are there unless the configuration says otherwise.
    var projection =
        new Projection(json.size("out_features"), json.flag("bias", true), function(json));
    SentenceModules.requireSafetensors(folder, reading);
    return new DenseModule(folder, in, projection);
  }

  private static Function function(PublishedJson json) {
    var name = json.text("activation_function", CLASSES.get(Function.TANH));
    var found = CLASSES.keySet().stream()
        .filter(
            function -> name.startsWith(TORCH) && last(name).equals(last(CLASSES.get(function))))
        .findFirst();
    if (found.isEmpty()) {
      json.problem(
          "activation_function %s is not computed here; computed are %s: take a model with one of them"
              .formatted(
                  name,
                  CLASSES.keySet().stream()
                      .sorted()
                      .map(CLASSES::get)
                      .map(DenseModule::last)
                      .collect(Collectors.joining(", ", "torch.nn's ", ""))));
    }
    return found.orElse(Function.IDENTITY);
  }

  /** Returns the name of a class without its package. */
  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * Reads the map into the weights of {@code layer}.
   *
   * @throws InputException if the file is missing or damaged, or holds anything else
   */
  public void load(Ops tf, Session session, Dense layer) {
    CheckpointWeights.ofFile(folder.resolve(WEIGHTS), ConfigJson.NAME)
        .named(DenseModule::stored)
        .load(tf, session, layer.weights());
  }

  /** Returns the name of a stored weight: {@code linear.weight} or {@code linear.bias}. */
  private static String stored(Weight weight) {
    return "linear." + last(TensorNames.of(weight));
  }

  /** Writes the weights of {@code layer}, which computes {@code projection}, into a folder that is made for it. */
  static void write(Path folder, CheckpointWriter writer, Projection projection, Dense layer)
      throws IOException {
    Files.createDirectories(folder);
    var json = JsonNodeFactory.instance
        .objectNode()
        .put("in_features", layer.kernel().shape().get(0))
        .put("out_features", projection.size())
        .put("bias", projection.bias())
        .put("activation_function", CLASSES.get(projection.function()));
    PublishedJson.write(folder.resolve(ConfigJson.NAME), json);
    writer.named(folder.resolve(WEIGHTS), layer.weights(), DenseModule::stored);
  }

  /** Returns a hash of the map: of the weights alone where that is all, as earlier versions had it. */
  String fingerprint() {
    var weights = Sha256.of(folder.resolve(WEIGHTS));
    return projection.equals(Projection.linear(projection.size()))
        ? weights
        : weights + ' ' + projection;
  }
}
