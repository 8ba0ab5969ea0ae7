package org.tdro.retriever;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.Query;
import org.tdro.text.TextKind;

/**
 * Embeddings that are computed when they are asked for.
 *
 * @param task whose prompts are put around the texts
 */
public record EncodedTexts(TextEncoder encoder, String task) implements EmbeddingSource {
  @Override
  public Embeddings queries(List<Query> queries) {
    return encoder.encode(
        TextKind.QUERY, task, queries.stream().map(Query::text).toList());
  }

  @Override
  public Stream<DocumentEmbeddings> documents(Corpus corpus) {
    var stream = corpus.documents();
    return Stream.iterate(stream.iterator(), Iterator::hasNext, same -> same)
        .map(documents -> encode(block(documents)))
        .onClose(stream::close);
  }

  private static List<Passage> block(Iterator<Passage> documents) {
    var block = new ArrayList<Passage>();
    while (documents.hasNext() && block.size() < BLOCK) {
      block.add(documents.next());
    }
    return block;
  }

  private DocumentEmbeddings encode(List<Passage> documents) {
    return new DocumentEmbeddings(
        documents.stream().map(Passage::id).toList(),
        encoder.encode(
            TextKind.PASSAGE, task, documents.stream().map(Passage::content).toList()));
  }
}
