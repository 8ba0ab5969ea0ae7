package org.tdro.retriever;

import java.nio.file.Path;
import java.util.List;
import org.tdro.data.shards.TokenizedDocuments;
import org.tdro.search.Corpus;
import org.tdro.search.ExactSearch;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.text.TextKind;

/**
 * Ranks as {@link DenseRanker} does, with documents whose token ids are kept in a folder: they are tokenised once for all retrievers
 * with the same tokenizer, prompts and length.
 *
 * @param task whose prompts are put around the texts
 * @param cache the folder of token ids
 * @param content a hash of the documents that are ranked, and their order
 */
public record CachedRanker(Retriever retriever, String task, Path cache, String content)
    implements Ranker {
  @Override
  public Run rank(List<Query> queries, Corpus corpus, int topK) {
    var settings = retriever.settings();
    var documents = TokenizedDocuments.in(
        cache,
        content,
        new TokenizedDocuments.Form(
            retriever.tokenizer(),
            settings.prompts().of(TextKind.PASSAGE, task),
            settings.maxLength(TextKind.PASSAGE)),
        corpus::documents);
    var texts = queries.stream().map(Query::text).toList();
    var search = new ExactSearch(retriever.encode(TextKind.QUERY, task, texts), topK);
    for (long from = 0; from < documents.size(); from += DenseRanker.BLOCK) {
      long to = Math.min(from + DenseRanker.BLOCK, documents.size());
      search.add(
          documents.ids(from, to), retriever.encode(TextKind.PASSAGE, documents.tokens(from, to)));
    }
    return search.run(queries.stream().map(Query::id).toList());
  }
}
