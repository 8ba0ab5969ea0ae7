package org.tdro.search;

import java.util.List;

/**
 * Embeddings of some documents.
 *
 * @param ids one for each row of {@code embeddings}
 */
public record DocumentEmbeddings(List<String> ids, Embeddings embeddings) {
  public DocumentEmbeddings {
    ids = List.copyOf(ids);
    if (ids.size() != embeddings.rows()) {
      throw new IllegalArgumentException(
          ids.size() + " ids for " + embeddings.rows() + " embeddings");
    }
  }
}
