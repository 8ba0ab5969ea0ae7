package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Index;
import org.tdro.search.lucene.Bm25Ranker;

/** What BM25 reaches on evaluation sets, kept by their content in the cache that runs share. */
final class Bm25Baseline {
  private static final Logger LOG = LoggerFactory.getLogger(Bm25Baseline.class);

  private Bm25Baseline() {}

  /** Returns the values, computed if they are not in the cache. */
  static ModelEvaluation of(List<EvaluationSet> sets, RetrievalEvaluation evaluation, Path cache) {
    var parts = Stream.concat(
        Stream.of(Bm25Index.VERSION, Bm25.DEFAULT, evaluation.topK(), evaluation.measures()),
        sets.stream().flatMap(set -> Stream.of(set.name(), set.content())));
    var place = cache.resolve("bm25-%s.json".formatted(Sha256.of(parts.map(Object::toString))));
    if (Files.exists(place)) {
      return Json.read(place, ModelEvaluation.class);
    }
    LOG.info("bm25: evaluation on {} {}", sets.size(), sets.size() == 1 ? "set" : "sets");
    var values = evaluation.evaluate(
        set -> new Bm25Ranker(Bm25.DEFAULT),
        sets,
        (set, run, result) -> LOG.debug("bm25 {}: {}", set.name(), result.all()));
    Json.write(place, values);
    return values;
  }
}
