package org.tdro.serving;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Meters of a server, as Prometheus reads them: timers {@code tdro.serving.request} by endpoint (or gRPC method) and status and {@code
 * tdro.serving.model} by signature (runs of the graph), the summary {@code tdro.serving.batch.texts} by signature, gauges
 * {@code tdro.serving.queue.texts} and {@code tdro.serving.model.version}, and the JVM's memory.
 */
final class ServerMetrics implements AutoCloseable {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final double[] QUANTILES = {0.5, 0.95, 0.99};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
  }

  /** Registers a gauge. */
  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /**
   * Counts a request that was answered.
   *
   * @param status of HTTP or gRPC
   */
  void request(String endpoint, String status, Duration duration) {
    Timer.builder("tdro.serving.request")
        .description("Requests that were answered")
        .tags("endpoint", endpoint, "status", status)
        .publishPercentiles(QUANTILES)
        .register(registry)
        .record(duration);
  }

  /** Returns {@code encoder} with its runs measured. */
  <R> Encoder<R> measured(String signature, Encoder<R> encoder) {
    var texts = DistributionSummary.builder("tdro.serving.batch.texts")
        .description("Texts of a run of the graph")
        .tag("signature", signature)
        .register(registry);
    var timer = Timer.builder("tdro.serving.model")
        .description("Runs of the graph")
        .tag("signature", signature)
        .publishPercentiles(QUANTILES)
        .register(registry);
    return (rows, caller) -> {
      texts.record(rows.size());
      long start = System.nanoTime();
      try {
        return encoder.encode(rows, caller);
      } finally {
        timer.record(Duration.ofNanos(System.nanoTime() - start));
      }
    };
  }

  /** Returns all meters in Prometheus' text format. */
  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    registry.close();
  }
}
