package org.tdro.huggingface;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.models.lora.LoraKernel;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Adapters as PEFT keeps them: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public record AdapterFolder(Path path) {
  /** Before the name of every module: PEFT's model, and the one within it. */
  static final String PREFIX = "base_model.model.";

  private static final String CONFIG = "adapter_config.json";

  /** Whether there is an {@code adapter_config.json}. */
  public boolean exists() {
    return Files.exists(configFile());
  }

  private Path configFile() {
    return path.resolve(CONFIG);
  }

  private Path weights() {
    return path.resolve("adapter_model.safetensors");
  }

  /**
   * What the adapters are.
   *
   * @throws InputException listing everything that is wrong, missing or not computed here
   */
  public AdapterConfig config() {
    return AdapterConfig.read(configFile());
  }

  /**
   * The model that they stand beside: a folder by its absolute path or from this folder on.
   *
   * @throws InputException if it is not there
   */
  public HuggingFaceFolder base() {
    var name = config().base();
    var folder = new HuggingFaceFolder(path.resolve(name).normalize());
    if (!folder.exists()) {
      throw new InputException(
          "%s: base_model_name_or_path is %s, but there is no %s; fetch that model and name its folder"
              .formatted(configFile(), name, folder.config()));
    }
    return folder;
  }

  /**
   * Writes the matrices into those of {@code maps}.
   *
   * @param tf of the graph of the weights
   * @param session in which they are initialised
   * @throws InputException listing every tensor that is missing, misshapen or has no place, before anything is changed
   */
  public void load(Ops tf, Session session, List<LoraKernel> maps) {
    CheckpointWeights.ofFile(weights(), CONFIG, UnaryOperator.identity())
        .load(tf, session, matrices(maps));
  }

  private static List<Weight> matrices(List<LoraKernel> maps) {
    return maps.stream().flatMap(map -> Stream.of(map.a(), map.b())).toList();
  }

  /** Writes adapters and what they are into a folder. */
  public void write(AdapterConfig config, CheckpointWriter writer, List<LoraKernel> maps)
      throws IOException {
    config.write(configFile());
    writer.adapters(weights(), maps);
  }

  /** A hash of the adapters, without their base. */
  public String fingerprint() {
    var text = Sha256.of(configFile()) + ' ' + Sha256.of(weights());
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
