package org.tdro.serving;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.serving.client.ServingMethods;

/**
 * A listener for gRPC with TensorFlow Serving's services, which are unavailable until there is a model, and the usual one for health,
 * which says {@code SERVING} from {@link #serve} to {@link #stopping}.
 */
final class GrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

  /** Errors travel in headers, of which clients take 8 KiB. */
  private static final int LONGEST_MESSAGE = 2000;

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private static final String PREDICTION_SERVICE = ServingMethods.PREDICT.getServiceName();
  private static final String MODEL_SERVICE = ServingMethods.GET_MODEL_STATUS.getServiceName();

  private final Server server;
  private final ExecutorService threads;
  private final HealthStatusManager health = new HealthStatusManager();

  /** Null until {@link #serve}. */
  private volatile Serving serving;

  /** The model, and where calls of it are counted. */
  private record Serving(GrpcModelApi models, RequestsInProgress requests, ServerMetrics metrics) {}

  private GrpcServer(NettyServerBuilder builder, ExecutorService threads) throws IOException {
    this.threads = threads;
    health(ServingStatus.NOT_SERVING);
    server = builder
        .executor(threads)
        .addService(health.getHealthService())
        .addService(ServerServiceDefinition.builder(PREDICTION_SERVICE)
            .addMethod(
                ServingMethods.PREDICT, handler(ServingMethods.PREDICT, (models, request, call) -> {
                  call.entry().admit();
                  return models.predict(request, call);
                }))
            .addMethod(
                ServingMethods.GET_MODEL_METADATA,
                handler(
                    ServingMethods.GET_MODEL_METADATA,
                    (models, request, call) -> models.metadata(request)))
            .build())
        .addService(ServerServiceDefinition.builder(MODEL_SERVICE)
            .addMethod(
                ServingMethods.GET_MODEL_STATUS,
                handler(
                    ServingMethods.GET_MODEL_STATUS,
                    (models, request, call) -> models.status(request)))
            .build())
        .build()
        .start();
  }

  /**
   * Begins to listen.
   *
   * @param threads that answer; it closes them
   * @param calls most calls at a time on one connection; a client holds back those beyond
   * @throws IOException if the port is taken, or the address is not one of this machine
   */
  static GrpcServer listen(
      ServerOptions.Endpoint endpoint, int bodyBytes, int calls, ExecutorService threads)
      throws IOException {
    var address = new InetSocketAddress(endpoint.host(), endpoint.grpcPort().getAsInt());
    ServerCredentials credentials = endpoint
        .certificate()
        .<ServerCredentials>map(certificate -> TlsServerCredentials.newBuilder()
            .keyManager(certificate.keyManagers())
            .build())
        .orElseGet(InsecureServerCredentials::create);
    try {
      return new GrpcServer(
          NettyServerBuilder.forAddress(address, credentials)
              .maxInboundMessageSize(bodyBytes)
              .maxConcurrentCallsPerConnection(calls),
          threads);
    } catch (IOException | RuntimeException e) {
      threads.shutdownNow();
      throw e;
    }
  }

  /** Begins to serve a model. */
  void serve(GrpcModelApi models, RequestsInProgress requests, ServerMetrics metrics) {
    serving = new Serving(models, requests, metrics);
    health(ServingStatus.SERVING);
  }

  /** Says that it is not serving any more. */
  void stopping() {
    health.enterTerminalState();
  }

  private void health(ServingStatus status) {
    for (var service : List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, PREDICTION_SERVICE)) {
      health.setStatus(service, status);
    }
  }

  int port() {
    return server.getPort();
  }

  /** Closes all connections. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(LONGEST_CLOSE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
  }

  /** Answers a request. */
  @FunctionalInterface
  private interface Answer<Q, A> {
    A of(GrpcModelApi models, Q request, Call call);
  }

  /** Turns a function into a handler, every failure into a status. */
  private <Q, A> ServerCallHandler<Q, A> handler(
      MethodDescriptor<Q, A> method, Answer<Q, A> function) {
    return ServerCalls.asyncUnaryCall((request, observer) -> {
      long start = System.nanoTime();
      var now = serving;
      if (now == null) {
        observer.onError(
            Status.UNAVAILABLE.withDescription("the model is being loaded").asRuntimeException());
        return;
      }
      var entry = now.requests.enter();
      // It ends when the answer has been written, so that a server that stops waits for that.
      var answering = (ServerCallStreamObserver<A>) observer;
      answering.setOnCloseHandler(entry::close);
      answering.setOnCancelHandler(entry::close);
      var call = new Call(entry, Context.current());
      var status = answer(call, answering, () -> function.of(now.models, request, call));
      now.metrics.request(
          method.getFullMethodName(),
          status.getCode().name(),
          Duration.ofNanos(System.nanoTime() - start));
    });
  }

  private static <A> Status answer(Call call, StreamObserver<A> observer, Supplier<A> function) {
    Status status;
    try {
      observer.onNext(function.get());
      observer.onCompleted();
      return Status.OK;
    } catch (ApiException e) {
      status = call.isGone() ? Contexts.statusFromCancelled(call.context) : status(e);
    } catch (RuntimeException | Error e) {
      LOG.error("cannot answer a call", e);
      status = Status.INTERNAL.withDescription("the server failed: " + e.getMessage());
    }
    observer.onError(status.asRuntimeException());
    return status;
  }

  /** Returns the code that TensorFlow Serving gives such an error: it says "unavailable" where a queue is full. */
  private static Status status(ApiException e) {
    var code = switch (e.status()) {
      case 400 -> Status.INVALID_ARGUMENT;
      case 404 -> Status.NOT_FOUND;
      case 429, 503 -> Status.UNAVAILABLE;
      case ApiException.CLIENT_CLOSED_REQUEST -> Status.CANCELLED;
      default -> Status.UNKNOWN;
    };
    var message = e.getMessage();
    return code.withDescription(message.substring(0, Math.min(LONGEST_MESSAGE, message.length())));
  }

  /** A call, whose context ends when it is cancelled or its deadline has passed. */
  private record Call(RequestsInProgress.Entry entry, Context context) implements Caller {
    @Override
    public boolean isGone() {
      return context.isCancelled();
    }

    @Override
    public void whenGone(Runnable action) {
      context.addListener(ended -> action.run(), Runnable::run);
    }
  }
}
