package org.tdro.huggingface;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.huggingface.SentenceModules.Kind;
import org.tdro.keras.Weight;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;

/**
 * The files of sentence-transformers that are written beside a backbone, as {@link PublishedFolder} reads them.
 *
 * @param maxLength the longest text of either kind, in tokens: sentence-transformers has one length for both
 */
public record SentenceTransformersFiles(
    PoolingConfig.Mode pooling,
    boolean normalize,
    int maxLength,
    Prompts prompts,
    Similarity similarity) {

  /** Returns the prompts that sentence-transformers cannot express, as problems. */
  public List<String> problems() {
    return new PromptsConfig(prompts, similarity).problems();
  }

  /**
   * Writes the files.
   *
   * @param hidden size of a state of the backbone
   * @param projection the matrix of the projection, {@code [hidden, size]}, if there is one
   */
  public void write(Path folder, int hidden, Optional<Weight> projection, CheckpointWriter writer)
      throws IOException {
    var modules = SentenceModules.none(folder).with(Kind.TRANSFORMER).with(Kind.POOLING);
    PoolingConfig.write(modules.folder(Kind.POOLING).orElseThrow(), pooling, hidden);
    if (projection.isPresent()) {
      modules = modules.with(Kind.DENSE);
      DenseModule.write(modules.folder(Kind.DENSE).orElseThrow(), writer, projection.get());
    }
    if (normalize) {
      modules = modules.with(Kind.NORMALIZE);
    }
    modules.write();
    TransformerConfig.write(folder, maxLength);
    new PromptsConfig(prompts, similarity).write(folder);
  }
}
