package org.tdro.retriever.embeddings;

import java.util.List;
import java.util.stream.Stream;
import org.tdro.search.Corpus;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.Query;

/** What the embeddings of queries and documents come from: an encoder, or what is kept of an earlier encoding. */
public interface EmbeddingSource {
  /** Documents that are encoded and searched at a time: memory does not grow with the corpus. */
  int BLOCK = 8192;

  /** Returns the embeddings of queries, in their order. */
  Embeddings queries(List<Query> queries);

  /** Returns the embeddings of documents in blocks, each made when it is asked for; the caller closes the stream. */
  Stream<DocumentEmbeddings> documents(Corpus corpus);
}
