package org.tdro.data.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MixtureScheduleTest {
  private static final List<Double> WEIGHTS = List.of(0.5, 0.5);

  @Test
  void anOpenScheduleDecidesABlockAtATime() {
    var schedule = MixtureSchedule.open(WEIGHTS).append(List.of(1.0, 0.0));
    assertThat(schedule.decided()).isEqualTo(2);
    assertThat(schedule.stages())
        .extracting(MixtureSchedule.Stage::firstBlock)
        .containsExactly(0L, 1L);
  }

  @Test
  void aScheduleThatIsNotOpenTakesNoFurtherBlock() {
    assertThatThrownBy(() -> MixtureSchedule.constant(WEIGHTS).append(WEIGHTS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the schedule is not open");
  }

  @Test
  void stagesComeInOrderAndHaveAWeightForEachDomain() {
    var schedule = MixtureSchedule.constant(WEIGHTS).then(5, WEIGHTS);
    assertThatThrownBy(() -> schedule.then(5, WEIGHTS))
        .hasMessage("stages must begin at ascending blocks, were [0, 5, 5]");
    assertThatThrownBy(() -> schedule.then(6, List.of(1.0)))
        .hasMessage("stages must have a weight for each of 2 domains, that of block 6 has 1");
  }

  @Test
  void weightsAreAtLeastZeroAndNotAllZero() {
    assertThatThrownBy(() -> MixtureSchedule.constant(List.of(0.5, -0.1)))
        .hasMessage("the weight of domain 1 must be at least 0, was -0.1");
    assertThatThrownBy(() -> MixtureSchedule.constant(List.of(0.0, 0.0)))
        .hasMessage("the weights must have a finite sum above 0, it was 0.0");
  }
}
