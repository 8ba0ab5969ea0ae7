package org.tdro.retriever;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.Weight;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** A retriever on disk: trained here, or published, whole or as adapters. */
public interface RetrieverSource {

  /** The folder. */
  Path path();

  /**
   * Reads everything about the retriever but its weights and its tokenizer.
   *
   * @throws IllegalArgumentException if the folder holds no retriever
   * @throws org.tdro.io.InputException if a published one is not supported
   */
  RetrieverSettings settings();

  /**
   * The file of its tokenizer; empty if it has none and takes only token ids.
   *
   * @param pooling the pooling in use: for that of the last token, the tokenizer must append one that ends every text
   * @param scratch a folder for a tokenizer that has to be changed
   */
  Optional<Path> tokenizer(Pooling pooling, Path scratch);

  /** Returns a hash of the weights; another training gives another one. */
  String fingerprint();

  /** The weights of {@code encoders} that {@link #load} sets whole, so that they need no initial values. */
  List<Weight> replaced(Encoders encoders);

  /** Reads the weights into the variables of {@code encoders}, whose shape is that of {@link #settings}. */
  void load(Ops tf, Session session, Encoders encoders);
}
