package org.tdro.training;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.runs.MetricsPage;
import org.tdro.training.config.RunConfig;

/** The meters of a run or a pipeline: those of the caller's registry and, if one is asked for, of the page for Prometheus. */
record RunMeters(MeterRegistry registry, Optional<MetricsPage> page) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunMeters.class);

  /**
   * Opens the meters that a configuration asks for.
   *
   * @param registry of the caller, which also gets them
   * @throws ConfigException if the port of the page is taken
   */
  static RunMeters open(ResolvedConfig<RunConfig> resolved, MeterRegistry registry) {
    var prometheus = resolved.config().telemetry().prometheus();
    if (prometheus.port() == 0) {
      return new RunMeters(registry, Optional.empty());
    }
    try {
      var page = MetricsPage.serve(prometheus.host(), prometheus.port());
      LOG.info("meters: http://{}:{}/metrics", prometheus.host(), page.port());
      return new RunMeters(
          new CompositeMeterRegistry().add(registry).add(page.registry()), Optional.of(page));
    } catch (IOException e) {
      throw new ConfigException(List.of(
          "%s: the meters cannot be served at %s:%d: %s; choose another telemetry.prometheus.port, or 0 for none"
              .formatted(
                  resolved.origin("telemetry.prometheus.port"),
                  prometheus.host(),
                  prometheus.port(),
                  e.getMessage())));
    }
  }

  @Override
  public void close() {
    page.ifPresent(MetricsPage::close);
  }
}
