package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.Query;
import org.tdro.search.Ranker;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

class RetrievalEvaluationTest {
  private static final EvaluationSet SET =
      set("set", Map.of("q", Map.of("b", 1), "p", Map.of("a", 1)));
  private static final List<Measure> MEASURES =
      Measure.parse(List.of("recip_rank", "P_2", "num_q"));

  /** Documents a, b, c and q. */
  private static EvaluationSet set(String name, Map<String, Map<String, Integer>> judgements) {
    var queries = new TreeMap<>(judgements)
        .keySet().stream().map(id -> new Query(id, "text of " + id)).toList();
    var qrels = Qrels.of(judgements);
    return new EvaluationSet(
        name,
        EvaluationSet.Content.of("test", queries, "documents", qrels),
        queries,
        () -> Stream.of("a", "b", "c", "q").map(id -> new Passage(id, "", "text of " + id)),
        qrels);
  }

  /** Documents in the descending order of their ids: q, c, b, a. */
  private static Run byId(List<Query> queries, Corpus corpus, int topK) {
    var rankings = new TreeMap<String, List<ScoredDocument>>();
    try (var documents = corpus.documents()) {
      var all = documents
          .map(document -> new ScoredDocument(document.id(), document.id().charAt(0)))
          .sorted(ScoredDocument.RANKING)
          .limit(topK)
          .toList();
      queries.forEach(query -> rankings.put(query.id(), all));
    }
    return Run.of(rankings);
  }

  private static List<String> ranked(Run run, String query) {
    return run.of(query).stream().map(ScoredDocument::id).toList();
  }

  @Test
  void aDocumentWithTheQuerysIdIsLeftOut() {
    var run = new RetrievalEvaluation(2, MEASURES).rank(RetrievalEvaluationTest::byId, SET);
    assertThat(ranked(run, "q")).containsExactly("c", "b");
    assertThat(ranked(run, "p")).containsExactly("q", "c");
  }

  @Test
  void aDocumentWithTheQuerysIdStaysWhereItIsJudged() {
    var judged = set("judged", Map.of("q", Map.of("q", 1)));
    var run = new RetrievalEvaluation(2, MEASURES).rank(RetrievalEvaluationTest::byId, judged);
    assertThat(ranked(run, "q")).containsExactly("q", "c");
  }

  @Test
  void anyRankerIsEvaluatedOnAnySet() {
    Ranker words = RetrievalEvaluationTest::byId;
    var told = new ArrayList<String>();
    var values = new RetrievalEvaluation(3, MEASURES)
        .evaluate(set -> words, List.of(SET), (set, run, result) -> told.add(set.name()));
    assertThat(told).containsExactly("set");
    assertThat(values.value("set", "recip_rank")).isEqualTo((1 / 2.0 + 0) / 2);
    assertThat(values.value("set", "map")).isNaN();
    assertThat(values.queries().get("set"))
        .isEqualTo(
            Map.of("recip_rank", Map.of("p", 0.0, "q", 0.5), "P_2", Map.of("p", 0.0, "q", 0.5)));
  }

  @Test
  void valuesOfQueriesAreKeptExactly() throws IOException {
    var values = new ModelEvaluation(
        Map.of("set", Map.of("ndcg", 1 / 3.0)),
        Map.of("set", new ModelEvaluation.Test(100, SET.content())),
        Map.of("set", Map.of("ndcg", Map.of("q \"1\"", 2 / 3.0, "p", Double.MIN_VALUE))));
    var json = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(values);
    assertThat(new JsonMapper().readValue(json, ModelEvaluation.class)).isEqualTo(values);
    assertThat(json.lines())
        .anyMatch(line -> line.contains("\"q \\\"1\\\"\"") && line.contains("\"p\""));
  }

  @Test
  void filesOfOlderVersionsHoldMeansAlone() throws IOException {
    var values =
        new JsonMapper().readValue("{\"sets\": {\"adi\": {\"map\": 0.5}}}", ModelEvaluation.class);
    assertThat(values)
        .isEqualTo(new ModelEvaluation(Map.of("adi", Map.of("map", 0.5)), Map.of(), Map.of()));
  }

  private static EvaluationSet with(Judgements judgements, EvaluationSet.OwnDocument own) {
    return new EvaluationSet("set", SET.content(), SET.queries(), SET.corpus(), judgements, own);
  }

  @Test
  void aDocumentWithTheQuerysIdIsRankedWhereTheSetSaysSo() {
    var set = with(SET.judgements(), EvaluationSet.OwnDocument.RANKED);
    var run = new RetrievalEvaluation(2, MEASURES).rank(RetrievalEvaluationTest::byId, set);
    assertThat(ranked(run, "q")).containsExactly("q", "c");
  }

  @Test
  void setsThatAreJudgedByAnswersHaveTheMeasuresOfWhatWasRetrieved() {
    var answers = AnswerJudgements.of(Map.of("q", List.of("of B"), "p", List.of("text of")));
    var set = with(answers, EvaluationSet.OwnDocument.RANKED);
    var measures = Measure.parse(List.of("ndcg_cut_10", "success_2", "success_3", "recall_10"));
    var result = new RetrievalEvaluation(3, measures)
        .evaluate(one -> RetrievalEvaluationTest::byId, List.of(set), (one, run, values) -> {});
    assertThat(result.sets().get("set")).isEqualTo(Map.of("success_2", 0.5, "success_3", 1.0));
    var recall = new RetrievalEvaluation(3, Measure.parse(List.of("recall_10")));
    assertThatThrownBy(() -> recall.measuresOf(set))
        .hasMessageContaining("set is judged by answers")
        .hasMessageContaining("ask for success_K");
  }
}
