package org.tdro.models.huggingface;

import java.nio.file.Files;
import java.nio.file.Path;
import org.tdro.models.Architecture;
import org.tdro.models.CheckpointException;

/**
 * A model as published: {@code config.json}, {@code model.safetensors} or shards of it, and {@code tokenizer.json} unless
 * only token ids are encoded.
 */
public record HuggingFaceFolder(Path path) {

  /** Whether there is a {@code config.json}. */
  public boolean exists() {
    return Files.exists(config());
  }

  /** The shape of the model. */
  public Path config() {
    return path.resolve("config.json");
  }

  /** The tokenizer, if there is one. */
  public Path tokenizer() {
    return path.resolve("tokenizer.json");
  }

  /**
   * Reads the shape.
   *
   * @throws CheckpointException listing everything that is wrong, missing or not supported
   */
  public Architecture architecture() {
    return ModelConfigs.read(config());
  }

  /**
   * Opens the weights.
   *
   * @throws CheckpointException if there are none, or they are damaged
   */
  public CheckpointWeights weights() {
    return CheckpointWeights.open(path);
  }
}
