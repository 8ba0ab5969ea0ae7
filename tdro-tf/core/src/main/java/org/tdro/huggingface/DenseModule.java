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
 * A linear map behind the pooling, as sentence-transformers keeps it: {@code config.json} and {@code model.safetensors}.
 *
 * @param in size of its input
 * @param out size of its output
 */
public record DenseModule(Path folder, int in, int out) {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String TENSOR = "linear.weight";
  private static final String IDENTITY = "torch.nn.modules.linear.Identity";

  /**
   * Reads what the map is.
   *
   * @throws InputException if it has a bias or an activation
   */
  public static DenseModule read(Path folder) {
    var json = ConfigJson.read(folder.resolve(CONFIG));
    // Both are there unless the configuration says otherwise.
    if (json.flag("bias", true)) {
      json.problem("bias is true, but only a map without bias is supported");
    }
    var activation = json.text("activation_function", "torch.nn.modules.activation.Tanh");
    if (!activation.endsWith(".Identity")) {
      json.problem(
          "activation_function is %s, but only %s is supported".formatted(activation, IDENTITY));
    }
    var module = new DenseModule(folder, json.size("in_features"), json.size("out_features"));
    json.check();
    return module;
  }

  /**
   * Reads the map into {@code kernel}, {@code [in, out]}.
   *
   * @throws InputException if the file is missing or damaged, or holds anything else
   */
  public void load(Ops tf, Session session, Weight kernel) {
    CheckpointWeights.ofFile(
            folder.resolve(WEIGHTS),
            CONFIG,
            stored -> stored.equals(TENSOR) ? TensorNames.of(kernel) : stored)
        .load(tf, session, List.of(kernel));
  }

  /** Writes {@code kernel}, {@code [in, out]}, into a folder that is made for it. */
  public static void write(Path folder, CheckpointWriter writer, Weight kernel) throws IOException {
    Files.createDirectories(folder);
    var json = JsonNodeFactory.instance
        .objectNode()
        .put("in_features", kernel.shape().get(0))
        .put("out_features", kernel.shape().get(1))
        .put("bias", false)
        .put("activation_function", IDENTITY);
    JsonFiles.write(folder.resolve(CONFIG), json);
    writer.single(folder.resolve(WEIGHTS), TENSOR, kernel);
  }

  /** A hash of the map. */
  public String fingerprint() {
    return Sha256.of(folder.resolve(WEIGHTS));
  }
}
