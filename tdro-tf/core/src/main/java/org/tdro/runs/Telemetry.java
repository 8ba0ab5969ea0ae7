package org.tdro.runs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tdro.io.AppendedLines;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/**
 * Publishes a run's state to Micrometer and appends it to a JSONL file. Meters, all with the tag
 * {@code run}: timers {@code tdro.step} with
 * {@code phase=input|forward-backward|update}; gauges {@code tdro.loss}, {@code tdro.learning.rate}, {@code tdro.rows.per.second} and, by
 * {@code domain}, {@code tdro.domain.loss} and {@code tdro.domain.weight}.
 */
public final class Telemetry implements Callback {
  private static final long TRACE_EVERY_STEPS = 200;
  private static final JsonMapper JSON = new JsonMapper();
  private static final double NANOS = 1e9;

  private final MeterRegistry registry;
  private final String run;
  private final Path file;
  private final List<String> domains;
  private final int everySteps;
  private final Timer input;
  private final Timer forwardBackward;
  private final Timer update;
  private final Map<String, Double> values = new ConcurrentHashMap<>();

  /**
   * Telemetry of one run.
   *
   * @param run name of the run, a tag of every meter
   * @param file gets a line every {@code everySteps} steps
   * @param domains names, in the order of the vectors that a step logs
   */
  public Telemetry(
      MeterRegistry registry, String run, Path file, List<String> domains, int everySteps) {
    this.registry = registry;
    this.run = run;
    this.file = file;
    this.domains = domains;
    this.everySteps = everySteps;
    input = registry.timer("tdro.step", "run", run, "phase", "input");
    forwardBackward = registry.timer("tdro.step", "run", run, "phase", "forward-backward");
    update = registry.timer("tdro.step", "run", run, "phase", "update");
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    model.traceUpdates(TRACE_EVERY_STEPS);
    var kept = new ArrayList<String>();
    try {
      if (Files.exists(file)) {
        // Steps after the backup that training goes on from are done, and written, once more.
        for (var line : AppendedLines.read(file)) {
          if (JSON.readTree(line).path("step").asLong() <= model.iterations()) {
            kept.add(line);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    AppendedLines.replace(file, kept);
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    double inputSeconds = logs.scalar("input_seconds");
    double computeSeconds = logs.scalar("step_seconds");
    input.record(nanos(inputSeconds));
    double updateSeconds = logs.scalar("update_seconds");
    forwardBackward.record(nanos(computeSeconds - updateSeconds));
    update.record(nanos(updateSeconds));
    gauge("tdro.loss", logs.scalar("loss"));
    gauge("tdro.learning.rate", logs.scalar("learning_rate"));
    gauge("tdro.rows.per.second", logs.scalar("rows") / (inputSeconds + computeSeconds));
    gauges("tdro.domain.loss", logs.vectors().get("domain_loss"));
    gauges("tdro.domain.weight", logs.vectors().get("domain_weight"));
    if (step % everySteps == 0) {
      append(step, logs);
    }
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) (Math.max(0, seconds) * NANOS));
  }

  private void gauges(String name, float[] vector) {
    if (vector != null) {
      for (int domain = 0; domain < vector.length; domain++) {
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
    var line = new LinkedHashMap<String, Object>();
    line.put("step", step);
    line.putAll(logs.scalars());
    logs.vectors().forEach((name, vector) -> {
      var byDomain = new LinkedHashMap<String, Float>();
      for (int domain = 0; domain < vector.length; domain++) {
        byDomain.put(domains.get(domain), vector[domain]);
      }
      line.put(name, byDomain);
    });
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
