package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.io.Json;

class PipelineReportTest {
  private static ModelEvaluation values(double first, double second) {
    var sets = new LinkedHashMap<String, Map<String, Double>>();
    sets.put("one", Map.of("map", first));
    sets.put("two", Map.of("map", second));
    return new ModelEvaluation(sets, Map.of(), Map.of("one", Map.of("map", Map.of("q", first))));
  }

  private static Map<String, MixtureUse> mixtures() {
    var mixtures = new LinkedHashMap<String, MixtureUse>();
    mixtures.put(
        "uniform", new MixtureUse(0, 0, 100, 5, new TreeMap<>(Map.of("a", 0.5, "b", 0.5)), 400));
    mixtures.put("curr", new MixtureUse(200, 12.25, 100, 4.5, Map.of("a", 1.0), 90));
    return mixtures;
  }

  private static PipelineReport report() {
    return report(Optional.empty());
  }

  private static PipelineReport report(Optional<ModelEvaluation> bm25) {
    var evaluations = new LinkedHashMap<String, ModelEvaluation>();
    evaluations.put("uniform", values(0.5, 0.25));
    evaluations.put("curr", values(0.75, 0.125));
    return new PipelineReport(
        List.of("map"), evaluations, bm25, Map.of("curr", Path.of("curr")), mixtures(), List.of());
  }

  @Test
  void tablesShowSetsMixturesAndShares() {
    assertThat(report().toMarkdown()).isEqualTo("""
        | map | uniform | curr |
        |---|--:|--:|
        | one | 0.5000 | **0.7500** |
        | two | **0.2500** | 0.1250 |
        | average (2 sets) | 0.3750 | **0.4375** |

        | weighting | steps before | seconds before | fine-tuning steps | fine-tuning seconds | effective domains | different rows | map |
        |---|--:|--:|--:|--:|--:|--:|--:|
        | uniform | 0 | 0.0 | 100 | 5.0 | 2.00 | 400 | 0.3750 |
        | curr | 200 | 12.3 | 100 | 4.5 | 1.00 | 90 | 0.4375 |

        | share of | uniform | curr |
        |---|--:|--:|
        | a | 0.5000 | 1.0000 |
        | b | 0.5000 | 0.0000 |
        """);
  }

  @Test
  void aBaselineHasAColumnAndAFileOfItsOwn(@TempDir Path folder) {
    var report = report(Optional.of(values(0.625, 0.5)));
    assertThat(report.toMarkdown()).contains("""
        | map | uniform | curr | bm25 |
        |---|--:|--:|--:|
        | one | 0.5000 | **0.7500** | 0.6250 |
        | two | 0.2500 | 0.1250 | **0.5000** |
        | average (2 sets) | 0.3750 | 0.4375 | **0.5625** |

        | weighting |""");
    report.write(folder);
    assertThat(Json.read(folder.resolve("bm25.json"), ModelEvaluation.class))
        .isEqualTo(values(0.625, 0.5));
  }

  @Test
  void theFilesHoldTablesMeansMixturesAndQueries(@TempDir Path folder) throws IOException {
    report().write(folder);
    assertThat(folder.resolve("results.md")).hasContent(report().toMarkdown());
    var json = new JsonMapper().readTree(folder.resolve("results.json").toFile());
    assertThat(json.at("/evaluation/curr/two/map").doubleValue()).isEqualTo(0.125);
    assertThat(json.at("/mixtures/curr/search_steps").intValue()).isEqualTo(200);
    assertThat(json.at("/mixtures/uniform/shares/a").doubleValue()).isEqualTo(0.5);
    assertThat(json.at("/mixtures/uniform/effective_domains").doubleValue()).isEqualTo(2);
    assertThat(json.at("/queries/uniform/one/map/q").doubleValue()).isEqualTo(0.5);
  }
}
