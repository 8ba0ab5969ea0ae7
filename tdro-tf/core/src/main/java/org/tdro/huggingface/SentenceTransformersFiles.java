package org.tdro.huggingface;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.huggingface.SentenceModules.Kind;
import org.tdro.keras.layers.Dense;
import org.tdro.models.Architecture;
import org.tdro.models.Projection;
import org.tdro.models.StaticArchitecture;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;

/**
 * The files of sentence-transformers that are written beside a backbone, as {@link PublishedFolder} reads them.
 *
 * @param projections the maps after the pooling
 * @param maxLength the longest text of either kind, in tokens: sentence-transformers has one length for both
 */
public record SentenceTransformersFiles(
    Architecture architecture,
    PoolingConfig.Mode pooling,
    List<Projection> projections,
    boolean normalize,
    int maxLength,
    Prompts prompts,
    Similarity similarity) {

  /** Returns what sentence-transformers cannot express, as problems. */
  public List<String> problems() {
    var problems = new ArrayList<>(new PromptsConfig(prompts, similarity).problems());
    if (isStatic() && pooling != PoolingConfig.Mode.MEAN) {
      problems.add(
          "pooling %s of a model of kind static: its StaticEmbedding is the mean of a text's tokens"
              .formatted(pooling));
    }
    return problems;
  }

  /** Whether the embedding of a text is made of the vectors of its own tokens, without the special ones that a tokenizer adds. */
  public boolean isStatic() {
    return architecture instanceof StaticArchitecture;
  }

  /** Returns the folder of the backbone and its tokenizer in a model's folder, which is created. */
  public Path backboneFolder(Path folder) throws IOException {
    return first(folder).last();
  }

  private SentenceModules first(Path folder) throws IOException {
    return SentenceModules.none(folder).with(isStatic() ? Kind.STATIC_EMBEDDING : Kind.TRANSFORMER);
  }

  /**
   * Writes the files.
   *
   * @param layers that compute the projections
   */
  public void write(Path folder, List<Dense> layers, CheckpointWriter writer) throws IOException {
    var modules = first(folder);
    if (!isStatic()) {
      TransformerConfig.write(folder, maxLength);
      modules = modules.with(Kind.POOLING);
      PoolingConfig.write(modules.last(), pooling, architecture.hidden());
    }
    for (int i = 0; i < projections.size(); i++) {
      modules = modules.with(Kind.DENSE);
      DenseModule.write(modules.last(), writer, projections.get(i), layers.get(i));
    }
    if (normalize) {
      modules = modules.with(Kind.NORMALIZE);
    }
    modules.write();
    new PromptsConfig(prompts, similarity).write(folder);
  }
}
