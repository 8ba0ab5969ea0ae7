package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.Json;

class MtebResultTest {
  /** MTEB's TaskResult requires dataset_revision, task_name, mteb_version, scores and evaluation_time; of an entry main_score, hf_subset and languages. */
  @Test
  void aFileHasTheKeysThatMtebRequires(@TempDir Path folder) {
    var values = new ModelEvaluation(
        Map.of("adi", Map.of("ndcg_cut_10", 0.5, "recip_rank_at_10", 0.25, "map", 0.125)),
        Map.of(
            "adi",
            new ModelEvaluation.Test(100, new EvaluationSet.Content("dev", "q", "d", "hash"))),
        Map.of());
    MtebResult.of(values, "adi").write(folder);
    var json = Json.read(folder.resolve("adi.json"));
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "task_name",
            "dataset_revision",
            "mteb_version",
            "scores",
            "evaluation_time",
            "kg_co2_emissions");
    assertThat(json.at("/dataset_revision").textValue()).isEqualTo("hash");
    assertThat(json.at("/mteb_version").isNull()).isTrue();
    var entry = json.at("/scores/dev/0");
    assertThat(entry.at("/main_score").doubleValue()).isEqualTo(0.5);
    assertThat(entry.at("/hf_subset").textValue()).isEqualTo("default");
    assertThat(entry.at("/languages").isArray()).isTrue();
    assertThat(entry.at("/ndcg_at_10").doubleValue()).isEqualTo(0.5);
    assertThat(entry.at("/mrr_at_10").doubleValue()).isEqualTo(0.25);
    assertThat(entry.at("/map").doubleValue()).isEqualTo(0.125);
  }
}
