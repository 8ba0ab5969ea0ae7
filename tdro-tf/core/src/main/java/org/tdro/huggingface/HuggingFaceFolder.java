package org.tdro.huggingface;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.models.Architecture;

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
   * @throws InputException listing everything that is wrong, missing or not supported
   */
  public Architecture architecture() {
    return ModelConfigs.read(config());
  }

  /**
   * Writes the shape.
   *
   * @param type element type of the weights
   * @param pad id of the padding token, if it is known
   * @param end id of the token that ends a text, if it is known
   * @throws IllegalArgumentException listing what of the shape no published model has
   */
  public void writeConfig(Architecture architecture, DType type, OptionalInt pad, OptionalInt end)
      throws IOException {
    var json =
        ArchitectureJson.of(architecture).put("torch_dtype", CheckpointWriter.torchType(type));
    // Positions of the RoBERTa family are counted from their own padding id, whatever pads a batch.
    pad.ifPresent(id -> json.putIfAbsent("pad_token_id", json.numberNode(id)));
    end.ifPresent(id -> json.put("eos_token_id", id));
    JsonFiles.write(config(), json);
  }

  /**
   * Opens the weights.
   *
   * @throws InputException if there are none, or they are damaged
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
