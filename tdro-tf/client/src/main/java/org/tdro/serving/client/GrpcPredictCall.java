package org.tdro.serving.client;

import com.google.protobuf.Int64Value;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.tdro.serving.client.proto.GetModelStatusRequest;
import org.tdro.serving.client.proto.ModelSpec;
import org.tdro.serving.client.proto.ModelVersionStatus.State;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.TensorProto;

/** Calls over TensorFlow Serving's gRPC API. A call's deadline is the timeout of the options. */
final class GrpcPredictCall implements PredictCall {
  private final ModelAddress address;
  private final ModelSpec model;
  private final RetrieverClient.Options options;
  private final ManagedChannel channel;

  GrpcPredictCall(ModelAddress address, RetrieverClient.Options options) {
    this.address = address;
    this.options = options;
    var spec = ModelSpec.newBuilder().setName(address.name());
    address.version().ifPresent(version -> spec.setVersion(Int64Value.of(version)));
    model = spec.build();
    channel = Grpc.newChannelBuilderForAddress(
            address.host(), address.port(), credentials(address, options))
        // The answer to as many texts as we ask for.
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .build();
  }

  private static ChannelCredentials credentials(
      ModelAddress address, RetrieverClient.Options options) {
    if (!address.scheme().isEncrypted()) {
      return InsecureChannelCredentials.create();
    }
    return options
        .trusted()
        .map(file -> TlsChannelCredentials.newBuilder()
            .trustManager(new TrustedCertificates(file).managers())
            .build())
        .orElseGet(TlsChannelCredentials::create);
  }

  @Override
  public Once<float[][]> ids(String signature, IdType type, int[][] rows, int length) {
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
  public Once<float[][]> texts(String signature, Map<String, List<String>> inputs) {
    var tensors = new LinkedHashMap<String, TensorProto>();
    inputs.forEach((name, values) -> tensors.put(name, Tensors.strings(values)));
    return predict(signature, tensors, inputs.get(RetrieverAssets.TEXT).size());
  }

  private Once<float[][]> predict(String signature, Map<String, TensorProto> inputs, int rows) {
    var request = PredictRequest.newBuilder()
        .setModelSpec(model.toBuilder().setSignatureName(signature))
        .putAllInputs(inputs)
        .build();
    return () -> {
      var outputs = answer(ServingMethods.PREDICT, request).getOutputsMap();
      if (outputs.size() != 1) {
        throw ServingException.misunderstood("it has the outputs " + outputs.keySet());
      }
      return vectors(outputs.values().iterator().next(), rows);
    };
  }

  private <Q, A> A answer(MethodDescriptor<Q, A> method, Q request)
      throws IOException, BusyException, InterruptedException {
    var deadline =
        CallOptions.DEFAULT.withDeadlineAfter(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
    try {
      return ClientCalls.blockingUnaryCall(channel, method, deadline, request);
    } catch (StatusRuntimeException e) {
      throw failure(e);
    }
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
  private ServingException failure(StatusRuntimeException e)
      throws IOException, BusyException, InterruptedException {
    var status = e.getStatus();
    var answer = new ServingException(
        httpStatus(status.getCode()),
        "%s answered %s: %s".formatted(address, status.getCode(), status.getDescription()));
    switch (status.getCode()) {
      case UNAVAILABLE, INTERNAL -> {
        if (isOfThisSide(e)) {
          // Attempts are apart already; the channel's own pauses grow to minutes.
          channel.resetConnectBackoff();
          throw new IOException(reason(status), answer);
        }
        if (status.getCode() == Status.Code.INTERNAL) {
          return answer;
        }
        throw new BusyException(answer, 0);
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

  /** Returns whether the server did not answer, which would have come with headers, at least that of its type. */
  private static boolean isOfThisSide(StatusRuntimeException e) {
    return e.getStatus().getCause() != null
        || e.getTrailers() == null
        || e.getTrailers().keys().isEmpty();
  }

  private static String reason(Status status) {
    if (status.getCause() == null) {
      // What follows the first line is about the library's own parts.
      return String.valueOf(status.getDescription()).lines().findFirst().orElse("");
    }
    var first = status.getCause();
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first.getMessage() == null ? first.getClass().getSimpleName() : first.getMessage();
  }

  /**
   * Returns the HTTP status of an error, as google.rpc.Code says and TensorFlow Serving's REST API answers; except that of {@code
   * RESOURCE_EXHAUSTED}, which such servers answer to what is too large, and not to one request too many.
   */
  private static int httpStatus(Status.Code code) {
    return switch (code) {
      case OK -> 200;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ABORTED, ALREADY_EXISTS -> 409;
      case RESOURCE_EXHAUSTED -> 413;
      case CANCELLED -> 499;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
    };
  }

  @Override
  public Once<Boolean> availability() {
    var request = GetModelStatusRequest.newBuilder().setModelSpec(model).build();
    return () ->
        answer(ServingMethods.GET_MODEL_STATUS, request).getModelVersionStatusList().stream()
            .anyMatch(status -> status.getState() == State.AVAILABLE);
  }

  @Override
  public void close() {
    channel.shutdown();
  }
}
