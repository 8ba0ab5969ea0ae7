package org.tdro.experiments.sweep;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.InputException;
import org.tdro.io.StepLog;
import org.tdro.runs.RunFolder;
import org.tdro.training.DevelopmentEvaluation;
import org.tdro.training.config.RunConfig;

/**
 * The value of a run's log by which halving keeps jobs: {@code loss}, as {@link RunFolder#loss} is, or the last value of a measure of the development queries, such as {@code dev/ndcg_cut_10}. Test sets are not for choices.
 *
 * @param column its column in the log
 */
record HalvingMetric(String column) {
  private static final String LOSS = "loss";

  /**
   * Returns the metric of a configuration.
   *
   * @throws ConfigException if it is neither the loss nor one of development sets
   */
  static HalvingMetric of(ResolvedConfig<RunConfig> base) {
    var name = base.config().sweep().metric();
    if (!name.equals(LOSS) && !name.startsWith(DevelopmentEvaluation.PREFIX)) {
      throw new ConfigException(List.of(
          "%s: sweep.metric must be loss or a measure of development queries, such as dev/ndcg_cut_10, was %s; nothing is chosen by test sets"
              .formatted(base.origin("sweep.metric"), name)));
    }
    if (!name.equals(LOSS) && !base.config().eval().hasDevelopment()) {
      throw new ConfigException(List.of(
          "%s: sweep.metric is %s, but there are no development queries; give eval.dev or eval.dev-share"
              .formatted(base.origin("sweep.metric"), name)));
    }
    return new HalvingMetric(name);
  }

  /** Returns the order of values, the best first. */
  Comparator<Double> best() {
    return column.equals(LOSS) ? Comparator.naturalOrder() : Comparator.reverseOrder();
  }

  /**
   * Returns the value of a run; empty if its log does not have it.
   *
   * @throws InputException if the log is damaged
   */
  OptionalDouble of(Path folder) {
    var run = new RunFolder(folder);
    try {
      if (column.equals(LOSS)) {
        return run.loss();
      }
      return Arrays.stream(StepLog.numbers(run.log(), column))
          .reduce((before, last) -> last)
          .stream()
          .filter(Double::isFinite)
          .findFirst();
    } catch (InputException e) {
      throw new InputException(
          e.getMessage() + "; delete the folder of the run to train it again", e);
    }
  }
}
