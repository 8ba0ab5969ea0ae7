package org.tdro.serving;

import com.google.protobuf.Message;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.tdro.serving.client.ServingMethods;
import org.tdro.serving.client.proto.GetModelMetadataRequest;
import org.tdro.serving.client.proto.GetModelStatusRequest;
import org.tdro.serving.client.proto.PredictRequest;

/**
 * A listener for gRPC with TensorFlow Serving's services, which are unavailable until there is a model, and the usual one for health,
 * which says {@code SERVING} from {@link #serve} to {@link #stopping}.
 */
final class GrpcServer implements AutoCloseable {
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  /** Of a question about health, which is the name of a service. */
  private static final int HEALTH_BYTES = 4096;

  private static final String PREDICTION_SERVICE = ServingMethods.PREDICT.getServiceName();
  private static final String MODEL_SERVICE = ServingMethods.GET_MODEL_STATUS.getServiceName();

  private final Server server;
  private final ExecutorService threads;
  private final HealthStatusManager health = new HealthStatusManager();

  /** Those that have begun and have not ended. */
  private final Set<UnaryCall<?, ?>> calls = ConcurrentHashMap.newKeySet();

  /** Null until {@link #serve}. */
  private volatile Serving serving;

  private volatile boolean ending;

  /** The model, what reads requests for it, and where they are counted. */
  record Serving(
      GrpcModelApi models,
      MessageReader reader,
      RequestsInProgress requests,
      ServerMetrics metrics) {}

  private GrpcServer(NettyServerBuilder builder, ExecutorService threads) throws IOException {
    this.threads = threads;
    health(ServingStatus.NOT_SERVING);
    server = builder
        .executor(threads)
        .addService(ServerInterceptors.useMarshalledMessages(
            health.getHealthService().bindService(), new AtMost(HEALTH_BYTES)))
        .addService(ServerServiceDefinition.builder(PREDICTION_SERVICE)
            .addMethod(method(
                ServingMethods.PREDICT,
                PredictRequest.getDefaultInstance(),
                true,
                GrpcModelApi::predict))
            .addMethod(method(
                ServingMethods.GET_MODEL_METADATA,
                GetModelMetadataRequest.getDefaultInstance(),
                false,
                (models, request, caller) -> models.metadata(request)))
            .build())
        .addService(ServerServiceDefinition.builder(MODEL_SERVICE)
            .addMethod(method(
                ServingMethods.GET_MODEL_STATUS,
                GetModelStatusRequest.getDefaultInstance(),
                false,
                (models, request, caller) -> models.status(request)))
            .build())
        .build()
        .start();
  }

  /** Returns a method that gets its requests as bytes. */
  private <Q extends Message, A> ServerMethodDefinition<InputStream, A> method(
      MethodDescriptor<Q, A> descriptor,
      Q request,
      boolean isExpensive,
      UnaryCall.Answer<Q, A> answer) {
    var method =
        new UnaryCall.Method<>(descriptor.getFullMethodName(), request, isExpensive, answer);
    return ServerMethodDefinition.create(
        descriptor.toBuilder(new AsTheyCome(), descriptor.getResponseMarshaller())
            .build(),
        (call, headers) -> {
          var now = serving;
          if (now == null) {
            call.close(
                Status.UNAVAILABLE.withDescription("the model is being loaded"), new Metadata());
            return new ServerCall.Listener<>() {};
          }
          var begun = new UnaryCall<>(call, method, now, calls::remove);
          calls.add(begun);
          if (ending) {
            begun.refuse(RequestsInProgress.stopping());
          } else {
            begun.begin();
          }
          return begun;
        });
  }

  /** Messages whose bytes are not read yet. */
  private static final class AsTheyCome implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream message) {
      return message;
    }

    @Override
    public InputStream parse(InputStream message) {
      return message;
    }
  }

  /** Messages of which no more is read than so many bytes. */
  private record AtMost(int bytes) implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream message) {
      return message;
    }

    @Override
    public InputStream parse(InputStream message) {
      try {
        var read = message.readNBytes(bytes + 1);
        if (read.length > bytes) {
          throw Status.RESOURCE_EXHAUSTED
              .withDescription("the message is larger than " + bytes + " bytes")
              .asRuntimeException();
        }
        return new ByteArrayInputStream(read);
      } catch (IOException e) {
        throw Status.INVALID_ARGUMENT
            .withDescription("the message cannot be unpacked: " + e.getMessage())
            .asRuntimeException();
      }
    }
  }

  /**
   * Begins to listen.
   *
   * @param certificate for TLS; empty for none
   * @param threads that answer; it closes them
   * @param bodyBytes of the largest message. Those of up to twice as much are received and refused with the reason; a longer one breaks its
   *     stream, where not all clients see the reason
   * @param calls most calls at a time on one connection; a client holds back those beyond
   * @throws IOException if the port is taken, or the address is not one of this machine
   */
  static GrpcServer listen(
      ServerOptions.Endpoint endpoint,
      Optional<ServerCertificate.Loaded> certificate,
      int bodyBytes,
      int calls,
      ExecutorService threads)
      throws IOException {
    var address = new InetSocketAddress(endpoint.host(), endpoint.grpcPort().getAsInt());
    ServerCredentials credentials = certificate
        .<ServerCredentials>map(loaded ->
            TlsServerCredentials.newBuilder().keyManager(loaded.keyManagers()).build())
        .orElseGet(InsecureServerCredentials::create);
    try {
      return new GrpcServer(
          NettyServerBuilder.forAddress(address, credentials)
              .maxInboundMessageSize((int) Math.min(Integer.MAX_VALUE, 2L * bodyBytes))
              .maxConcurrentCallsPerConnection(calls),
          threads);
    } catch (IOException | RuntimeException e) {
      threads.shutdownNow();
      throw e;
    }
  }

  /** Begins to serve a model. */
  void serve(Serving now) {
    serving = now;
    health(ServingStatus.SERVING);
  }

  /**
   * Says that it is not serving any more, and asks clients to go elsewhere: there are no new connections, and those that are open end with
   * their last call.
   */
  void stopping() {
    health.enterTerminalState();
    server.shutdown();
  }

  private void health(ServingStatus status) {
    for (var service : List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, PREDICTION_SERVICE)) {
      health.setStatus(service, status);
    }
  }

  int port() {
    return server.getPort();
  }

  /** Refuses the calls that have not ended, and closes all connections. */
  @Override
  public void close() {
    // Calls that have arrived, but have not begun, refuse themselves.
    ending = true;
    calls.forEach(call -> call.refuse(RequestsInProgress.stopping()));
    server.shutdown();
    try {
      // Not at once, which would break the streams of calls whose reason is still on its way.
      if (!server.awaitTermination(LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS)) {
        server.shutdownNow();
        server.awaitTermination(LONGEST_CLOSE.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
  }
}
