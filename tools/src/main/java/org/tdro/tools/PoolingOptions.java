package org.tdro.tools;

import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import picocli.CommandLine.Option;

/** How the states of a text's tokens become its embedding, where it is not to be as the model says. */
final class PoolingOptions {
  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "cls, mean, lasttoken, avg_first_last or avg_top2; what the model was trained or published with unless given.")
  private Pooling pooling;

  @Option(
      names = "--normalize",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether embeddings get length 1; as the model's unless given.")
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
