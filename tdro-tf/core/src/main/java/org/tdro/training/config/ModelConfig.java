package org.tdro.training.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.tdro.config.InputFile;
import org.tdro.io.Checks;

/**
 * The encoder of queries and passages.
 *
 * @param kind its architecture
 * @param path a Hugging Face folder that training starts from; absent to start from random weights
 * @param vocabulary token ids; 0 for as many as the tokenizer has
 * @param hidden width of the token states
 * @param projection width of the embedding behind a linear map; 0 for no projection
 * @param layers transformer layers
 * @param heads attention heads a layer
 * @param feedForward width between the products of a feed-forward block
 * @param maxPositions longest sequence, in tokens
 * @param normEpsilon what norms add under the root
 * @param dropout share of states set to 0 in training
 * @param attentionDropout share of attention weights set to 0 in training
 * @param encoder what only kind encoder has
 * @param decoder what only kind decoder has
 * @param untied whether queries and passages have encoders of their own; both start from {@code path}
 * @param lora adapters that are trained in place of the checkpoint's weights
 * @param pooling how token states become one embedding
 * @param normalize whether embeddings are divided by their L2 norm
 * @param similarity how embeddings are compared; cosine needs {@code normalize}
 * @param initializerRange standard deviation of initial weights
 */
public record ModelConfig(
    Kind kind,
    @InputFile Optional<Path> path,
    int vocabulary,
    int hidden,
    int projection,
    int layers,
    int heads,
    int feedForward,
    int maxPositions,
    double normEpsilon,
    double dropout,
    double attentionDropout,
    Optional<EncoderConfig> encoder,
    Optional<DecoderConfig> decoder,
    boolean untied,
    LoraConfig lora,
    Pooling pooling,
    boolean normalize,
    Similarity similarity,
    double initializerRange) {

  /** The architectures. */
  public enum Kind {
    /** Token embeddings, pooled. */
    STATIC,
    /** A transformer shaped like BERT or RoBERTa. */
    ENCODER,
    /** A language model shaped like Llama, Mistral or Qwen2, without its head. */
    DECODER,
    /** Whatever the {@code config.json} in {@code path} says; keys of the shape are 0 or absent. */
    CHECKPOINT
  }

  /** Which token states make the embedding. */
  public enum Pooling {
    /** The first. */
    CLS,
    /** The mean over all tokens that are not padding. */
    MEAN,
    /** The last that is not padding. */
    LASTTOKEN,
    /** The mean over the tokens of the states before the first and after the last layer. */
    AVG_FIRST_LAST,
    /** The mean over the tokens of the states after the last two layers. */
    AVG_TOP2
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
        .atLeast(0, "vocabulary", vocabulary)
        .atLeast(0, "projection", projection)
        .rate("dropout", dropout)
        .rate("attentionDropout", attentionDropout)
        .positive("initializerRange", initializerRange)
        .that(
            similarity != Similarity.COSINE || normalize,
            "normalize must be true where similarity is cosine; choose similarity=dot otherwise")
        .that(
            kind != Kind.STATIC || path.isEmpty(),
            "path must be absent for kind static: it has no published checkpoints")
        .that(
            kind != Kind.CHECKPOINT || path.isPresent(),
            "path is missing: kind checkpoint takes its shape from a Hugging Face folder; give model.path=FOLDER")
        .that(
            lora.rank() == 0 || kind != Kind.STATIC,
            "lora.rank must be 0 for kind static, which has no maps to adapt")
        .that(
            (kind == Kind.ENCODER) == encoder.isPresent(),
            "encoder must be given for kind encoder, and only for it")
        .that(
            (kind == Kind.DECODER) == decoder.isPresent(),
            "decoder must be given for kind decoder, and only for it");
    if (kind == Kind.CHECKPOINT) {
      absent(checks, kind, "hidden", hidden);
    } else {
      checks.atLeast(1, "hidden", hidden);
    }
    if (kind == Kind.STATIC || kind == Kind.CHECKPOINT) {
      absent(checks, kind, "layers", layers);
      absent(checks, kind, "heads", heads);
      absent(checks, kind, "feedForward", feedForward);
      absent(checks, kind, "maxPositions", maxPositions);
      absent(checks, kind, "normEpsilon", normEpsilon);
    } else {
      checks
          .atLeast(1, "layers", layers)
          .atLeast(1, "heads", heads)
          .atLeast(1, "feedForward", feedForward)
          .atLeast(2, "maxPositions", maxPositions)
          .positive("normEpsilon", normEpsilon)
          .that(
              kind != Kind.ENCODER || heads < 1 || hidden % heads == 0,
              "hidden must be a multiple of heads = " + heads + ", was " + hidden)
          .that(
              decoder
                  .map(DecoderConfig::keyValueHeads)
                  .filter(n -> heads % n != 0)
                  .isEmpty(),
              "heads must be a multiple of decoder.key-value-heads, was " + heads);
    }
    checks.done();
  }

  private static void absent(Checks checks, Kind kind, String name, double value) {
    checks.that(
        value == 0,
        name + " must be 0 for kind " + kind.name().toLowerCase(Locale.ROOT) + ", was " + value);
  }
}
