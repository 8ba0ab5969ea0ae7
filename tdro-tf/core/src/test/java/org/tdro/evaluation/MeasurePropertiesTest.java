package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/** Every measure against its definition, computed in another way, and what must be true of any measure. */
class MeasurePropertiesTest {
  private static final int TRIES = 150;
  private static final List<String> NAMES = List.of(
      "map",
      "map_cut_3",
      "recip_rank",
      "recip_rank_at_2",
      "P_3",
      "success_3",
      "recall_3",
      "ndcg",
      "ndcg_cut_3",
      "ndcg_exp_cut_3",
      "Rprec",
      "bpref",
      "iprec_at_recall_0.00",
      "iprec_at_recall_0.50",
      "set_P",
      "set_recall",
      "set_map",
      "set_F",
      "set_F_0.5",
      "err_3",
      "rbp",
      "rbp_0.5(rel=2)",
      "judged_3",
      "P_3(rel=2)",
      "map(rel=2)",
      "bpref(rel=2)");

  /**
   * A query: documents with scores, few of them different so that there are ties, and judgements of documents that are partly retrieved.
   */
  record Case(Map<String, Integer> judged, Map<String, Double> scores) {
    EvaluationResult result(List<Measure> measures, Random order) {
      var documents = new ArrayList<ScoredDocument>();
      scores.forEach((id, score) -> documents.add(new ScoredDocument(id, score)));
      Collections.shuffle(documents, order);
      var shuffled = new ArrayList<>(judged.entrySet());
      Collections.shuffle(shuffled, order);
      var judgements = new LinkedHashMap<String, Integer>();
      shuffled.forEach(entry -> judgements.put(entry.getKey(), entry.getValue()));
      return EvaluationResult.of(
          Qrels.of(Map.of("q", judgements)), Run.of(Map.of("q", documents)), measures);
    }

    double value(String measure) {
      return result(List.of(Measure.of(measure)), new Random(1)).value(Measure.of(measure));
    }

    /** Returns the relevance of the ranked documents, null for one that was not judged: by score, then by id, both descending. */
    List<Integer> ranked() {
      return scores.entrySet().stream()
          .sorted(Map.Entry.<String, Double>comparingByValue()
              .thenComparing(Map.Entry.comparingByKey())
              .reversed())
          .map(entry -> judged.getOrDefault(entry.getKey(), -1))
          .map(grade -> grade < 0 ? null : grade)
          .toList();
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    var ids = Arbitraries.integers().between(0, 14).map(i -> "d" + i);
    var judged = Arbitraries.maps(ids, Arbitraries.integers().between(-1, 3)).ofMinSize(1);
    var scores = Arbitraries.maps(ids, Arbitraries.of(0.0, 0.5, 1.0, 1.5)).ofMinSize(1);
    return Combinators.combine(judged, scores).as(Case::new);
  }

  private static boolean relevant(Integer grade, int level) {
    return grade != null && grade >= level;
  }

  private static double naive(Case query, String name) {
    var measure = Measure.of(name);
    int level = measure.relevanceLevel().orElse(1);
    var ranked = query.ranked();
    int size = ranked.size();
    int depth = measure.family().hasCutoff() ? Math.min(measure.cutoff(), size) : size;
    long all = query.judged().values().stream().filter(grade -> grade >= level).count();
    long none = query.judged().values().stream()
        .filter(grade -> grade >= 0 && grade < level)
        .count();
    // found[k] is the number of relevant documents among the first k.
    var found = new int[size + 1];
    for (int i = 0; i < size; i++) {
      found[i + 1] = found[i] + (relevant(ranked.get(i), level) ? 1 : 0);
    }
    double precision = (double) found[size] / size;
    double recall = all == 0 ? 0 : (double) found[size] / all;
    double sum = 0;
    switch (measure.family()) {
      case MAP, MAP_CUT -> {
        for (int k = 1; k <= depth; k++) {
          sum += found[k] > found[k - 1] ? (double) found[k] / k : 0;
        }
        return all == 0 ? 0 : sum / all;
      }
      case RECIP_RANK, RECIP_RANK_AT -> {
        int k = 1;
        while (k <= depth && found[k] == 0) {
          k++;
        }
        return k <= depth ? 1.0 / k : 0;
      }
      case P -> {
        return (double) found[depth] / measure.cutoff();
      }
      case SUCCESS -> {
        return Math.min(1, found[depth]);
      }
      case RECALL -> {
        return all == 0 ? 0 : (double) found[depth] / all;
      }
      case NDCG, NDCG_CUT, NDCG_EXP_CUT -> {
        boolean exponential = measure.family() == MeasureFamily.NDCG_EXP_CUT;
        double ideal = gain(
            query.judged().values().stream().sorted(Collections.reverseOrder()).toList(),
            measure.family().hasCutoff() ? measure.cutoff() : Integer.MAX_VALUE,
            exponential);
        return ideal == 0 ? 0 : gain(ranked, depth, exponential) / ideal;
      }
      case RPREC -> {
        return all == 0 ? 0 : (double) found[(int) Math.min(all, size)] / all;
      }
      case BPREF -> {
        for (int i = 0; i < size; i++) {
          if (relevant(ranked.get(i), level)) {
            long before = ranked.subList(0, i).stream()
                .filter(grade -> grade != null && grade < level)
                .count();
            sum += before == 0 ? 1 : 1 - Math.min(before, all) / (double) Math.min(none, all);
          }
        }
        return all == 0 ? 0 : sum / all;
      }
      case IPREC_AT_RECALL -> {
        for (int k = 1; k <= size; k++) {
          if (found[k] >= (long) (measure.parameter() * all + 0.9)) {
            sum = Math.max(sum, (double) found[k] / k);
          }
        }
        return sum;
      }
      case SET_P -> {
        return precision;
      }
      case SET_RECALL -> {
        return recall;
      }
      case SET_MAP -> {
        return precision * recall;
      }
      case SET_F -> {
        // The weighted harmonic mean.
        double beta = measure.parameter();
        return precision == 0 ? 0 : (1 + beta) / (1 / precision + beta / recall);
      }
      case ERR -> {
        double unsatisfied = 1;
        for (int i = 0; i < depth; i++) {
          double stops = ranked.get(i) == null ? 0 : ((1 << ranked.get(i)) - 1) / 16.0;
          sum += unsatisfied * stops / (i + 1);
          unsatisfied *= 1 - stops;
        }
        return sum;
      }
      case RBP -> {
        for (int i = 0; i < size; i++) {
          sum += relevant(ranked.get(i), level) ? Math.pow(measure.parameter(), i) : 0;
        }
        return (1 - measure.parameter()) * sum;
      }
      case JUDGED -> {
        // A document of negative relevance is judged, too.
        long judged = query.scores().entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey())
                .reversed())
            .limit(depth)
            .filter(entry -> query.judged().containsKey(entry.getKey()))
            .count();
        return (double) judged / depth;
      }
      default -> throw new AssertionError(name);
    }
  }

  private static double gain(List<Integer> grades, int depth, boolean exponential) {
    double sum = 0;
    for (int i = 0; i < Math.min(depth, grades.size()); i++) {
      int grade = grades.get(i) == null ? 0 : Math.max(0, grades.get(i));
      sum += (exponential ? (1 << grade) - 1 : grade) / (Math.log(i + 2) / Math.log(2));
    }
    return sum;
  }

  @Property(tries = TRIES)
  void valuesFollowFromTheDefinitions(@ForAll("cases") Case query) {
    for (var name : NAMES) {
      assertThat(query.value(name)).as(name).isCloseTo(naive(query, name), within(1e-12));
    }
  }

  @Property(tries = TRIES)
  void theOrderOfTheLinesIsIrrelevant(@ForAll("cases") Case query, @ForAll long seed) {
    var measures = Measure.parse(NAMES);
    assertThat(query.result(measures, new Random(seed)))
        .isEqualTo(query.result(measures, new Random(seed + 1)));
  }

  @Property(tries = TRIES)
  void valuesAreShares(@ForAll("cases") Case query) {
    for (var name : NAMES) {
      assertThat(query.value(name)).as(name).isBetween(0.0, 1.0 + 1e-12);
    }
  }

  @Property(tries = TRIES)
  void aRelevantDocumentThatRisesLowersNothing(@ForAll("cases") Case query) {
    var best = query.scores().keySet().stream()
        .filter(id -> query.judged().getOrDefault(id, 0) > 0)
        .max((a, b) -> query.judged().get(a) - query.judged().get(b));
    if (best.isEmpty()) {
      return;
    }
    var risen = new LinkedHashMap<>(query.scores());
    risen.put(best.get(), 100.0);
    var better = new Case(query.judged(), risen);
    for (var name : NAMES) {
      if (!name.startsWith("judged")) {
        assertThat(better.value(name)).as(name).isGreaterThanOrEqualTo(query.value(name) - 1e-12);
      }
    }
  }

  @Property(tries = TRIES)
  void moreRanksLowerNoRecallSuccessOrMap(@ForAll("cases") Case query) {
    for (var family : List.of("recall", "success", "map_cut", "recip_rank_at", "err")) {
      for (int k = 1; k < 8; k++) {
        assertThat(query.value(family + "_" + (k + 1)))
            .as(family + "_" + (k + 1))
            .isGreaterThanOrEqualTo(query.value(family + "_" + k));
      }
    }
  }

  @Property(tries = TRIES)
  void theGeometricMeanIsAtMostTheMean(@ForAll("cases") Case one, @ForAll("cases") Case two) {
    var measures = Measure.parse(List.of("map", "gm_map"));
    var run = new LinkedHashMap<String, List<ScoredDocument>>();
    var cases = Map.of("a", one, "b", two);
    var judged = new LinkedHashMap<String, Map<String, Integer>>();
    cases.forEach((id, query) -> {
      run.put(
          id,
          query.scores().entrySet().stream()
              .map(entry -> new ScoredDocument(entry.getKey(), entry.getValue()))
              .toList());
      judged.put(id, query.judged());
    });
    judged.put("without results", Map.of("d1", 1));
    for (boolean complete : new boolean[] {false, true}) {
      var result = EvaluationResult.of(
          Qrels.of(judged), Run.of(run), measures, new EvaluationResult.Options(complete, 1));
      double least = 0.00001;
      double product = Math.max(least, one.value("map"))
          * Math.max(least, two.value("map"))
          * (complete ? least : 1);
      assertThat(result.value(measures.get(1)))
          .isCloseTo(Math.pow(product, complete ? 1 / 3.0 : 1 / 2.0), within(1e-12));
      assertThat(result.queries().get("a")).doesNotContainKey(measures.get(1));
    }
  }
}
