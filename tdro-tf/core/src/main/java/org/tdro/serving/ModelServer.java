package org.tdro.serving;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.HttpListener;

/** Serves the newest version of an exported retriever over HTTP until it is closed. */
public final class ModelServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);

  /** Threads beyond those of the requests in progress: for refusals and for questions about the state. */
  private static final int SPARE_THREADS = 16;

  private static final int BACKLOG = 1024;
  private static final int IDLE_SECONDS = 30;

  private final String name;
  private final ServerOptions options;
  private final ServerMetrics metrics;
  private final ModelVersions versions;
  private final HttpApi api;
  private final ThreadPoolExecutor threads;
  private final HttpServer http;

  private ModelServer(
      HttpServer http, ModelVersions versions, ServerOptions options, ServerMetrics metrics) {
    this.http = http;
    this.versions = versions;
    this.options = options;
    this.metrics = metrics;
    name = options.name().orElseGet(versions::assetsName);
    var queue = new TextQueue(options.limits().queuedTexts());
    api = new HttpApi(
        new ModelApi(name, versions, options.limits(), queue),
        new TextApi(name, versions, options.limits(), queue),
        metrics,
        options.limits());
    metrics.gauge("tdro.serving.queue.texts", "Texts that wait or are computed", queue::texts);
    metrics.gauge("tdro.serving.requests.active", "Requests being answered", api::active);
    metrics.gauge("tdro.serving.model.version", "Version served", versions::currentVersion);
    threads = threads(options.limits().requests() + SPARE_THREADS);
    http.setExecutor(threads);
    http.createContext("/", api);
  }

  /** Returns the pool of threads; connections beyond its queue are closed. */
  private static ThreadPoolExecutor threads(int count) {
    var number = new AtomicInteger();
    var threads = new ThreadPoolExecutor(
        count, count, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(BACKLOG), work -> {
          var thread = new Thread(work, "request-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * Loads the newest version and starts serving it.
   *
   * @param base the folder of versions, or a version's own
   * @throws IllegalArgumentException if there is nothing that can be served
   * @throws UncheckedIOException if the port cannot be listened on
   */
  public static ModelServer start(Path base, ServerOptions options) {
    // Bound before the model is loaded: a port that is taken shows at once.
    var http = listen(options);
    var metrics = new ServerMetrics();
    try {
      var versions = ModelVersions.open(base, options, metrics);
      var server = new ModelServer(http, versions, options, metrics);
      http.start();
      if (!http.getAddress().getAddress().isLoopbackAddress()) {
        LOG.warn(
            "{} can be reached from other machines and does not authenticate them", server.uri());
      }
      return server;
    } catch (RuntimeException | Error e) {
      // The JDK's server closes its socket in the thread that it starts.
      http.start();
      http.stop(0);
      metrics.close();
      throw e;
    }
  }

  private static HttpServer listen(ServerOptions options) {
    try {
      return HttpListener.listen(options.host(), options.port(), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen on %s:%d: %s".formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
  }

  /** Returns its address, such as {@code http://127.0.0.1:8501}. */
  public URI uri() {
    return URI.create("http://%s:%d".formatted(hostInUri(), http.getAddress().getPort()));
  }

  private String hostInUri() {
    return options.host().contains(":") ? "[" + options.host() + "]" : options.host();
  }

  /** Returns the model's name in URLs. */
  public String name() {
    return name;
  }

  /** Returns the version that is served. */
  public long version() {
    return versions.currentVersion();
  }

  /** Refuses new requests, finishes those in progress and stops. */
  @Override
  public void close() {
    try {
      if (!api.drain(options.drain())) {
        LOG.warn("requests took longer than {} to end and were cut off", options.drain());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.stop(0);
    threads.shutdownNow();
    versions.close();
    metrics.close();
  }
}
