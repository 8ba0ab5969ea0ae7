package org.tdro.training.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.tdro.config.Default;
import org.tdro.io.Checks;

/**
 * Settings of a sweep, which runs a command once for each of many configurations. They do not affect a run.
 *
 * @param params swept settings, written as arguments are, {@code key=a,b}
 * @param sampler choice among their combinations
 * @param jobs processes that run at the same time
 * @param trials number of random combinations
 * @param seed seed of random combinations
 * @param metric value by which {@link Sampler#HALVING} keeps jobs
 * @param reductionFactor factor by which each rung of halving has fewer jobs, and longer ones
 * @param minSteps steps that the shortest stage of the first rung has at least
 */
public record SweepConfig(
    List<String> params,
    @Default("grid") Sampler sampler,
    @Default("1") int jobs,
    @Default("10") int trials,
    @Default("0") long seed,
    @Default("loss") String metric,
    @Default("3") int reductionFactor,
    @Default("1") int minSteps) {

  /** The choices among the combinations of swept values. */
  public enum Sampler {
    /** All of them. */
    @JsonProperty("grid")
    GRID,
    /** Some, drawn independently. */
    @JsonProperty("random")
    RANDOM,
    /** All or some, in rungs: the best of each rung run again with more steps. */
    @JsonProperty("halving")
    HALVING
  }

  public SweepConfig {
    new Checks()
        .atLeast(1, "jobs", jobs)
        .atLeast(1, "trials", trials)
        .atLeast(2, "reductionFactor", reductionFactor)
        .atLeast(1, "minSteps", minSteps)
        .done();
  }
}
