package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tdro.config.ConfigException;

class SweepSpaceTest {
  private static SweepSpace space(String... arguments) {
    return SweepSpace.parse(List.of(arguments));
  }

  @Test
  void theLastAxisOfAGridChangesFastest() {
    assertThat(space("model=static,mini", "train.steps=5", "seed=1,2").grid())
        .extracting(candidate -> String.join(" ", candidate.overrides()))
        .containsExactly(
            "model=static seed=1", "model=static seed=2", "model=mini seed=1", "model=mini seed=2");
  }

  /** Refused before they are made. */
  @Test
  void moreCombinationsThanCanBeKeptAreRefused() {
    assertThatThrownBy(
            () -> space("seed=range(0,1000)", "train.steps=range(1,1000)").grid())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("more than 100000 combinations");
  }

  @Test
  void argumentsKeepTheirOrder() {
    assertThat(space("a=1", "b=2,3", "~c", "+d=4,5").grid().get(1).arguments())
        .containsExactly("a=1", "b=2", "~c", "+d=5");
  }

  @Test
  void furtherTrialsAddToThoseOfASeed() {
    var space = space("eta=tag(log, interval(1e-4,1))", "seed=range(0,1000)");
    var ten = space.random(10, 7);
    assertThat(ten).hasSize(10);
    assertThat(space.random(20, 7).subList(0, 10)).isEqualTo(ten);
    assertThat(space.random(10, 8)).doesNotContainAnyElementsOf(ten);
  }

  @Test
  void drawsOfAnAxisDoNotDependOnTheOthers() {
    var alone = space("eta=interval(0.1,1)").random(5, 1);
    var both = space("seed=1,2", "eta=interval(0.1,1)").random(5, 1);
    assertThat(both)
        .extracting(candidate -> candidate.overrides().get(1))
        .containsExactlyElementsOf(
            alone.stream().map(candidate -> candidate.overrides().get(0)).toList());
  }

  @Test
  void theCommandLineReplacesParams() {
    var space =
        space("seed=7", "eta=1,2").with(List.of("seed=1,2", "model=static,mini"), "a.conf:1");
    assertThat(space.grid())
        .extracting(candidate -> String.join(" ", candidate.arguments()))
        .containsExactly(
            "model=static seed=7 eta=1",
            "model=static seed=7 eta=2",
            "model=mini seed=7 eta=1",
            "model=mini seed=7 eta=2");
  }

  @Test
  void allMistakesAreReportedAtOnce() {
    assertThatThrownBy(() ->
            space("a=1,,2", "b=range(1,1)", "seed=1,2", "seed=3", "output=a,b", "sweep.jobs=1,2"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "command line: a=1,,2: there is an empty value",
            "command line: b=range(1,1): range(1,1) has no values",
            "command line: seed=3: seed is swept, and given twice; the other is seed=1,2",
            "output=a,b: output belongs to the sweep and cannot be swept",
            "sweep.jobs=1,2: sweep.jobs belongs to the sweep");
  }
}
