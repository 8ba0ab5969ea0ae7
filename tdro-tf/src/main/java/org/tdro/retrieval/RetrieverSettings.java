package org.tdro.retrieval;

import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;

/**
 * What a retriever is besides its weights and its tokenizer.
 *
 * @param queryLength longer queries are cut, in tokens
 * @param passageLength longer passages are cut, in tokens
 * @param prompts by the name of a domain or task
 */
public record RetrieverSettings(
    RetrieverSpec spec, int queryLength, int passageLength, Prompts prompts) {
  public RetrieverSettings {
    int positions = spec.architecture().maxPositions();
    if (queryLength > positions || passageLength > positions) {
      throw new IllegalArgumentException(
          "query length %d and passage length %d must not exceed the model's %d positions"
              .formatted(queryLength, passageLength, positions));
    }
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
