package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigException;
import org.tdro.mixing.OnlineMixture;
import org.tdro.mixing.ScaledLosses;
import org.tdro.rows.Fold;
import org.tdro.runs.DomainTrajectory;

class StagePlanTest {
  @TempDir
  Path folder;

  @BeforeEach
  void writeData() throws IOException {
    SmallCollection.write(folder);
  }

  private StagePlan plan(String... settings) {
    var resolved = SmallCollection.config(folder, settings);
    try (var prepared = PreparedData.of(resolved.config())) {
      return StagePlan.of(resolved, prepared);
    }
  }

  /** The plan of stage dro, cross-fitted against a run that was trained on {@code fold}; its losses are not needed here. */
  private StagePlan crossFitted(String fold) throws IOException {
    var reference = Files.createDirectories(folder.resolve("reference"));
    Files.writeString(
        reference.resolve("config.conf"),
        SmallCollection.config(folder, "data.fold=" + fold).render());
    return plan("stage=dro", "dro=raw", "dro.cross-fit=true", "dro.reference=" + reference);
  }

  @Test
  void crossFittingTakesTheFoldThatTheReferenceHasNotSeen() throws IOException {
    assertThat(crossFitted("first").fold()).isEqualTo(Fold.SECOND);
    assertThat(crossFitted("second").fold()).isEqualTo(Fold.FIRST);
  }

  @Test
  void crossFittingNeedsAReferenceOfOneFold() {
    assertThatThrownBy(() -> crossFitted("all"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dro.cross-fit needs a reference that was trained on one half")
        .hasMessageContaining("train it with data.fold=first");
  }

  @Test
  void stagesWithoutAMixtureToLearnWeighRowsAlike() {
    var plan = plan("stage=finetune", "data.fold=second");
    assertThat(plan.fold()).isEqualTo(Fold.SECOND);
    assertThat(plan.learned()).isEmpty();
    assertThat(plan.reference()).isEmpty();
    assertThat(plan.callbacks()).hasOnlyElementsOfType(DomainTrajectory.class);
  }

  @Test
  void onlineTheScheduleIsOpenAndACallbackMovesIt() {
    var online = plan("stage=dro", "dro=group-dro", "dro.online-every=3");
    assertThat(online.sampler().schedule().isOpen()).isTrue();
    assertThat(online.callbacks()).hasAtLeastOneElementOfType(OnlineMixture.class);
    var offline = plan("stage=dro", "dro=group-dro");
    assertThat(offline.sampler().schedule().isOpen()).isFalse();
    assertThat(Stream.of(offline).flatMap(plan -> plan.callbacks().stream()))
        .doesNotHaveAnyElementsOfTypes(OnlineMixture.class);
  }

  @Test
  void weightsOfLossesLeaveTheSamplingAlone() throws IOException {
    var weights = folder.resolve("weights.json");
    Files.writeString(
        weights, "{\"domain_weights\": {\"capitals\": 0.6, \"sums\": 0.3, \"colours\": 0.1}}");
    var plan = plan("stage=finetune", "data.weights=" + weights, "data.weights-apply-to=loss");
    assertThat(plan.sampler().schedule().stages().get(0).weights()).containsExactly(1.0, 1.0, 1.0);
    assertThat(plan.weighting()).isInstanceOf(ScaledLosses.class);
    assertThatThrownBy(() ->
            plan("stage=dro", "dro=raw", "data.weights=proportional", "data.weights-apply-to=loss"))
        .hasMessageContaining("data.weights-apply-to must be sampling in stage dro");
  }
}
