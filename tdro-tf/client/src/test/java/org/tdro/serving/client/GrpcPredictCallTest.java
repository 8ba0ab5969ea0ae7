package org.tdro.serving.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.serving.client.proto.GetModelStatusResponse;
import org.tdro.serving.client.proto.ModelVersionStatus;
import org.tdro.serving.client.proto.ModelVersionStatus.State;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.PredictResponse;
import org.tdro.serving.client.proto.TensorProto;

/** Against a server that fails as many times as it is told, and then answers with {@link #answer}. */
@Timeout(60)
class GrpcPredictCallTest {
  private final List<PredictRequest> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> deadlines = Collections.synchronizedList(new ArrayList<>());
  private Server server;
  private int failures;
  private Status failure = Status.OK;
  private boolean silent;
  private State state = State.AVAILABLE;
  private TensorProto answer = Tensors.floats(new float[][] {{1, 2, 3}, {4, 5, 6}});

  @BeforeEach
  void serve() throws IOException {
    server = serve(0);
  }

  private Server serve(int port) throws IOException {
    return Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
        .addService(ServerServiceDefinition.builder(ServingMethods.PREDICT.getServiceName())
            .addMethod(ServingMethods.PREDICT, ServerCalls.asyncUnaryCall((request, observer) -> {
              requests.add(request);
              deadlines.add(Context.current().getDeadline().timeRemaining(TimeUnit.SECONDS));
              if (silent) {
                return;
              }
              if (requests.size() <= failures) {
                observer.onError(failure.withDescription("as told").asRuntimeException());
                return;
              }
              observer.onNext(
                  PredictResponse.newBuilder().putOutputs("embedding", answer).build());
              observer.onCompleted();
            }))
            .build())
        .addService(ServerServiceDefinition.builder(
                ServingMethods.GET_MODEL_STATUS.getServiceName())
            .addMethod(
                ServingMethods.GET_MODEL_STATUS, ServerCalls.asyncUnaryCall((request, observer) -> {
                  observer.onNext(GetModelStatusResponse.newBuilder()
                      .addModelVersionStatus(ModelVersionStatus.newBuilder().setState(state))
                      .build());
                  observer.onCompleted();
                }))
            .build())
        .build()
        .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private static RetrieverClient.Options options(Duration timeout, int attempts) {
    return new RetrieverClient.Options(
        8, timeout, attempts, Duration.ofMillis(1), Optional.empty());
  }

  private URI address(String path) {
    return URI.create("grpc://localhost:" + server.getPort() + path);
  }

  private float[][] texts(int attempts) {
    try (var call = new Attempts(
        address("/v1/models/small/versions/3"), options(Duration.ofSeconds(20), attempts))) {
      return call.texts("embed_query_text", Map.of("text", List.of("a", "é")));
    }
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void textsAreSentAsPublished() {
    assertThat(texts(1)).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
    var expected = "0a1d" // model_spec, 29 bytes
        + "0a05" + hex("small")
        + "12020803" // version
        + "1a10" + hex("embed_query_text")
        + "1217" // an entry of inputs, 23 bytes
        + "0a04" + hex("text")
        + "120f" // value, 15 bytes
        + "0807" // DT_STRING
        + "1204" + "12020802" // [2]
        + "420161" + "4202" + hex("é"); // string_val
    assertThat(requests)
        .singleElement()
        .satisfies(request ->
            assertThat(request.toByteArray()).asHexString().isEqualToIgnoringCase(expected));
    assertThat(deadlines).singleElement().satisfies(left -> assertThat(left).isBetween(1L, 20L));
  }

  @ParameterizedTest
  @CsvSource({"INT32, 0803, 4", "INT64, 0809, 8"})
  void idsArePaddedAndMasked(IdType type, String dtype, int bytes) {
    try (var call = new Attempts(address("/v1/models/small"), options(Duration.ofSeconds(20), 1))) {
      call.ids("encode_query", type, new int[][] {{7}, {258, 9}}, 3);
    }
    var sent = requests.get(0);
    assertThat(sent.getModelSpec().hasVersion()).isFalse();
    assertThat(sent.getInputsMap()).containsOnlyKeys("input_ids", "attention_mask");
    assertThat(content(sent, "input_ids", dtype, bytes)).isEqualTo("7 0 0 258 9 0");
    assertThat(content(sent, "attention_mask", dtype, bytes)).isEqualTo("1 0 0 1 1 0");
  }

  private static String content(PredictRequest request, String name, String dtype, int bytes) {
    var tensor = request.getInputsOrThrow(name);
    assertThat(HexFormat.of().formatHex(tensor.toByteArray()))
        .startsWith(dtype + "1208" + "12020802" + "12020803" + "22");
    var content = tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    var values = new ArrayList<String>();
    while (content.hasRemaining()) {
      values.add(Long.toString(bytes == Long.BYTES ? content.getLong() : content.getInt()));
    }
    return String.join(" ", values);
  }

  @Test
  void anAnswerMayBeBytes() {
    var bytes = ByteBuffer.allocate(6 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1; i <= 6; i++) {
      bytes.putFloat(i);
    }
    answer = answer.toBuilder()
        .clearFloatVal()
        .setTensorContent(ByteString.copyFrom(bytes.array()))
        .build();
    assertThat(texts(1)).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
  }

  @Test
  void anAnswerOfAnotherShapeIsNotUnderstood() {
    for (var wrong : List.of(
        Tensors.floats(new float[][] {{1}}),
        Tensors.strings(List.of("a", "b")),
        answer.toBuilder().addFloatVal(7).build())) {
      answer = wrong;
      assertThatThrownBy(() -> texts(1))
          .isInstanceOf(ServingException.class)
          .hasMessageContaining("cannot be understood");
    }
  }

  @Test
  void asksABusyServerAgain() {
    failure = Status.UNAVAILABLE;
    failures = 2;
    assertThat(texts(3)).hasDimensions(2, 3);
    assertThat(requests).hasSize(3);
  }

  @Test
  void givesUpAfterTheLastAttempt() {
    failure = Status.UNAVAILABLE;
    failures = 2;
    assertThatThrownBy(() -> texts(2))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.status()).isEqualTo(503))
        .hasMessageContaining("grpc://localhost:" + server.getPort()
            + "/v1/models/small/versions/3 answered UNAVAILABLE: as told");
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, 400",
    "NOT_FOUND, 404",
    "RESOURCE_EXHAUSTED, 413",
    "INTERNAL, 500",
    "UNIMPLEMENTED, 501"
  })
  void doesNotRepeatWhatIsWrong(Status.Code code, int status) {
    failure = code.toStatus();
    failures = 1;
    assertThatThrownBy(() -> texts(3))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessageContaining("answered %s: as told".formatted(code));
    assertThat(requests).hasSize(1);
  }

  @Test
  void aServerThatDoesNotAnswerIsAskedAgain() {
    silent = true;
    try (var call = new Attempts(address("/v1/models/x"), options(Duration.ofMillis(300), 2))) {
      assertThatThrownBy(() -> call.texts("embed_query_text", Map.of("text", List.of("a"))))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("in 2 attempts: no answer within PT0.3S");
    }
    assertThat(requests).hasSize(2);
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    var address = URI.create("grpc://127.0.0.1:" + free + "/v1/models/x");
    try (var call = new Attempts(address, options(Duration.ofSeconds(20), 2))) {
      assertThatThrownBy(() -> call.texts("embed_query_text", Map.of("text", List.of("a"))))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(
              "no answer from grpc://127.0.0.1:" + free + "/v1/models/x in 2 attempts: ")
          .hasMessageContaining("refused");
      assertThat(call.isAvailable()).isFalse();
    }
  }

  @Test
  void aServerThatComesBackIsFound() throws Exception {
    int port = server.getPort();
    var options = new RetrieverClient.Options(
        8, Duration.ofSeconds(20), 8, Duration.ofMillis(20), Optional.empty());
    try (var call = new Attempts(address("/v1/models/x"), options)) {
      call.texts("embed_query_text", Map.of("text", List.of("a", "b")));
      server.shutdownNow().awaitTermination();
      for (int i = 0; i < 3; i++) {
        assertThat(call.isAvailable()).isFalse();
      }
      server = serve(port);
      assertThat(call.texts("embed_query_text", Map.of("text", List.of("a", "b"))))
          .hasDimensions(2, 3);
    }
  }

  @Test
  void aModelIsAvailableWhereAVersionIs() {
    try (var call = new Attempts(address("/v1/models/x"), options(Duration.ofSeconds(20), 1))) {
      assertThat(call.isAvailable()).isTrue();
      state = State.END;
      assertThat(call.isAvailable()).isFalse();
    }
  }
}
