package org.tdro.serving;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.HttpListener;

/** Serves the newest version of an exported retriever over HTTP and gRPC until it is closed. */
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
  private final RequestsInProgress requests;
  private final ThreadPoolExecutor threads;
  private final HttpServer http;
  private final Optional<GrpcServer> grpc;

  private ModelServer(
      HttpServer http,
      Optional<GrpcServer> grpc,
      ModelVersions versions,
      ServerOptions options,
      ServerMetrics metrics) {
    this.http = http;
    this.grpc = grpc;
    this.versions = versions;
    this.options = options;
    this.metrics = metrics;
    name = options.name().orElseGet(versions::assetsName);
    var limits = options.limits();
    requests = new RequestsInProgress(limits.requests());
    var queue = new TextQueue(limits.queuedTexts());
    var models = new ModelApi(name, versions, limits, queue);
    metrics.gauge("tdro.serving.queue.texts", "Texts that wait or are computed", queue::texts);
    metrics.gauge("tdro.serving.requests.active", "Requests being answered", requests::active);
    metrics.gauge("tdro.serving.model.version", "Version served", versions::currentVersion);
    // Connections beyond its queue are closed.
    threads = threads("request-", limits, new ArrayBlockingQueue<>(BACKLOG));
    http.setExecutor(threads);
    http.createContext(
        "/",
        new HttpApi(
            new RestModelApi(models),
            new TextApi(name, versions, limits, queue),
            metrics,
            requests,
            limits.bodyBytes()));
    grpc.ifPresent(server -> server.serve(new GrpcServer.Serving(
        new GrpcModelApi(models), MessageReader.of(limits), requests, metrics)));
  }

  /** Returns a pool of threads. */
  private static ThreadPoolExecutor threads(
      String name, ServerOptions.Limits limits, BlockingQueue<Runnable> waiting) {
    var number = new AtomicInteger();
    int count = limits.requests() + SPARE_THREADS;
    var threads =
        new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS, waiting, work -> {
          var thread = new Thread(work, name + number.incrementAndGet());
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
   * @throws IllegalArgumentException if there is nothing that can be served, or a file of the certificate is wrong
   * @throws UncheckedIOException if a port cannot be listened on
   */
  public static ModelServer start(Path base, ServerOptions options) {
    // Bound before the model is loaded: a port that is taken shows at once.
    var endpoint = options.endpoint();
    var certificate = endpoint.certificate().map(ServerCertificate::load);
    certificate.ifPresent(loaded -> loaded.warnings(Instant.now()).forEach(LOG::warn));
    var http = listen(endpoint.host(), endpoint.port(), () -> listen(endpoint, certificate));
    var metrics = new ServerMetrics();
    Optional<GrpcServer> grpc = Optional.empty();
    try {
      if (endpoint.grpcPort().isPresent()) {
        grpc = Optional.of(listen(
            endpoint.host(),
            endpoint.grpcPort().getAsInt(),
            () -> listen(endpoint, certificate, options.limits())));
      }
      var versions = ModelVersions.open(base, options, metrics);
      var server = new ModelServer(http, grpc, versions, options, metrics);
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
      grpc.ifPresent(GrpcServer::close);
      metrics.close();
      throw e;
    }
  }

  private interface Listening<T> {
    T begin() throws IOException;
  }

  private static <T> T listen(String host, int port, Listening<T> listening) {
    try {
      return listening.begin();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen on %s:%d: %s".formatted(host, port, e.getMessage()), e);
    }
  }

  private static HttpServer listen(
      ServerOptions.Endpoint endpoint, Optional<ServerCertificate.Loaded> certificate)
      throws IOException {
    return certificate.isEmpty()
        ? HttpListener.listen(endpoint.host(), endpoint.port(), BACKLOG)
        : HttpListener.listen(
            endpoint.host(), endpoint.port(), BACKLOG, certificate.get().context());
  }

  private static GrpcServer listen(
      ServerOptions.Endpoint endpoint,
      Optional<ServerCertificate.Loaded> certificate,
      ServerOptions.Limits limits)
      throws IOException {
    return GrpcServer.listen(
        endpoint,
        certificate,
        limits.bodyBytes(),
        limits.requests() + SPARE_THREADS,
        // Unbounded, since gRPC queues events of calls that it has accepted.
        threads("grpc-", limits, new LinkedBlockingQueue<>()));
  }

  /** Returns its address, such as {@code http://127.0.0.1:8501}. */
  public URI uri() {
    return uri(isEncrypted() ? "https" : "http", http.getAddress().getPort());
  }

  /** Returns its address for gRPC, such as {@code grpc://127.0.0.1:8500}; empty if there is none. */
  public Optional<URI> grpcUri() {
    return grpc.map(server -> uri(isEncrypted() ? "grpcs" : "grpc", server.port()));
  }

  private boolean isEncrypted() {
    return options.endpoint().certificate().isPresent();
  }

  private URI uri(String scheme, int port) {
    var host = options.endpoint().host();
    return URI.create(
        "%s://%s:%d".formatted(scheme, host.contains(":") ? "[" + host + "]" : host, port));
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
    versions.stopping();
    grpc.ifPresent(GrpcServer::stopping);
    try {
      if (!requests.drain(options.drain())) {
        LOG.warn("requests took longer than {} to end and were cut off", options.drain());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.stop(0);
    grpc.ifPresent(GrpcServer::close);
    threads.shutdownNow();
    versions.close();
    metrics.close();
  }
}
