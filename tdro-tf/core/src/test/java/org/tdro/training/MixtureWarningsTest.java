package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tdro.config.ConfigComposer;
import org.tdro.keras.Logs;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

/** Batches of 40 rows of three domains, with 3 passages each: a guess has a loss of ln 3 = 1.0986. */
class MixtureWarningsTest {
  private static final float[] UNIFORM = {0.33f, 0.33f, 0.34f};
  private static final String BOUND = "bound α (dro.trust-region=0.11, or dro=robust)";

  private static MixtureWarnings warnings(String... settings) {
    var arguments = new ArrayList<>(List.of("stage=dro", "data.passages-per-query=3"));
    arguments.addAll(List.of(settings));
    var config = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")))
        .compose(arguments)
        .config();
    return new MixtureWarnings(
        config, config.dro(), List.of("books", "movies", "songs"), List.of(1.0, 1.0, 1.0));
  }

  private static Logs step(float[] weights, float... referenceLosses) {
    var vectors = new LinkedHashMap<String, float[]>();
    vectors.put(MixtureLearner.WEIGHT.name(), weights);
    vectors.put(ContrastiveModel.DOMAIN_ROWS.name(), new float[] {20, 20, 0});
    if (referenceLosses.length > 0) {
      vectors.put(ContrastiveModel.DOMAIN_REFERENCE_LOSS.name(), referenceLosses);
    }
    return new Logs(Map.of(), vectors);
  }

  @Test
  void aLargeWeightIsToldOnce() {
    var warnings = warnings("dro=raw");
    assertThat(warnings.warnings(1, step(new float[] {0.2f, 0.66f, 0.14f}))).isEmpty();
    assertThat(warnings.warnings(2, step(new float[] {0.2f, 0.68f, 0.12f})))
        .containsExactly(
            "α of movies is 0.68 after step 2; " + BOUND + " or train stage dro with fewer steps");
    assertThat(warnings.warnings(3, step(new float[] {0.1f, 0.8f, 0.1f}))).isEmpty();
    assertThat(warnings.warnings(4, step(new float[] {0.8f, 0.1f, 0.1f}))).hasSize(1);
  }

  /** Returns the warnings of the steps up to {@code last}. */
  private static List<String> upTo(long last, MixtureWarnings warnings, Logs logs) {
    var all = new ArrayList<String>();
    for (long step = 1; step <= last; step++) {
      all.addAll(warnings.warnings(step, logs));
    }
    return all;
  }

  @Test
  void referenceLossesNearZeroAreToldTogetherAndOnce() {
    var warnings = warnings("dro.reference=.");
    assertThat(upTo(99, warnings, step(UNIFORM, 0.007f, 0.005f, Float.NaN))).isEmpty();
    assertThat(warnings.warnings(100, step(UNIFORM, 0.007f, 0.005f, Float.NaN)))
        .containsExactly("the reference's loss is below 1.0 % of a guess's (ln 3 = 1.10) on books"
            + " (0.0070), movies (0.0050): their rows are memorised or too easy, and measuring by it"
            + " says little there; cross-fit (dro.cross-fit=true), " + BOUND
            + " or train stage dro with fewer steps");
    assertThat(warnings.warnings(200, step(UNIFORM, 0.007f, 0.005f, Float.NaN))).isEmpty();
  }

  @Test
  void aLargeWeightIsExplainedByASmallReferenceLoss() {
    var warnings = warnings("dro.reference=.");
    upTo(10, warnings, step(UNIFORM, 0.5f, 0.005f, Float.NaN));
    assertThat(warnings.warnings(11, step(new float[] {0.2f, 0.7f, 0.1f}, 0.5f, 0.005f, Float.NaN)))
        .containsExactly(
            "α of movies is 0.70 after step 11: its reference loss is 0.0050, 0.5 % of a"
                + " guess's (ln 3 = 1.10), so its rows are memorised or too easy; cross-fit"
                + " (dro.cross-fit=true), " + BOUND + " or train stage dro with fewer steps");
  }

  @Test
  void fewRowsAreNotJudged() {
    var warnings = warnings("dro.reference=.");
    assertThat(warnings.warnings(100, step(UNIFORM, 0.5f, 0.005f, Float.NaN))).isEmpty();
  }

  @Test
  void crossFittedWithinBoundsTheRemediesAreOthers() {
    var warnings = warnings("dro=robust", "dro.reference=.");
    assertThat(upTo(100, warnings, step(UNIFORM, 0.5f, 0.005f, Float.NaN)))
        .containsExactly("the reference's loss is below 1.0 % of a guess's (ln 3 = 1.10) on movies"
            + " (0.0050): their rows are too easy, though the reference has not seen them, and"
            + " measuring by it says little there; lower dro.trust-region or train stage dro with"
            + " fewer steps");
  }

  @Test
  void aTeachersLossIsNotComparedWithAGuess() {
    var warnings = warnings("dro.reference=.", "loss.distillation.weight=0.5");
    assertThat(upTo(100, warnings, step(UNIFORM, 0.5f, 0.005f, Float.NaN))).isEmpty();
  }
}
