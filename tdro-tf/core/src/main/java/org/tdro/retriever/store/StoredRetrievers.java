package org.tdro.retriever.store;

import java.nio.file.Path;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSource;
import org.tensorflow.proto.ConfigProto;

/** Finds retrievers on disk, whether they were trained here or published. */
public final class StoredRetrievers {
  private StoredRetrievers() {}

  /**
   * Returns the retriever in a run's folder, the model's folder in it, or a published folder.
   *
   * @throws org.tdro.io.InputException if a published one cannot be read, or asks for what is not computed here
   */
  public static RetrieverSource of(Path path) {
    var trained = RetrieverFolder.of(path);
    return trained.exists() || !PublishedFolder.isOne(path)
        ? trained
        : new PretrainedRetriever(PublishedFolder.open(path));
  }

  /**
   * Loads a retriever as it was trained or published; the caller closes it.
   *
   * @param path as {@link #of} takes it
   */
  public static Retriever load(Path path) {
    var stored = of(path);
    return Retriever.load(stored, stored.settings(), ConfigProto.getDefaultInstance());
  }
}
