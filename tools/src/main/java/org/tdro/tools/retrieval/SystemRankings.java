package org.tdro.tools.retrieval;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.ResultsTable;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.retriever.ranking.HnswRanker;
import org.tdro.retriever.ranking.Reranker;
import org.tdro.search.Corpus;
import org.tdro.search.Run;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Ranker;
import org.tdro.search.lucene.Hnsw;
import org.tdro.tools.retrieval.RankedSystem.Kind;

/**
 * The rankings of several systems, which share the embeddings and the search for words of a set.
 *
 * @param hnswRecall set → what approximate search found of exact search; filled while sets are ranked
 */
record SystemRankings(
    List<RankedSystem> systems,
    RetrievalEvaluation evaluation,
    Sources sources,
    Map<String, Double> hnswRecall) {
  /**
   * What systems rank with.
   *
   * @param dense the embeddings of a set; not asked for unless a system needs it
   * @param first the rankings to rank again; not asked for unless a system needs them
   * @param indexed told of documents that are indexed by their words or come to a graph; may throw to end the work
   */
  record Sources(
      Function<EvaluationSet, EmbeddingSource> dense,
      Function<EvaluationSet, Reranker> first,
      Bm25 bm25,
      Hnsw hnsw,
      IntConsumer indexed) {}

  SystemRankings(List<RankedSystem> systems, RetrievalEvaluation evaluation, Sources sources) {
    this(systems, evaluation, sources, new LinkedHashMap<>());
  }

  /** Returns system → its rankings of a set. */
  Map<String, Run> of(EvaluationSet set) {
    var runs = new EnumMap<Kind, Run>(Kind.class);
    if (needs(kind -> kind == Kind.HNSW)) {
      var ranker = new HnswRanker(sources.dense().apply(set), sources.hnsw());
      var both = ranker.compare(set.queries(), set.corpus(), evaluation.depth(), sources.indexed());
      var exact = evaluation.withoutQueries(both.exact(), set);
      var found = evaluation.withoutQueries(both.found(), set);
      hnswRecall.put(set.name(), new HnswRanker.Comparison(exact, found).recall());
      runs.put(Kind.DENSE, exact);
      runs.put(Kind.HNSW, found);
    } else if (needs(Kind::needsEmbeddings)) {
      runs.put(Kind.DENSE, evaluation.rank(new DenseRanker(sources.dense().apply(set)), set));
    }
    if (needs(Kind::needsWords)) {
      runs.put(
          Kind.BM25,
          evaluation.rank(
              (queries, corpus, topK) ->
                  new Bm25Ranker(sources.bm25()).rank(queries, counted(corpus), topK),
              set));
    }
    if (needs(kind -> kind == Kind.RERANK)) {
      runs.put(Kind.RERANK, evaluation.rank(sources.first().apply(set), set));
    }
    var rankings = new LinkedHashMap<String, Run>();
    for (var system : systems) {
      rankings.put(
          system.name(),
          system
              .fusion()
              .map(fusion -> fusion.fuse(
                  List.of(runs.get(Kind.DENSE), runs.get(Kind.BM25)), evaluation.topK()))
              .orElseGet(() -> runs.get(system.kind())));
    }
    return rankings;
  }

  private boolean needs(Predicate<Kind> what) {
    return systems.stream().map(RankedSystem::kind).anyMatch(what);
  }

  private Corpus counted(Corpus corpus) {
    return () -> corpus.documents().peek(document -> sources.indexed().accept(1));
  }

  /** Returns what approximate search found of exact search, a row for each set; empty if there was no approximate search. */
  String hnswTable() {
    if (hnswRecall.isEmpty()) {
      return "";
    }
    var rows = hnswRecall.entrySet().stream()
        .map(set -> new ResultsTable.Row(set.getKey(), List.of(set.getValue())))
        .toList();
    return new ResultsTable(
            "recall@%d against exact search".formatted(evaluation.topK()), List.of("hnsw"), rows)
        .toMarkdown(false);
  }
}
