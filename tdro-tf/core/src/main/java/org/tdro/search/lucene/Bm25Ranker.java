package org.tdro.search.lucene;

import java.util.List;
import org.tdro.io.TemporaryFolder;
import org.tdro.search.Corpus;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;

/** Ranks documents by {@link Bm25}, with a {@link Bm25Index} in a temporary folder. Documents that share no word with a query are not ranked. */
public record Bm25Ranker(Bm25 parameters) implements Ranker {
  @Override
  public Run rank(List<Query> queries, Corpus corpus, int topK) {
    return TemporaryFolder.with(folder -> {
      var place = folder.resolve("bm25");
      Bm25Index.write(place, corpus);
      try (var index = Bm25Index.open(place, parameters)) {
        return index.search(queries, topK);
      }
    });
  }
}
