package org.tdro.retrieval;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.Weight;
import org.tdro.models.huggingface.HuggingFaceFolder;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** A retriever on disk: one that was trained here, or one as published. */
public sealed interface StoredRetriever permits RetrieverFolder, PublishedRetriever {

  /** A run's folder, the model's folder in it, or a model's folder in Hugging Face's form. */
  static StoredRetriever of(Path path) {
    var trained = RetrieverFolder.of(path);
    var published = new HuggingFaceFolder(path);
    return !trained.exists() && published.exists() ? new PublishedRetriever(published) : trained;
  }

  /** Where it is. */
  Path path();

  /**
   * What it is besides its weights.
   *
   * @throws IllegalArgumentException if the folder holds no retriever
   * @throws org.tdro.models.CheckpointException if a published one is not supported
   */
  RetrieverSettings settings();

  /**
   * Its tokenizer; empty if it has none and takes only token ids.
   *
   * @param pooling the one that is used: the last token needs an end token to be read
   * @param scratch a folder for a tokenizer that has to be changed
   */
  Optional<Path> tokenizer(Pooling pooling, Path scratch);

  /** The hash of the weights; another training gives another one. */
  String fingerprint();

  /** The weights of {@code encoder} that {@link #load} sets whole, so that they need no initial values. */
  List<Weight> replaced(Encoder encoder);

  /** Reads the weights into the variables of {@code encoder}, which has the shape that {@link #settings} give. */
  void load(Ops tf, Session session, Encoder encoder);
}
