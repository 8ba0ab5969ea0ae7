package org.tdro.retriever;

import java.util.List;
import java.util.stream.Stream;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

/**
 * What a retriever is besides its weights and its tokenizer.
 *
 * @param queryLength longer queries are cut, in tokens
 * @param passageLength longer passages are cut, in tokens
 * @param prompts by the name of a domain or task
 * @param matryoshkaDimensions the sizes below the whole one that embeddings were trained to be cut to
 * @param base where the frozen weights of an adapted backbone stand; null where there are none
 */
public record RetrieverSettings(
    RetrieverSpec spec,
    int queryLength,
    int passageLength,
    Prompts prompts,
    List<Integer> matryoshkaDimensions,
    PublishedBase base) {
  public RetrieverSettings {
    // Null where a file does not say it.
    matryoshkaDimensions =
        matryoshkaDimensions == null ? List.of() : List.copyOf(matryoshkaDimensions);
    int positions = spec.architecture().maxPositions();
    if (queryLength > positions || passageLength > positions) {
      throw new IllegalArgumentException(
          "query length %d and passage length %d must not exceed the model's %d positions"
              .formatted(queryLength, passageLength, positions));
    }
  }

  /** Of a retriever that was trained with whole embeddings alone. */
  public RetrieverSettings(
      RetrieverSpec spec, int queryLength, int passageLength, Prompts prompts) {
    this(spec, queryLength, passageLength, prompts, List.of(), null);
  }

  /**
   * The same retriever with embeddings that are cut to a size and, if it normalises, normalised again.
   *
   * @throws IllegalArgumentException if {@code dimension} is below 1 or above that of the whole
   */
  public RetrieverSettings cut(int dimension) {
    return with(spec.cut(dimension));
  }

  /** The same around another encoder. */
  public RetrieverSettings with(RetrieverSpec spec) {
    return new RetrieverSettings(
        spec, queryLength, passageLength, prompts, matryoshkaDimensions, base);
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

  /** What stands around the texts of a kind in a task. */
  public PromptTemplate prompt(TextKind kind, String task) {
    return kind == TextKind.QUERY ? prompts.query(task) : prompts.passage(task);
  }
}
