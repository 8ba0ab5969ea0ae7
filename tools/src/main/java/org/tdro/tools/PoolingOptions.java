package org.tdro.tools;

import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import picocli.CommandLine.Option;

/** The options {@code --pooling} and {@code --normalize}, which replace the settings of the model. */
final class PoolingOptions {
  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "cls, mean, lasttoken, avg_first_last or avg_top2 (default: what the model was trained or published with).")
  private Pooling pooling;

  @Option(
      names = "--normalize",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether embeddings are scaled to length 1 (default: as the model says).")
  private Boolean normalize;

  RetrieverSettings change(RetrieverSettings settings) {
    var spec = settings.spec();
    if (pooling != null) {
      spec = spec.with(pooling);
    }
    if (normalize != null) {
      spec = spec.normalized(normalize);
    }
    return settings.with(spec);
  }
}
