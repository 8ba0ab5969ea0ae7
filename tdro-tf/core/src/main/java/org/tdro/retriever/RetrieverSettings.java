package org.tdro.retriever;

import java.util.List;
import java.util.stream.Stream;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;

/**
 * Everything about a retriever but its weights and its tokenizer.
 *
 * @param queryLength longer queries are truncated, in tokens
 * @param passageLength longer passages are truncated, in tokens
 * @param prompts by the name of a domain or task
 * @param matryoshkaDimensions the sizes, below the whole one, that embeddings were trained to be truncated to
 * @param base the checkpoint with the frozen weights of an adapted backbone; null for one that has its own
 * @param similarity how embeddings are compared; null for the cosine where they have length 1, else the dot product
 */
public record RetrieverSettings(
    RetrieverSpec spec,
    int queryLength,
    int passageLength,
    Prompts prompts,
    List<Integer> matryoshkaDimensions,
    BaseCheckpoint base,
    Similarity similarity) {
  public RetrieverSettings {
    // Null where a file does not have the key.
    matryoshkaDimensions =
        matryoshkaDimensions == null ? List.of() : List.copyOf(matryoshkaDimensions);
    if (similarity == null) {
      similarity = spec.normalize() ? Similarity.COSINE : Similarity.DOT;
    }
    int positions = spec.architecture().maxPositions();
    if (queryLength > positions || passageLength > positions) {
      throw new IllegalArgumentException(
          "query length %d and passage length %d must not exceed the model's %d positions"
              .formatted(queryLength, passageLength, positions));
    }
  }

  /** Returns a builder of settings without prompts, for texts of as many tokens as the model has positions. */
  public static Builder builder(RetrieverSpec spec) {
    return new Builder(spec);
  }

  /** Returns a builder that begins with these settings. */
  public Builder toBuilder() {
    return new Builder(spec)
        .lengths(queryLength, passageLength)
        .prompts(prompts)
        .matryoshkaDimensions(matryoshkaDimensions)
        .base(base)
        .similarity(similarity);
  }

  /** Collects settings. */
  public static final class Builder {
    private RetrieverSpec spec;
    private int queryLength;
    private int passageLength;
    private Prompts prompts = Prompts.none();
    private List<Integer> matryoshkaDimensions = List.of();
    private BaseCheckpoint base;
    private Similarity similarity;

    private Builder(RetrieverSpec spec) {
      this.spec = spec;
      this.queryLength = spec.architecture().maxPositions();
      this.passageLength = queryLength;
    }

    /** Sets the encoder. */
    public Builder spec(RetrieverSpec encoder) {
      this.spec = encoder;
      return this;
    }

    /** Sets the longest texts, in tokens. */
    public Builder lengths(int query, int passage) {
      this.queryLength = query;
      this.passageLength = passage;
      return this;
    }

    /** Sets the prompts. */
    public Builder prompts(Prompts byTask) {
      this.prompts = byTask;
      return this;
    }

    /** Sets the sizes that embeddings were trained to be truncated to, the whole one left out. */
    public Builder matryoshkaDimensions(List<Integer> dimensions) {
      this.matryoshkaDimensions = dimensions;
      return this;
    }

    /** Sets the checkpoint with the frozen weights; null for none. */
    public Builder base(BaseCheckpoint checkpoint) {
      this.base = checkpoint;
      return this;
    }

    /** Sets how embeddings are compared; null for the cosine where they have length 1, else the dot product. */
    public Builder similarity(Similarity comparison) {
      this.similarity = comparison;
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException if a length exceeds the model's positions
     */
    public RetrieverSettings build() {
      return new RetrieverSettings(
          spec, queryLength, passageLength, prompts, matryoshkaDimensions, base, similarity);
    }
  }

  /**
   * Returns the settings of the same retriever with embeddings that are truncated to a size and, if it normalises, normalised again.
   *
   * @throws IllegalArgumentException if {@code dimension} is below 1 or above that of the whole
   */
  public RetrieverSettings cut(int dimension) {
    return with(spec.cut(dimension));
  }

  /** Returns the same settings with another encoder. */
  public RetrieverSettings with(RetrieverSpec encoder) {
    return toBuilder().spec(encoder).build();
  }

  /**
   * Returns the settings of the same retriever with embeddings whose product is the similarity, as searches and servers compare them: of length 1 where
   * it is the cosine.
   */
  public RetrieverSettings comparedByProduct() {
    return similarity == Similarity.COSINE ? with(spec.normalized(true)) : this;
  }

  /** The sizes of embeddings whose loss was minimised, the whole one last. */
  public List<Integer> trainedDimensions() {
    return Stream.concat(matryoshkaDimensions.stream(), Stream.of(spec.wholeDimension()))
        .toList();
  }

  /** Whether the loss of embeddings of that size was minimised. */
  public boolean isTrainedFor(int dimension) {
    return trainedDimensions().contains(dimension);
  }

  /** The longest text of a kind, in tokens. */
  public int maxLength(TextKind kind) {
    return kind == TextKind.QUERY ? queryLength : passageLength;
  }
}
