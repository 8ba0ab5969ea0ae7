package org.tdro.huggingface;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.models.lora.LoraAdapters;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** A folder of adapters as PEFT writes it: {@code adapter_config.json} and {@code adapter_model.safetensors}. */
public record AdapterFolder(Path path) {
  /** The prefix of every module's name: PEFT's model, and the one within it. */
  static final String PREFIX = "base_model.model.";

  /** Whether there is an {@code adapter_config.json}. */
  public boolean exists() {
    return Files.exists(configFile());
  }

  private Path configFile() {
    return path.resolve(AdapterConfig.NAME);
  }

  private Path weights() {
    return path.resolve("adapter_model.safetensors");
  }

  /**
   * Reads the description of the adapters.
   *
   * @throws InputException listing everything that is wrong, missing or not computed here
   */
  public AdapterConfig config() {
    return AdapterConfig.read(path);
  }

  /**
   * Loads the matrices of the adapters into {@code maps}.
   *
   * @param tf of the graph of the weights
   * @param session in which they are initialised
   * @throws InputException listing every tensor that is missing, misshapen or has no place, before anything is changed
   */
  public void load(Ops tf, Session session, List<LoraAdapters.Kernel> maps) {
    CheckpointWeights.ofFile(weights(), AdapterConfig.NAME).load(tf, session, matrices(maps));
  }

  private static List<Weight> matrices(List<LoraAdapters.Kernel> maps) {
    return maps.stream().flatMap(map -> Stream.of(map.a(), map.b())).toList();
  }

  /** Writes adapters and their description into this folder. */
  public void write(AdapterConfig config, CheckpointWriter writer, List<LoraAdapters.Kernel> maps)
      throws IOException {
    config.write(path);
    writer.adapters(weights(), maps);
  }

  /** Returns a hash of the adapters, without their base. */
  public String fingerprint() {
    var text = Sha256.of(configFile()) + ' ' + Sha256.of(weights());
    return Sha256.of(text);
  }
}
