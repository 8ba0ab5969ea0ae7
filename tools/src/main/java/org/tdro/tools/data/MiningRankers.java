package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.embeddings.EmbeddingCache;
import org.tdro.retriever.ranking.DensePoolRanker;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.mining.Bm25PoolRanker;
import org.tdro.search.mining.PassagePool;
import org.tdro.search.mining.PoolRanker;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;

/** What ranks passages in {@link DataMineCommand}, and what scores them for distillation. Owns its retrievers. */
final class MiningRankers implements AutoCloseable {
  private final Optional<Retriever> model;
  private final Optional<Retriever> teacher;
  private final EmbeddingCache cache;

  private MiningRankers(
      Optional<Retriever> model, Optional<Retriever> teacher, EmbeddingCache cache) {
    this.model = model;
    this.teacher = teacher;
    this.cache = cache;
  }

  /**
   * Loads retrievers.
   *
   * @param model ranks the passages; null for BM25
   * @param teacher scores them; null for none
   * @param cache the folder of embeddings
   */
  static MiningRankers open(Path model, Path teacher, Path cache) {
    var ranking = load(model);
    try {
      var scoring = teacher != null && teacher.equals(model) ? ranking : load(teacher);
      return new MiningRankers(ranking, scoring, new EmbeddingCache(cache));
    } catch (RuntimeException | Error e) {
      ranking.ifPresent(Retriever::close);
      throw e;
    }
  }

  private static Optional<Retriever> load(Path folder) {
    if (folder == null) {
      return Optional.empty();
    }
    var stored = StoredRetrievers.of(folder);
    return Optional.of(Retriever.load(
        stored, stored.settings().comparedByProduct(), ConfigProto.getDefaultInstance()));
  }

  /**
   * Returns what ranks the passages of a domain.
   *
   * @param index a place for an index
   */
  PoolRanker ranker(String domain, PassagePool pool, Path index) {
    return model
        .<PoolRanker>map(retriever -> DensePoolRanker.of(retriever, domain, pool, cache))
        .orElseGet(() -> Bm25PoolRanker.of(pool, index, Bm25.DEFAULT));
  }

  /** Returns what scores the passages of a domain, if anything does. */
  Optional<Function<PassagePool, PoolRanker>> teacher(String domain) {
    return teacher.map(retriever -> pool -> DensePoolRanker.of(retriever, domain, pool, cache));
  }

  /** Returns what their rankings and scores follow from, for a record. */
  Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("ranker", model.map(MiningRankers::fingerprint).orElse("bm25"));
    facts.put("teacher", teacher.map(MiningRankers::fingerprint).orElse(null));
    return facts;
  }

  private static String fingerprint(Retriever retriever) {
    return retriever.fingerprint(TextKind.QUERY, "") + " "
        + retriever.fingerprint(TextKind.PASSAGE, "");
  }

  @Override
  public void close() {
    model.ifPresent(Retriever::close);
    teacher
        .filter(retriever -> model.filter(retriever::equals).isEmpty())
        .ifPresent(Retriever::close);
  }
}
