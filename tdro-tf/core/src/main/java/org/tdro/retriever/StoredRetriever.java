package org.tdro.retriever;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.Weight;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** A retriever on disk: one that was trained here, one as published, or adapters of one. */
public interface StoredRetriever {

  /** Where it is. */
  Path path();

  /**
   * What it is besides its weights.
   *
   * @throws IllegalArgumentException if the folder holds no retriever
   * @throws org.tdro.io.InputException if a published one is not supported
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

  /** The weights of {@code encoders} that {@link #load} sets whole, so that they need no initial values. */
  List<Weight> replaced(Encoders encoders);

  /** Reads the weights into the variables of {@code encoders}, which have the shape that {@link #settings} give. */
  void load(Ops tf, Session session, Encoders encoders);
}
