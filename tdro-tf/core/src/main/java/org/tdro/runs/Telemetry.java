package org.tdro.runs;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tdro.io.StepLog;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/**
 * Publishes the state of a run to Micrometer and appends it to a JSONL file. Meters, all with the tag {@code run}: timers
 * {@code tdro.step} with {@code phase=input|forward-backward|update}; gauges {@code tdro.loss}, {@code tdro.learning.rate},
 * {@code tdro.gradient.norm}, {@code tdro.rows.per.second}, {@code tdro.steps.done} and {@code tdro.steps.planned},
 * {@code tdro.evaluation} by the name of the log of what is measured between steps, and those of {@link #gaugeByDomain} and {@link #gauge}; counters {@code tdro.rows} and those of
 * {@link #count}, each also as a gauge per second.
 */
public final class Telemetry implements Callback {
  private static final double NANOS = 1e9;

  private final MeterRegistry registry;
  private final String run;
  private final StepLog log;
  private final List<String> domains;
  private final int everySteps;
  private final Map<String, LogKey<float[]>> domainGauges = new LinkedHashMap<>();
  private final Timer input;
  private final Timer forwardBackward;
  private final Timer update;
  private final Map<String, Double> values = new ConcurrentHashMap<>();
  private final Map<String, LongSupplier> totals = new LinkedHashMap<>();
  private final Map<String, Long> counted = new LinkedHashMap<>();
  private final Counter rows;
  private List<LogKey<Double>> measured = List.of();

  /**
   * Creates the telemetry of one run.
   *
   * @param run name of the run, a tag of every meter
   * @param file gets a line every {@code everySteps} steps, and for steps after which the model was measured
   * @param domains names, in the order of the vectors that a step logs
   */
  public Telemetry(
      MeterRegistry registry, String run, Path file, List<String> domains, int everySteps) {
    this.registry = registry;
    this.run = run;
    log = StepLog.jsonLines(file, "step");
    this.domains = domains;
    this.everySteps = everySteps;
    input = registry.timer("tdro.step", "run", run, "phase", "input");
    forwardBackward = registry.timer("tdro.step", "run", run, "phase", "forward-backward");
    update = registry.timer("tdro.step", "run", run, "phase", "update");
    rows = registry.counter("tdro.rows", "run", run);
  }

  /** Adds a gauge of a value that is asked for whenever the meters are read, from any thread. */
  public Telemetry gauge(String meter, Supplier<Number> value) {
    // That of an earlier training of the same run would stay.
    Optional.ofNullable(registry.find(meter).tag("run", run).gauge()).ifPresent(registry::remove);
    Gauge.builder(meter, value).tag("run", run).register(registry);
    return this;
  }

  /** Adds a counter of a total that only grows, and the gauge {@code METER.per.second} of its growth in the last step. */
  public Telemetry count(String meter, LongSupplier total) {
    totals.put(meter, total);
    counted.put(meter, total.getAsLong());
    return this;
  }

  /**
   * Adds a gauge with the tag {@code domain} of the vector that steps log under {@code key}, if they log one. A domain whose value is NaN, such
   * as the loss of one without rows, keeps that of an earlier step.
   */
  public Telemetry gaugeByDomain(String meter, LogKey<float[]> key) {
    domainGauges.put(meter, key);
    return this;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    // Steps after the backup that training resumes from are repeated, and written again.
    log.truncate(model.iterations());
    measured = options.evaluationKeys();
    gauge("tdro.steps.planned", (double)
        (options.epochs() * options.stepsPerEpoch().orElse(0)));
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    var timings = logs.timings();
    input.record(nanos(timings.inputSeconds()));
    forwardBackward.record(nanos(timings.stepSeconds() - timings.updateSeconds()));
    if (timings.updateSeconds() > 0) {
      update.record(nanos(timings.updateSeconds()));
    }
    gauge("tdro.loss", logs.get(Logs.LOSS));
    gauge("tdro.learning.rate", logs.get(Logs.LEARNING_RATE));
    logs.find(Logs.GRADIENT_NORM).ifPresent(norm -> gauge("tdro.gradient.norm", norm));
    double seconds = timings.inputSeconds() + timings.stepSeconds();
    rows.increment(timings.rows());
    gauge("tdro.rows.per.second", timings.rows() / seconds);
    gauge("tdro.steps.done", (double) step);
    totals.forEach((meter, total) -> {
      long now = total.getAsLong();
      long more = now - counted.put(meter, now);
      registry.counter(meter, "run", run).increment((double) more);
      gauge(meter + ".per.second", more / seconds);
    });
    measured.forEach(key ->
        logs.find(key).ifPresent(value -> gauge("tdro.evaluation", value, "log", key.name())));
    domainGauges.forEach((meter, key) -> logs.find(key).ifPresent(vector -> gauges(meter, vector)));
    if (step % everySteps == 0
        || measured.stream().anyMatch(key -> logs.find(key).isPresent())) {
      append(step, logs);
    }
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) (Math.max(0, seconds) * NANOS));
  }

  private void gauges(String name, float[] vector) {
    for (int domain = 0; domain < vector.length; domain++) {
      if (!Float.isNaN(vector[domain])) {
        gauge(name, vector[domain], "domain", domains.get(domain));
      }
    }
  }

  private void gauge(String name, double value, String... tags) {
    var key = name + String.join("/", tags);
    if (values.put(key, value) == null) {
      Gauge.builder(name, values, map -> map.get(key))
          .strongReference(true)
          .tags(tags)
          .tag("run", run)
          .register(registry);
    }
  }

  private void append(long step, Logs logs) {
    var values = new LinkedHashMap<String, Object>(logs.scalars());
    values.putAll(logs.timings().columns());
    logs.vectors().forEach((name, vector) -> {
      var byDomain = new LinkedHashMap<String, Float>();
      for (int domain = 0; domain < vector.length; domain++) {
        byDomain.put(domains.get(domain), Float.isNaN(vector[domain]) ? null : vector[domain]);
      }
      values.put(name, byDomain);
    });
    log.append(step, values);
  }
}
