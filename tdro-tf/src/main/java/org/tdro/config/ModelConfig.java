package org.tdro.config;

/**
 * The encoder of queries and passages.
 *
 * @param kind its architecture
 * @param hidden width of the token states
 * @param projection width of the output of a static encoder; 0 for no projection
 * @param layers transformer layers, 0 for a static encoder, as are the next three
 * @param heads attention heads a layer
 * @param feedForward width between the two products of a feed-forward block
 * @param maxPositions longest sequence, in tokens
 * @param dropout share of states set to 0 in training
 * @param pooling how token states become one embedding
 * @param normalize whether embeddings are divided by their L2 norm
 * @param similarity how embeddings are compared; cosine needs {@code normalize}
 * @param initializerRange standard deviation of initial weights
 */
public record ModelConfig(
    Kind kind,
    int hidden,
    int projection,
    int layers,
    int heads,
    int feedForward,
    int maxPositions,
    double dropout,
    Pooling pooling,
    boolean normalize,
    Similarity similarity,
    double initializerRange) {

  /** The architectures. */
  public enum Kind {
    /** Token embeddings, pooled. */
    STATIC,
    /** A transformer shaped like BERT. */
    MINI
  }

  /** Which token states make the embedding. */
  public enum Pooling {
    /** The first. */
    CLS,
    /** The mean over all tokens that are not padding. */
    MEAN,
    /** The last that is not padding. */
    LASTTOKEN
  }

  /** Score of a query and a passage. */
  public enum Similarity {
    /** Dot product of embeddings of length 1. */
    COSINE,
    /** Dot product of embeddings as they are. */
    DOT
  }

  public ModelConfig {
    var checks = new Checks()
        .atLeast(1, "hidden", hidden)
        .atLeast(0, "projection", projection)
        .decay("dropout", dropout)
        .positive("initializerRange", initializerRange)
        .that(
            similarity != Similarity.COSINE || normalize,
            "normalize must be true where similarity is cosine; choose similarity=dot otherwise");
    if (kind == Kind.STATIC) {
      absent(checks, kind, "layers", layers);
      absent(checks, kind, "heads", heads);
      absent(checks, kind, "feedForward", feedForward);
      absent(checks, kind, "maxPositions", maxPositions);
    } else {
      absent(checks, kind, "projection", projection);
      checks
          .atLeast(1, "layers", layers)
          .atLeast(1, "heads", heads)
          .atLeast(1, "feedForward", feedForward)
          .atLeast(2, "maxPositions", maxPositions)
          .that(
              heads < 1 || hidden % heads == 0,
              "hidden must be a multiple of heads = " + heads + ", was " + hidden);
    }
    checks.done();
  }

  private static void absent(Checks checks, Kind kind, String name, int value) {
    checks.that(value == 0, name + " must be 0 for kind " + Names.key(kind) + ", was " + value);
  }
}
