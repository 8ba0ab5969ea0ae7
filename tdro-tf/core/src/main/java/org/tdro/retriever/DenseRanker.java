package org.tdro.retriever;

import java.util.ArrayList;
import java.util.List;
import org.tdro.search.Corpus;
import org.tdro.search.ExactSearch;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.text.TextKind;

/**
 * Ranks documents by the inner products of embeddings, exactly. Documents are read, encoded and searched block by block, so
 * memory does not grow with the corpus.
 *
 * @param task whose prompts are put around the texts
 */
public record DenseRanker(TextEncoder encoder, String task) implements Ranker {
  static final int BLOCK = 8192;

  @Override
  public Run rank(List<Query> queries, Corpus corpus, int topK) {
    var texts = queries.stream().map(Query::text).toList();
    var search = new ExactSearch(encoder.encode(TextKind.QUERY, task, texts), topK);
    try (var stream = corpus.documents()) {
      var documents = stream.iterator();
      while (documents.hasNext()) {
        var ids = new ArrayList<String>();
        var contents = new ArrayList<String>();
        while (documents.hasNext() && ids.size() < BLOCK) {
          var document = documents.next();
          ids.add(document.id());
          contents.add(document.content());
        }
        search.add(ids, encoder.encode(TextKind.PASSAGE, task, contents));
      }
    }
    return search.run(queries.stream().map(Query::id).toList());
  }
}
