package org.tdro.retriever.embeddings;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.tdro.retriever.TextEncoder;
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
    return blocks(TextKind.PASSAGE, corpus.documents());
  }

  /** Returns the embeddings of texts of any kind in blocks, each made when it is asked for; closing the stream closes that of the texts. */
  Stream<DocumentEmbeddings> blocks(TextKind kind, Stream<Passage> texts) {
    return Stream.iterate(texts.iterator(), Iterator::hasNext, same -> same)
        .map(left -> encode(kind, block(left)))
        .onClose(texts::close);
  }

  private static List<Passage> block(Iterator<Passage> texts) {
    var block = new ArrayList<Passage>();
    while (texts.hasNext() && block.size() < BLOCK) {
      block.add(texts.next());
    }
    return block;
  }

  private DocumentEmbeddings encode(TextKind kind, List<Passage> texts) {
    return new DocumentEmbeddings(
        texts.stream().map(Passage::id).toList(),
        encoder.encode(kind, task, texts.stream().map(Passage::content).toList()));
  }
}
