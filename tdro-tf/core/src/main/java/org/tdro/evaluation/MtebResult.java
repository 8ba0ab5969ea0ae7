package org.tdro.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.io.Json;

/**
 * The results on one set in the form of MTEB's result files (since its version 1.11): scores by split, one entry for each subset, under
 * MTEB's names of measures.
 *
 * @param taskName name of the set
 * @param datasetRevision hash of the judgements
 * @param mtebVersion null: MTEB did not compute them
 * @param scores by split
 * @param evaluationTime null: it is not known
 * @param kgCo2Emissions null, too
 */
public record MtebResult(
    String taskName,
    String datasetRevision,
    String mtebVersion,
    Map<String, List<Map<String, Object>>> scores,
    Double evaluationTime,
    @JsonProperty("kg_co2_emissions") Double kgCo2Emissions) {
  private static final String MAIN = "ndcg_at_10";

  /** Returns the results on a set, with nDCG@10 as the main score or, without it, the first measure. */
  public static MtebResult of(ModelEvaluation evaluation, String set) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("hf_subset", "default");
    entry.put("languages", List.of());
    evaluation.sets().get(set).forEach((measure, value) -> entry.put(name(measure), value));
    entry.put(
        "main_score",
        Optional.ofNullable(entry.get(MAIN))
            .orElseGet(() -> evaluation.sets().get(set).values().iterator().next()));
    var content = evaluation.test(set).map(ModelEvaluation.Test::content);
    return new MtebResult(
        set,
        content.map(EvaluationSet.Content::judgements).orElse("unknown"),
        null,
        Map.of(
            content.map(EvaluationSet.Content::split).orElse(EvaluationSet.TEST), List.of(entry)),
        null,
        null);
  }

  private static String name(String trecName) {
    var measure = Measure.of(trecName);
    return switch (measure.family()) {
      case NDCG_CUT -> "ndcg_at_" + measure.cutoff();
      case MAP_CUT -> "map_at_" + measure.cutoff();
      case RECALL -> "recall_at_" + measure.cutoff();
      case P -> "precision_at_" + measure.cutoff();
      case RECIP_RANK_AT -> "mrr_at_" + measure.cutoff();
      case SUCCESS -> "hit_rate_at_" + measure.cutoff();
      default -> trecName;
    };
  }

  /** Writes {@code SET.json} into a folder. */
  public void write(Path folder) {
    Json.write(file(folder, taskName), this);
  }

  /** Returns the file of a set in a folder. */
  public static Path file(Path folder, String set) {
    return folder.resolve(set.replace("/", "__") + ".json");
  }
}
