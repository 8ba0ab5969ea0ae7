package org.tdro.retrieval;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A trained retriever on disk: {@code retriever.json} (settings), {@code tokenizer.json} and {@code weights/} (a
 * checkpoint of the trainable weights).
 */
public record RetrieverFolder(Path path) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Under a run's folder, or that folder itself. */
  public static RetrieverFolder of(Path runOrModel) {
    var inRun = runOrModel.resolve("model");
    return new RetrieverFolder(Files.exists(inRun.resolve("retriever.json")) ? inRun : runOrModel);
  }

  /** The settings' file, the last one that is written. */
  public Path settingsFile() {
    return path.resolve("retriever.json");
  }

  /** The tokenizer. */
  public Path tokenizer() {
    return path.resolve("tokenizer.json");
  }

  /** The checkpoint of the trainable weights. */
  public Path weights() {
    return path.resolve("weights");
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException if the folder holds no retriever
   */
  public RetrieverSettings settings() {
    try {
      return JSON.readValue(Files.readAllBytes(settingsFile()), RetrieverSettings.class);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          path + " holds no trained retriever: there is no " + settingsFile()
              + "; has its run ended?",
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(settingsFile() + ": " + e.getMessage(), e);
    }
  }

  /** Writes a retriever beside its place and moves it there; what was there is replaced. */
  public void write(RetrieverSettings settings, Path tokenizer, EncoderModel model) {
    var beside = new RetrieverFolder(path.resolveSibling("." + path.getFileName() + ".writing"));
    try {
      Folders.delete(beside.path);
      Files.createDirectories(beside.weights());
      model.saveWeights(beside.weights());
      Files.copy(tokenizer, beside.tokenizer());
      Files.write(
          beside.settingsFile(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(settings));
      Folders.delete(path);
      Files.move(beside.path, path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the retriever to " + path + ": " + e.getMessage(), e);
    }
  }
}
