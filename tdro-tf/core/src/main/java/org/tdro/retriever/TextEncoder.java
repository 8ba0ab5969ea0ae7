package org.tdro.retriever;

import java.util.List;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;

/** Makes embeddings of texts: a trained model, or one that was exported. */
public interface TextEncoder {

  /** The embeddings of texts of a task, in their order, its prompts included. */
  Embeddings encode(TextKind kind, String task, List<String> texts);

  /** Size of an embedding. */
  int dimension();
}
