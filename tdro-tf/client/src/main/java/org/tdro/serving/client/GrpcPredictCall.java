package org.tdro.serving.client;

import com.google.protobuf.Int64Value;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.tdro.serving.client.proto.GetModelStatusRequest;
import org.tdro.serving.client.proto.ModelSpec;
import org.tdro.serving.client.proto.ModelVersionStatus.State;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.TensorProto;

/** Calls over TensorFlow Serving's gRPC API. A call's deadline is the timeout of the options. */
final class GrpcPredictCall implements PredictCall {
  private static final Pattern PATH =
      Pattern.compile("/v1/models/([^/:]+)(?:/versions/(\\d{1,18}))?/*");

  private final URI server;
  private final ModelSpec model;
  private final RetrieverClient.Options options;
  private final ManagedChannel channel;

  GrpcPredictCall(URI address, RetrieverClient.Options options) {
    if (address.getHost() == null || address.getPort() < 0) {
      throw new IllegalArgumentException(
          "the address must have a host and a port, as grpc://localhost:8500, was " + address);
    }
    this.server = address.resolve("/");
    this.model = model(address);
    this.options = options;
    channel = Grpc.newChannelBuilderForAddress(
            address.getHost(), address.getPort(), credentials(address, options))
        // The answer to as many texts as we ask for.
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .build();
  }

  private static ChannelCredentials credentials(URI address, RetrieverClient.Options options) {
    if (address.getScheme().equals("grpc")) {
      return InsecureChannelCredentials.create();
    }
    return options
        .trusted()
        .map(file -> TlsChannelCredentials.newBuilder()
            .trustManager(new TrustedCertificates(file).managers())
            .build())
        .orElseGet(TlsChannelCredentials::create);
  }

  private static ModelSpec model(URI address) {
    var parts = PATH.matcher(String.valueOf(address.getPath()));
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "the address must be grpc://HOST:PORT/v1/models/NAME, or …/NAME/versions/V, was "
              + address);
    }
    var spec = ModelSpec.newBuilder().setName(parts.group(1));
    if (parts.group(2) != null) {
      spec.setVersion(Int64Value.of(Long.parseLong(parts.group(2))));
    }
    return spec.build();
  }

  @Override
  public float[][] ids(String signature, IdType type, int[][] rows, int length) {
    var ids = new int[rows.length * length];
    var mask = new int[ids.length];
    for (int row = 0; row < rows.length; row++) {
      int from = row * length;
      System.arraycopy(rows[row], 0, ids, from, rows[row].length);
      Arrays.fill(mask, from, from + rows[row].length, 1);
    }
    var inputs = new LinkedHashMap<String, TensorProto>();
    inputs.put(RetrieverAssets.INPUT_IDS, Tensors.integers(type, rows.length, ids));
    inputs.put(RetrieverAssets.ATTENTION_MASK, Tensors.integers(type, rows.length, mask));
    return predict(signature, inputs, rows.length);
  }

  @Override
  public float[][] texts(String signature, Map<String, List<String>> inputs) {
    var tensors = new LinkedHashMap<String, TensorProto>();
    inputs.forEach((name, values) -> tensors.put(name, Tensors.strings(values)));
    return predict(signature, tensors, inputs.get(RetrieverAssets.TEXT).size());
  }

  private float[][] predict(String signature, Map<String, TensorProto> inputs, int rows) {
    var request = PredictRequest.newBuilder()
        .setModelSpec(model.toBuilder().setSignatureName(signature))
        .putAllInputs(inputs)
        .build();
    return new Attempts(server.toString(), options).of(() -> {
      try {
        var outputs = ClientCalls.blockingUnaryCall(
                channel, ServingMethods.PREDICT, deadline(), request)
            .getOutputsMap();
        if (outputs.size() != 1) {
          throw ServingException.misunderstood("it has the outputs " + outputs.keySet());
        }
        return vectors(outputs.values().iterator().next(), rows);
      } catch (StatusRuntimeException e) {
        throw failure(e.getStatus());
      }
    });
  }

  private static float[][] vectors(TensorProto tensor, int rows) {
    try {
      var vectors = Tensors.floats(tensor);
      if (vectors.length != rows) {
        throw ServingException.misunderstood(
            "it has %d vectors for %d texts".formatted(vectors.length, rows));
      }
      return vectors;
    } catch (IllegalArgumentException e) {
      throw ServingException.misunderstood(e.getMessage());
    }
  }

  /** Returns the error of a call to which there was an answer, or throws that of a call without one. */
  private ServingException failure(Status status)
      throws IOException, Attempts.BusyException, InterruptedException {
    var answer = new ServingException(
        httpStatus(status.getCode()),
        "%s answered %s: %s".formatted(server, status.getCode(), status.getDescription()));
    switch (status.getCode()) {
      case UNAVAILABLE -> {
        // With a cause it is this side that says so.
        if (status.getCause() != null) {
          // Attempts are apart already; the channel's own pauses grow to minutes.
          channel.resetConnectBackoff();
          throw new IOException(reason(status.getCause()), answer);
        }
        throw new Attempts.BusyException(answer, 0);
      }
      case CANCELLED -> {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        throw new IOException("the call was cut off", answer);
      }
      case DEADLINE_EXCEEDED ->
        throw new IOException("no answer within " + options.timeout(), answer);
      default -> {
        return answer;
      }
    }
  }

  private static String reason(Throwable cause) {
    var first = cause;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first.getMessage() == null ? first.getClass().getSimpleName() : first.getMessage();
  }

  /** Returns the HTTP status of an error, as google.rpc.Code says and TensorFlow Serving's REST API answers. */
  private static int httpStatus(Status.Code code) {
    return switch (code) {
      case OK -> 200;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ABORTED, ALREADY_EXISTS -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
    };
  }

  @Override
  public boolean isAvailable() {
    try {
      var request = GetModelStatusRequest.newBuilder().setModelSpec(model).build();
      return ClientCalls.blockingUnaryCall(
              channel, ServingMethods.GET_MODEL_STATUS, deadline(), request)
          .getModelVersionStatusList()
          .stream()
          .anyMatch(status -> status.getState() == State.AVAILABLE);
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private CallOptions deadline() {
    return CallOptions.DEFAULT.withDeadlineAfter(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
