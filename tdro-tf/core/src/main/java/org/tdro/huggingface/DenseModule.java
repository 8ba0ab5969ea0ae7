package org.tdro.huggingface;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * A linear map after the pooling, as sentence-transformers keeps it: {@code config.json} and {@code model.safetensors}.
 *
 * @param in size of its input
 * @param out size of its output
 */
public record DenseModule(Path folder, int in, int out) {
  private static final String WEIGHTS = "model.safetensors";
  private static final String TENSOR = "linear.weight";
  private static final String IDENTITY = "torch.nn.modules.linear.Identity";

  /** Reads the description of the map; a bias and an activation are problems. */
  static DenseModule read(Path folder, FolderReading reading) {
    var json = PublishedJson.read(folder.resolve(ConfigJson.NAME), reading);
    // Both are there unless the configuration says otherwise.
    if (json.flag("bias", true)) {
      json.problem("bias is true, but only a map without bias is supported");
    }
    var activation = json.text("activation_function", "torch.nn.modules.activation.Tanh");
    if (!activation.endsWith(".Identity")) {
      json.problem(
          "activation_function is %s, but only %s is supported".formatted(activation, IDENTITY));
    }
    return new DenseModule(folder, json.size("in_features"), json.size("out_features"));
  }

  /**
   * Reads the map into {@code kernel}, {@code [in, out]}.
   *
   * @throws InputException if the file is missing or damaged, or holds anything else
   */
  public void load(Ops tf, Session session, Weight kernel) {
    CheckpointWeights.ofFile(
            folder.resolve(WEIGHTS),
            ConfigJson.NAME,
            stored -> stored.equals(TENSOR) ? TensorNames.of(kernel) : stored)
        .load(tf, session, List.of(kernel));
  }

  /** Writes {@code kernel}, {@code [in, out]}, into a folder that is made for it. */
  static void write(Path folder, CheckpointWriter writer, Weight kernel) throws IOException {
    Files.createDirectories(folder);
    var json = JsonNodeFactory.instance
        .objectNode()
        .put("in_features", kernel.shape().get(0))
        .put("out_features", kernel.shape().get(1))
        .put("bias", false)
        .put("activation_function", IDENTITY);
    PublishedJson.write(folder.resolve(ConfigJson.NAME), json);
    writer.single(folder.resolve(WEIGHTS), TENSOR, kernel);
  }

  /** Returns a hash of the map. */
  String fingerprint() {
    return Sha256.of(folder.resolve(WEIGHTS));
  }
}
