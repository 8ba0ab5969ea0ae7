package org.tdro.retriever.embeddings;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tdro.data.shards.TokenizedDocuments;
import org.tdro.retriever.Retriever;
import org.tdro.search.Corpus;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.Query;
import org.tdro.text.TextKind;

/**
 * Embeddings that are computed when they are asked for, of documents whose token ids are kept in a folder: they are tokenised once for all
 * retrievers with the same tokenizer, prompts and length.
 *
 * @param task whose prompts are put around the texts
 * @param cache the folder of token ids
 * @param content a hash of the documents, and their order
 */
public record TokenizedTexts(Retriever retriever, String task, Path cache, String content)
    implements EmbeddingSource {
  @Override
  public Embeddings queries(List<Query> queries) {
    return new EncodedTexts(retriever, task).queries(queries);
  }

  @Override
  public Stream<DocumentEmbeddings> documents(Corpus corpus) {
    var settings = retriever.settings();
    var documents = TokenizedDocuments.in(
        cache,
        content,
        new TokenizedDocuments.Form(
            retriever.tokenizer(),
            settings.prompts().of(TextKind.PASSAGE, task),
            settings.maxLength(TextKind.PASSAGE)),
        corpus::documents);
    return LongStream.iterate(0, from -> from < documents.size(), from -> from + BLOCK)
        .mapToObj(from -> {
          long to = Math.min(from + BLOCK, documents.size());
          return new DocumentEmbeddings(
              documents.ids(from, to),
              retriever.encode(TextKind.PASSAGE, documents.tokens(from, to)));
        });
  }
}
