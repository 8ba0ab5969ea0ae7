package org.tdro.retriever.store;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Sha256;
import org.tdro.keras.Checkpoint;
import org.tdro.keras.Weight;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * A trained retriever on disk: {@code retriever.json} (settings), {@code tokenizer.json} and {@code weights/} (a
 * checkpoint of the trainable weights).
 */
public record RetrieverFolder(Path path) implements RetrieverSource {
  private static final String SETTINGS = "retriever.json";
  private static final JsonMapper JSON = new JsonMapper();

  /** Returns the retriever in a run's folder, or in the folder itself. */
  public static RetrieverFolder of(Path runOrModel) {
    var inRun = runOrModel.resolve("model");
    AtomicWrite.settle(inRun);
    AtomicWrite.settle(runOrModel);
    return new RetrieverFolder(Files.exists(inRun.resolve(SETTINGS)) ? inRun : runOrModel);
  }

  /** Whether there is a retriever. */
  public boolean exists() {
    return Files.exists(settingsFile());
  }

  /** The file of the settings, which is written last. */
  public Path settingsFile() {
    return path.resolve(SETTINGS);
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
   * Returns the hash of the weights; another training gives another one.
   *
   * @throws IllegalArgumentException if the folder holds no retriever
   */
  @Override
  public String fingerprint() {
    settings();
    return Sha256.of(weights().resolve("variables.data-00000-of-00001"));
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException if the folder holds no retriever
   */
  @Override
  public RetrieverSettings settings() {
    try {
      return JSON.readValue(Files.readAllBytes(settingsFile()), RetrieverSettings.class);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "%s does not hold a retriever: it is neither a run that has ended and still has its model (there is no %s) nor a published folder (there is no config.json)%s"
              .formatted(
                  path,
                  settingsFile(),
                  Files.exists(path.resolve("assets").resolve(SETTINGS))
                      ? "; it is an export for TensorFlow Serving: name the run that it was made from"
                      : ""),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(settingsFile() + ": " + e.getMessage(), e);
    }
  }

  /** Returns the stored tokenizer, which was made for the pooling in training; {@code pooling} is ignored. */
  @Override
  public Optional<Path> tokenizer(Pooling pooling, Path scratch) {
    return Optional.of(tokenizer());
  }

  @Override
  public List<Weight> replaced(Encoders encoders) {
    return encoders.weights();
  }

  @Override
  public void load(Ops tf, Session session, Encoders encoders) {
    var trained = new ArrayList<Weight>();
    for (var encoder : encoders.distinct()) {
      // Frozen weights that another encoder lends are there already.
      if (!encoder.frozenWeights().isEmpty()) {
        settings().base().open().load(tf, session, encoder.frozenWeights());
      }
      trained.addAll(encoder.trainedWeights());
    }
    new Checkpoint(tf, session, trained).restore(weights());
  }

  /** Writes a retriever, replacing the one that is there. */
  public void write(RetrieverSettings settings, Path tokenizer, EncoderModel model) {
    AtomicWrite.folder(path, beside -> {
      var folder = new RetrieverFolder(beside);
      Files.createDirectories(folder.weights());
      model.saveWeights(folder.weights());
      Files.copy(tokenizer, folder.tokenizer());
      Files.write(
          folder.settingsFile(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(settings));
    });
  }
}
