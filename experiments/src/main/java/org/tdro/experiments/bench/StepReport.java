package org.tdro.experiments.bench;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What steps cost.
 *
 * @param times of each kind that was measured
 * @param tokens that one step reads
 * @param forwardFlops floating-point operations of the encoder's matrix products in a forward pass over them
 * @param inputWaitShare of the time of plain steps in a row that goes into waiting for the batch; empty if there were none
 * @param residentBeforeMib resident memory after the warm-up
 * @param residentAfterMib at the end
 * @param peakMib the most there was
 * @param load of the machine while it was measured; negative if unknown
 */
public record StepReport(
    Map<StepKind, StepTimes> times,
    long tokens,
    long forwardFlops,
    OptionalDouble inputWaitShare,
    OptionalDouble residentBeforeMib,
    OptionalDouble residentAfterMib,
    OptionalDouble peakMib,
    double load) {
  private static final double FLOPS_PER_MILLI_TO_GFLOPS = 1e-6;
  private static final double MILLIS_PER_SECOND = 1e3;

  public StepReport {
    times = new EnumMap<>(times);
  }

  /** A dro step over a plain one: the median of the ratios of neighbours; empty if not both were measured. */
  public OptionalDouble droToTrain() {
    return times.containsKey(StepKind.DRO) && times.containsKey(StepKind.TRAIN)
        ? OptionalDouble.of(times.get(StepKind.DRO).ratioTo(times.get(StepKind.TRAIN)))
        : OptionalDouble.empty();
  }

  /** The share of a dro step that is the update of the domain weights; empty if not both were measured. */
  public OptionalDouble weightUpdateShare() {
    return times.containsKey(StepKind.DRO) && times.containsKey(StepKind.WEIGHT_UPDATE)
        ? OptionalDouble.of(
            times.get(StepKind.WEIGHT_UPDATE).median() / times.get(StepKind.DRO).median())
        : OptionalDouble.empty();
  }

  /** Tokens that plain steps read in a second, dro steps where no plain ones were measured; empty if neither were. */
  public OptionalDouble tokensPerSecond() {
    var steps = times.getOrDefault(StepKind.TRAIN, times.get(StepKind.DRO));
    return steps == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(tokens / steps.median() * MILLIS_PER_SECOND);
  }

  /** 10⁹ floating-point operations a second of the matrix products of a kind that was measured and has some. */
  public OptionalDouble gflops(StepKind kind) {
    return kind.passes() == 0 || !times.containsKey(kind)
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            kind.passes() * forwardFlops / times.get(kind).median() * FLOPS_PER_MILLI_TO_GFLOPS);
  }

  /** All of it by name, flat: times in ms, {@code KIND_ms} the median, memory in MiB, null where it is unknown. */
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
    values.put("tokens", tokens);
    values.put("tokens_per_second", orNull(tokensPerSecond()));
    values.put("gflops", orNull(gflops(StepKind.TRAIN)));
    values.put("forward_gflops", orNull(gflops(StepKind.FORWARD)));
    values.put("dro_gflops", orNull(gflops(StepKind.DRO)));
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
