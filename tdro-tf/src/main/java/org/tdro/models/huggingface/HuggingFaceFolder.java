package org.tdro.models.huggingface;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tdro.files.Sha256;
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

  /** A hash of the shape and of all weights. */
  public String fingerprint() {
    try (var files = Files.list(path)) {
      var text = new StringBuilder(Sha256.of(config()));
      for (var file : files.sorted().toList()) {
        if (file.toString().endsWith(".safetensors")) {
          text.append(' ').append(file.getFileName()).append(' ').append(Sha256.of(file));
        }
      }
      return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }
}
