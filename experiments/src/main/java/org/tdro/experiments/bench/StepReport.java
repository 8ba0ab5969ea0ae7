package org.tdro.experiments.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What steps cost.
 *
 * @param forward encoding the texts of a step
 * @param train a plain contrastive step, the update of the encoder included
 * @param dro a dro step on the same rows
 * @param weightUpdate the update of the domain weights alone
 * @param tokens that one step reads
 * @param forwardFlops floating-point operations of the encoder's matrix products in a forward pass over them
 * @param inputWaitShare of the time of plain steps in a row that goes into waiting for the batch
 * @param residentBeforeMib resident memory after the warm-up
 * @param residentAfterMib at the end
 * @param load of the machine while it was measured; negative if unknown
 */
public record StepReport(
    StepTimes forward,
    StepTimes train,
    StepTimes dro,
    StepTimes weightUpdate,
    long tokens,
    long forwardFlops,
    double inputWaitShare,
    OptionalDouble residentBeforeMib,
    OptionalDouble residentAfterMib,
    double load) {
  /** The backward pass has two products for each of the forward pass. */
  private static final int TRAIN_PASSES = 3;

  private static final int REFERENCE_PASSES = 1;
  private static final double FLOPS_PER_MILLI_TO_GFLOPS = 1e-6;
  private static final double MILLIS_PER_SECOND = 1e3;

  /** A dro step over a plain one: the median of the ratios of neighbours. */
  public double droToTrain() {
    return dro.ratioTo(train);
  }

  /** The share of a dro step that is the update of the domain weights. */
  public double weightUpdateShare() {
    return weightUpdate.median() / dro.median();
  }

  /** Tokens that plain steps read in a second. */
  public double tokensPerSecond() {
    return tokens / train.median() * MILLIS_PER_SECOND;
  }

  /** 10⁹ floating-point operations a second of the matrix products of a forward pass. */
  public double forwardGflops() {
    return forwardFlops / forward.median() * FLOPS_PER_MILLI_TO_GFLOPS;
  }

  /** 10⁹ floating-point operations a second of the matrix products of a plain step. */
  public double trainGflops() {
    return TRAIN_PASSES * forwardFlops / train.median() * FLOPS_PER_MILLI_TO_GFLOPS;
  }

  /** 10⁹ floating-point operations a second of the matrix products of a dro step. */
  public double droGflops() {
    return (TRAIN_PASSES + REFERENCE_PASSES)
        * forwardFlops
        / dro.median()
        * FLOPS_PER_MILLI_TO_GFLOPS;
  }

  /** All of it by name, flat: times in ms, {@code KIND_ms} the median, memory in MiB, null where it is unknown. */
  public Map<String, Object> values() {
    var values = new LinkedHashMap<String, Object>();
    put(values, "forward", forward);
    put(values, "train", train);
    put(values, "dro", dro);
    put(values, "weight_update", weightUpdate);
    values.put("dro_to_train", droToTrain());
    values.put("weight_update_share", weightUpdateShare());
    values.put("input_wait_share", inputWaitShare);
    values.put("tokens", tokens);
    values.put("tokens_per_second", tokensPerSecond());
    values.put("gflops", trainGflops());
    values.put("forward_gflops", forwardGflops());
    values.put("dro_gflops", droGflops());
    values.put("resident_before_mib", orNull(residentBeforeMib));
    values.put("resident_after_mib", orNull(residentAfterMib));
    values.put("steps", train.count());
    values.put("load", load);
    return values;
  }

  private static void put(Map<String, Object> values, String name, StepTimes times) {
    values.put(name + "_ms", times.median());
    values.put(name + "_min_ms", times.minimum());
    values.put(name + "_cpu_ms", times.cpuMean());
  }

  private static Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
