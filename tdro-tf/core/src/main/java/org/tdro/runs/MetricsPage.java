package org.tdro.runs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bytedeco.javacpp.Pointer;
import org.tdro.io.HttpListener;

/** A page {@code http://HOST:PORT/metrics} from which Prometheus reads the meters of a process, its heap and its whole memory. */
public final class MetricsPage implements AutoCloseable {
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpServer server;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
    var worker = new Thread(task, "metrics-page");
    worker.setDaemon(true);
    return worker;
  });

  private MetricsPage(HttpServer server) {
    this.server = server;
  }

  /**
   * Serves a page until it is closed.
   *
   * @param port where it is served; 0 for any that is free
   * @throws IOException if the port is taken, or the address is not one of this machine
   */
  public static MetricsPage serve(String host, int port) throws IOException {
    var page = new MetricsPage(HttpListener.listen(host, port, 0));
    new JvmMemoryMetrics().bindTo(page.registry);
    Gauge.builder("tdro.process.memory", Pointer::physicalBytes)
        .description(
            "Resident memory of the process without mapped files: heap, TensorFlow's and all else")
        .baseUnit("bytes")
        .register(page.registry);
    page.server.createContext("/metrics", page::answer);
    page.server.setExecutor(page.thread);
    page.server.start();
    return page;
  }

  /** Returns the registry whose meters are shown. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Returns the port. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var text = registry.scrape().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
    registry.close();
  }
}
