package org.tdro.experiments.bench;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The cost of steps.
 *
 * @param times the times of each kind that was measured
 * @param loads what each of the steps reads
 * @param inputWaitShare share of the time of plain steps in a row that is spent waiting for the batch; empty if there were none
 * @param residentBeforeMib resident memory after the warm-up
 * @param residentAfterMib resident memory at the end
 * @param peakMib peak resident memory
 * @param load load of the machine during the measurement; negative if unknown
 */
public record StepReport(
    Map<StepKind, StepTimes> times,
    List<StepLoad> loads,
    OptionalDouble inputWaitShare,
    OptionalDouble residentBeforeMib,
    OptionalDouble residentAfterMib,
    OptionalDouble peakMib,
    double load) {
  private static final double FLOPS_PER_MILLI_TO_GFLOPS = 1e-6;
  private static final double MILLIS_PER_SECOND = 1e3;

  public StepReport {
    times = new EnumMap<>(times);
    loads = List.copyOf(loads);
  }

  /** Returns the cost of a dro step over that of a plain one: the median of the ratios of neighbours; empty if not both were measured. */
  public OptionalDouble droToTrain() {
    return times.containsKey(StepKind.DRO) && times.containsKey(StepKind.TRAIN)
        ? OptionalDouble.of(times.get(StepKind.DRO).ratioTo(times.get(StepKind.TRAIN)))
        : OptionalDouble.empty();
  }

  /** Returns the share of a dro step that is the update of the domain weights; empty if not both were measured. */
  public OptionalDouble weightUpdateShare() {
    return times.containsKey(StepKind.DRO) && times.containsKey(StepKind.WEIGHT_UPDATE)
        ? OptionalDouble.of(
            times.get(StepKind.WEIGHT_UPDATE).median() / times.get(StepKind.DRO).median())
        : OptionalDouble.empty();
  }

  /** Returns the mean number of tokens that a step reads, without padding. */
  public double tokens() {
    return loads.stream().mapToLong(StepLoad::tokens).average().orElseThrow();
  }

  /** Returns the share of padding among all positions of the batches, before they are divided into groups or chunks. */
  public double paddingShare() {
    double padding = loads.stream().mapToLong(StepLoad::padding).sum();
    return padding / (padding + loads.stream().mapToLong(StepLoad::tokens).sum());
  }

  /**
   * Returns the tokens, without padding, that plain steps read in a second, or dro steps if no plain ones were measured; empty if
   * neither were.
   */
  public OptionalDouble tokensPerSecond() {
    var steps = times.getOrDefault(StepKind.TRAIN, times.get(StepKind.DRO));
    return steps == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            steps.rate(loads.stream().mapToLong(StepLoad::tokens)) * MILLIS_PER_SECOND);
  }

  /** Returns the speed of a kind's matrix products in GFLOP/s; empty if it was not measured or has none. */
  public OptionalDouble gflops(StepKind kind) {
    if (!times.containsKey(kind)) {
      return OptionalDouble.empty();
    }
    double rate = times.get(kind).rate(loads.stream().mapToLong(kind::flops));
    return rate == 0 ? OptionalDouble.empty() : OptionalDouble.of(rate * FLOPS_PER_MILLI_TO_GFLOPS);
  }

  /** Returns all values by name: times in ms, {@code KIND_ms} the median, memory in MiB, null where it is unknown. */
  public Map<String, Object> values() {
    var values = new LinkedHashMap<String, Object>();
    times.forEach((kind, measured) -> {
      var name = kind.name().toLowerCase(Locale.ROOT);
      values.put(name + "_ms", measured.median());
      values.put(name + "_min_ms", measured.minimum());
      values.put(name + "_cpu_ms", measured.cpuMean());
      values.put("steps", measured.count());
    });
    values.put("dro_to_train", orNull(droToTrain()));
    values.put("weight_update_share", orNull(weightUpdateShare()));
    values.put("input_wait_share", orNull(inputWaitShare));
    values.put("tokens", tokens());
    values.put("padding_share", paddingShare());
    values.put("tokens_per_second", orNull(tokensPerSecond()));
    values.put("gflops", orNull(gflops(StepKind.TRAIN)));
    values.put("forward_gflops", orNull(gflops(StepKind.FORWARD)));
    values.put("dro_gflops", orNull(gflops(StepKind.DRO)));
    values.put("matrix_product_gflops", orNull(gflops(StepKind.MATRIX_PRODUCT)));
    values.put("resident_before_mib", orNull(residentBeforeMib));
    values.put("resident_after_mib", orNull(residentAfterMib));
    values.put("peak_mib", orNull(peakMib));
    values.put("load", load);
    return values;
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
