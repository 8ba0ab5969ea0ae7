package org.tdro.retriever.store;

import java.nio.file.Path;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.StoredRetriever;
import org.tensorflow.proto.ConfigProto;

/** Finds retrievers on disk: one that was trained here, one as published, or adapters of one. */
public final class StoredRetrievers {
  private StoredRetrievers() {}

  /** A run's folder, the model's folder in it, a model's folder in Hugging Face's form, or PEFT's folder of adapters. */
  public static StoredRetriever of(Path path) {
    var trained = RetrieverFolder.of(path);
    if (trained.exists()) {
      return trained;
    }
    // A folder may hold both; PEFT's readers then take the adapters and the base that they name.
    var adapters = new AdapterFolder(path);
    if (adapters.exists()) {
      return new PublishedAdapter(adapters);
    }
    var published = new HuggingFaceFolder(path);
    return published.exists() ? new PublishedRetriever(published) : trained;
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
