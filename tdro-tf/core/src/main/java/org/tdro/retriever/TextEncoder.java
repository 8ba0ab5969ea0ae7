package org.tdro.retriever;

import java.util.List;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;

/** A model that encodes texts as embeddings: a trained one, or an export of it. */
public interface TextEncoder {

  /**
   * Returns the embeddings of texts, in their order.
   *
   * @param task whose prompts are put around the texts; one without prompts leaves them as they are
   */
  Embeddings encode(TextKind kind, String task, List<String> texts);

  /** Returns the size of an embedding. */
  int dimension();
}
