package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetSelectionTest {
  @Test
  void keepsTheDomainsOfLargestWeightUniformly() {
    var selected = new DatasetSelection(70).of(mixture(0.1f, 0.4f, 0.2f, 0.3f));
    assertThat(selected.domains())
        .containsExactly(
            new DomainWeight(new DomainSize("d1", 2), 0.5),
            new DomainWeight(new DomainSize("d3", 4), 0.5));
  }

  @Test
  void equalWeightsKeepTheirOrder() {
    var selected = new DatasetSelection(50).of(mixture(0.25f, 0.25f, 0.25f, 0.25f));
    assertThat(selected.domains()).extracting(DomainWeight::name).containsExactly("d0", "d1");
  }

  @Test
  void keepsNothingWhereThePercentageIsLessThanOneDomain() {
    assertThat(new DatasetSelection(33).of(mixture(0.5f, 0.3f, 0.2f)).domains()).isEmpty();
  }

  private static WeightsFile mixture(Float... weights) {
    var domains = IntStream.range(0, weights.length)
        .mapToObj(i -> new DomainSize("d" + i, i + 1))
        .toList();
    return WeightsFile.of(domains, List.of(weights));
  }
}
