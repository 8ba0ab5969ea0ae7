package org.tdro.retriever.embeddings;

import java.util.List;
import java.util.stream.Stream;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.Query;
import org.tdro.text.TextKind;

/**
 * Embeddings of documents and queries that are kept in a folder, and are only computed if they are not there.
 *
 * @param task whose prompts are put around the texts
 * @param documents a hash of the documents, and their order
 */
public record StoredEmbeddings(
    Retriever retriever, String task, EmbeddingCache cache, String documents)
    implements EmbeddingSource {
  /** Returns whether all documents are there, so that none needs to be encoded. */
  public boolean hasDocuments() {
    return cache.find(retriever, TextKind.PASSAGE, task, documents).isPresent();
  }

  @Override
  public Embeddings queries(List<Query> queries) {
    var content = Sha256.of(queries.stream().flatMap(query -> Stream.of(query.id(), query.text())));
    return cache
        .of(
            retriever,
            TextKind.QUERY,
            task,
            content,
            () -> queries.stream().map(query -> new Passage(query.id(), "", query.text())))
        .embeddings();
  }

  @Override
  public Stream<DocumentEmbeddings> documents(Corpus corpus) {
    return cache
        .of(retriever, TextKind.PASSAGE, task, documents, corpus::documents)
        .blocks();
  }
}
