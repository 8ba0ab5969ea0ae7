package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.export.SmallExport;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.ServingMethods;
import org.tdro.serving.client.Tensors;
import org.tdro.serving.client.proto.DataType;
import org.tdro.serving.client.proto.GetModelMetadataRequest;
import org.tdro.serving.client.proto.GetModelStatusRequest;
import org.tdro.serving.client.proto.ModelSpec;
import org.tdro.serving.client.proto.ModelVersionStatus.State;
import org.tdro.serving.client.proto.PredictRequest;
import org.tdro.serving.client.proto.PredictResponse;
import org.tdro.serving.client.proto.SignatureDefMap;
import org.tdro.serving.client.proto.TensorProto;
import org.tdro.serving.client.proto.TensorShapeProto;

/** A server's gRPC API, asked by gRPC's own calls. */
@Timeout(120)
class GrpcApiTest {
  private static final int BODY = 1 << 16;
  private static final ServerOptions.Endpoint LOCAL =
      new ServerOptions.Endpoint("127.0.0.1", 0, OptionalInt.of(0), Optional.empty());

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Http http;
  private static ManagedChannel channel;

  @BeforeAll
  static void serve() {
    var model = SmallExport.wordPieceRetriever(folder.resolve("model"));
    SmallExport.write(model, IdType.INT32, folder.resolve("int32/1"));
    var limits = new ServerOptions.Limits(BODY, 4, 0, 40, 64, 16, Duration.ofMinutes(1));
    server = ModelServer.start(
        folder.resolve("int32/1"),
        ServerOptions.local().with(LOCAL).with(limits).with(ServerOptions.Batching.OFF));
    http = new Http(server.uri());
    channel = channel(server);
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  private static ManagedChannel channel(ModelServer server) {
    var uri = server.grpcUri().orElseThrow();
    assertThat(uri.getScheme()).isEqualTo("grpc");
    return Grpc.newChannelBuilderForAddress(
            uri.getHost(), uri.getPort(), InsecureChannelCredentials.create())
        .build();
  }

  private static PredictResponse predict(PredictRequest request) {
    return ClientCalls.blockingUnaryCall(
        channel, ServingMethods.PREDICT, CallOptions.DEFAULT, request);
  }

  private static ModelSpec spec(String signature) {
    return ModelSpec.newBuilder().setName("small").setSignatureName(signature).build();
  }

  private static PredictRequest.Builder request(TensorProto ids, TensorProto mask) {
    return PredictRequest.newBuilder()
        .setModelSpec(spec("encode_query"))
        .putInputs("input_ids", ids)
        .putInputs("attention_mask", mask);
  }

  private static TensorProto.Builder tensor(DataType type, long... sizes) {
    var shape = TensorShapeProto.newBuilder();
    Arrays.stream(sizes)
        .forEach(size -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
    return TensorProto.newBuilder().setDtype(type).setTensorShape(shape);
  }

  private static TensorProto ints(int rows, int... values) {
    return Tensors.integers(IdType.INT32, rows, values);
  }

  private static List<Float> values(PredictResponse response) {
    assertThat(response.getOutputsMap()).containsOnlyKeys("embedding");
    return response.getOutputsOrThrow("embedding").getFloatValList();
  }

  private static List<Float> rest(String body) throws Exception {
    return rest(http, body);
  }

  private static List<Float> rest(Http http, String body) throws Exception {
    var answer = http.post("/v1/models/small:predict", body);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    var values = new ArrayList<Float>();
    answer
        .json()
        .get("outputs")
        .forEach(row -> row.forEach(value -> values.add(value.floatValue())));
    return values;
  }

  private static final String REST_IDS =
      "{'signature_name': 'encode_query', 'inputs': {'input_ids': [[5, 6, 7], [8, 0, 0]], 'attention_mask': [[1, 1, 1], [1, 0, 0]]}}";

  @Test
  void idsHaveTheBitsOfRest() throws Exception {
    var response =
        predict(request(ints(2, 5, 6, 7, 8, 0, 0), ints(2, 1, 1, 1, 1, 0, 0)).build());
    assertThat(values(response)).hasSize(2 * 12).isEqualTo(rest(REST_IDS));
    var output = response.getOutputsOrThrow("embedding");
    assertThat(output.getDtype()).isEqualTo(DataType.DT_FLOAT);
    assertThat(output.getTensorShape().getDimList())
        .extracting(TensorShapeProto.Dim::getSize)
        .containsExactly(2L, 12L);
    assertThat(response.getModelSpec())
        .isEqualTo(spec("encode_query").toBuilder().setVersion(Int64Value.of(1)).build());
  }

  /** As the function of TensorFlow that makes such tensors in Python. */
  @Test
  void valuesMayBeListed() throws Exception {
    var ids =
        tensor(DataType.DT_INT32, 2, 3).addAllIntVal(List.of(5, 6, 7, 8, 0, 0)).build();
    // The last value is repeated.
    var mask =
        tensor(DataType.DT_INT32, 2, 3).addAllIntVal(List.of(1, 1, 1, 1, 0)).build();
    assertThat(values(predict(request(ids, mask).build()))).isEqualTo(rest(REST_IDS));
  }

  @Test
  void stringsHaveTheBitsOfRest() throws Exception {
    var request = PredictRequest.newBuilder()
        .setModelSpec(spec("embed_query_text"))
        .putInputs("text", Tensors.strings(List.of("which city?", "Ünique")));
    var expected = rest(
        "{'signature_name': 'embed_query_text', 'inputs': {'text': ['which city?', 'Ünique']}}");
    assertThat(values(predict(request.build()))).hasSize(2 * 12).isEqualTo(expected);
    var titled = PredictRequest.newBuilder()
        .setModelSpec(spec("embed_titled_passage_text"))
        .putInputs("text", Tensors.strings(List.of("a", "b")))
        .putInputs(
            "title",
            tensor(DataType.DT_STRING, 2)
                .addStringVal(ByteString.copyFromUtf8("c"))
                .build());
    assertThat(values(predict(titled.build())))
        .isEqualTo(
            rest(
                "{'signature_name': 'embed_titled_passage_text', 'inputs': {'text': ['a', 'b'], 'title': ['c', 'c']}}"));
  }

  @Test
  void scoresAreAMatrix() {
    var response = predict(PredictRequest.newBuilder()
        .setModelSpec(spec("score"))
        .putInputs("query_input_ids", ints(1, 5, 6))
        .putInputs("query_attention_mask", ints(1, 1, 1))
        .putInputs("passage_input_ids", ints(2, 5, 7))
        .putInputs("passage_attention_mask", ints(2, 1, 1))
        .addOutputFilter("score")
        .build());
    assertThat(response.getOutputsOrThrow("score").getFloatValCount()).isEqualTo(2);
  }

  @Test
  void idsOf64BitsHaveTheSameBits() throws Exception {
    SmallExport.write(
        SmallExport.retriever(folder.resolve("model64")), IdType.INT64, folder.resolve("int64/1"));
    try (var other =
        ModelServer.start(folder.resolve("int64/1"), ServerOptions.local().with(LOCAL))) {
      var channel = channel(other);
      var listed = tensor(DataType.DT_INT64, 2, 3).addAllInt64Val(List.of(5L, 6L, 7L, 8L, 0L));
      var mask = Tensors.integers(IdType.INT64, 2, new int[] {1, 1, 1, 1, 0, 0});
      var response = ClientCalls.blockingUnaryCall(
          channel,
          ServingMethods.PREDICT,
          CallOptions.DEFAULT,
          request(listed.build(), mask).build());
      assertThat(values(response)).isEqualTo(rest(new Http(other.uri()), REST_IDS));
      listed.setInt64Val(4, 1L << 32);
      assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
              channel,
              ServingMethods.PREDICT,
              CallOptions.DEFAULT,
              request(listed.build(), mask).build()))
          .hasMessageContaining("input_ids has 4294967296, which is not a 32-bit integer");
      channel.shutdownNow();
    }
  }

  /** The bytes of a request by the numbers of the published fields, and those of the beginning of its answer. */
  @Test
  void theBytesAreThoseOfThePublishedFormat() {
    var request = "0a19" // model_spec, 25 bytes
        + "0a05" + hex("small") // name
        + "12020801" // version, an Int64Value of 1
        + "1a0c" + hex("encode_query") // signature_name
        + "1222" // an entry of inputs, 34 bytes
        + "0a0e" + hex("attention_mask") // key
        + "1210" // value, 16 bytes
        + "0803" // dtype DT_INT32
        + "1208" + "12020801" + "12020802" // tensor_shape [1, 2]
        + "3a020101" // int_val, packed
        + "121d"
        + "0a09" + hex("input_ids")
        + "1210"
        + "0803"
        + "1208" + "12020801" + "12020802"
        + "3a020506"
        + "1a09" + hex("embedding"); // output_filter
    var bytes = HexFormat.of().parseHex(request);
    var same = PredictRequest.newBuilder()
        .setModelSpec(spec("encode_query").toBuilder().setVersion(Int64Value.of(1)))
        .putInputs(
            "attention_mask",
            tensor(DataType.DT_INT32, 1, 2).addIntVal(1).addIntVal(1).build())
        .putInputs(
            "input_ids",
            tensor(DataType.DT_INT32, 1, 2).addIntVal(5).addIntVal(6).build())
        .addOutputFilter("embedding")
        .build();
    assertThat(same.toByteArray()).asHexString().isEqualToIgnoringCase(request);

    var answer = ClientCalls.blockingUnaryCall(channel, RAW, CallOptions.DEFAULT, bytes);

    var expected = "0a4b" // an entry of outputs, 75 bytes
        + "0a09" + hex("embedding")
        + "123e" // value, 62 bytes
        + "0801" // dtype DT_FLOAT
        + "1208" + "12020801" + "1202080c" // tensor_shape [1, 12]
        + "2a30"; // float_val, packed, 48 bytes
    assertThat(HexFormat.of().formatHex(answer)).startsWith(expected);
    var spec = "1219" + "0a05" + hex("small") + "12020801" + "1a0c" + hex("encode_query");
    assertThat(HexFormat.of().formatHex(answer))
        .hasSize(expected.length() + 2 * 48 + spec.length())
        .endsWith(spec);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static final MethodDescriptor<byte[], byte[]> RAW =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("tensorflow.serving.PredictionService/Predict")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  /** Messages as they are. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void metadataIsThatOfRest() throws Exception {
    var request = GetModelMetadataRequest.newBuilder()
        .setModelSpec(ModelSpec.newBuilder().setName("small"))
        .addMetadataField("signature_def");
    var response = ClientCalls.blockingUnaryCall(
        channel, ServingMethods.GET_MODEL_METADATA, CallOptions.DEFAULT, request.build());
    assertThat(response.getModelSpec().getVersion().getValue()).isEqualTo(1);
    var any = response.getMetadataOrThrow("signature_def");
    assertThat(any.getTypeUrl())
        .isEqualTo("type.googleapis.com/tensorflow.serving.SignatureDefMap");
    var signatures = any.unpack(SignatureDefMap.class).getSignatureDefMap();
    var rest =
        http.get("/v1/models/small/metadata").json().at("/metadata/signature_def/signature_def");
    assertThat(rest.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(signatures.keySet());
    var query = signatures.get("encode_query");
    assertThat(query.getMethodName()).isEqualTo("tensorflow/serving/predict");
    assertThat(query.getInputsOrThrow("input_ids").getDtype()).isEqualTo(DataType.DT_INT32);
    assertThat(query.getInputsOrThrow("input_ids").getName())
        .isEqualTo(rest.at("/encode_query/inputs/input_ids/name").asText());
    assertThat(query.getOutputsOrThrow("embedding").getTensorShape().getDim(1).getSize())
        .isEqualTo(12);
    request.setMetadataField(0, "other");
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
            channel, ServingMethods.GET_MODEL_METADATA, CallOptions.DEFAULT, request.build()))
        .hasMessageContaining("INVALID_ARGUMENT: metadata_field must be signature_def");
  }

  @Test
  void statusIsThatOfTheVersions() {
    var request =
        GetModelStatusRequest.newBuilder().setModelSpec(ModelSpec.newBuilder().setName("small"));
    var response = ClientCalls.blockingUnaryCall(
        channel, ServingMethods.GET_MODEL_STATUS, CallOptions.DEFAULT, request.build());
    assertThat(response.getModelVersionStatusList()).singleElement().satisfies(status -> {
      assertThat(status.getVersion()).isEqualTo(1);
      assertThat(status.getState()).isEqualTo(State.AVAILABLE);
      assertThat(status.getStatus().getErrorCode()).isZero();
    });
    request.getModelSpecBuilder().setVersion(Int64Value.of(7));
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
            channel, ServingMethods.GET_MODEL_STATUS, CallOptions.DEFAULT, request.build()))
        .hasMessageContaining("NOT_FOUND: Could not find version 7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tensorflow.serving.PredictionService"})
  void itIsHealthy(String service) {
    var response = HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build());
    assertThat(response.getStatus()).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void aLargeQuestionAboutHealthIsNotRead() {
    var large = HealthCheckRequest.newBuilder().setService("a".repeat(10_000)).build();
    assertThatThrownBy(() -> HealthGrpc.newBlockingStub(channel).check(large))
        .isInstanceOf(StatusRuntimeException.class);
    itIsHealthy("");
  }

  private static Arguments wrong(String code, String why, Consumer<PredictRequest.Builder> change) {
    return Arguments.of(code, why, change);
  }

  static List<Arguments> wrongRequests() {
    var mask = ints(1, 1, 1);
    var ids = ints(1, 5, 6);
    return List.of(
        wrong("INVALID_ARGUMENT", "model_spec must name the model", r -> r.clearModelSpec()),
        wrong(
            "NOT_FOUND",
            "Servable not found for request: Latest(x)",
            r -> r.getModelSpecBuilder().setName("x")),
        wrong(
            "NOT_FOUND",
            "Specific(small, 2)",
            r -> r.getModelSpecBuilder().setVersion(Int64Value.of(2))),
        wrong(
            "INVALID_ARGUMENT",
            "Unrecognized servable version label: stable",
            r -> r.getModelSpecBuilder().setVersionLabel("stable")),
        wrong(
            "INVALID_ARGUMENT",
            "Serving signature key \"x\" not found",
            r -> r.getModelSpecBuilder().setSignatureName("x")),
        wrong("INVALID_ARGUMENT", "not found in signature: x", r -> r.addOutputFilter("x")),
        wrong(
            "INVALID_ARGUMENT",
            "duplicate output",
            r -> r.addOutputFilter("embedding").addOutputFilter("embedding")),
        wrong(
            "INVALID_ARGUMENT",
            "no input x; it has [attention_mask, input_ids]",
            r -> r.putInputs("x", ids)),
        wrong("INVALID_ARGUMENT", "no input ;", r -> r.putInputs("", ids)),
        wrong(
            "INVALID_ARGUMENT",
            "the request has no attention_mask",
            r -> r.removeInputs("attention_mask")),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids must be DT_INT32, was DT_INT64",
            r -> r.putInputs("input_ids", Tensors.integers(IdType.INT64, 1, new int[] {5, 6}))),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids must be DT_INT32, was type 99",
            r -> r.putInputs("input_ids", ids.toBuilder().setDtypeValue(99).build())),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids must have the shape [rows, length], has [2]",
            r -> r.putInputs(
                "input_ids", tensor(DataType.DT_INT32, 2).addIntVal(1).build())),
        wrong(
            "INVALID_ARGUMENT",
            "has none",
            r -> r.putInputs(
                "input_ids",
                ids.toBuilder()
                    .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                    .build())),
        wrong(
            "INVALID_ARGUMENT",
            "shape [-1, 2]; rows must be from 0 to 4",
            r -> r.putInputs(
                "input_ids", tensor(DataType.DT_INT32, -1, 2).addIntVal(1).build())),
        wrong(
            "INVALID_ARGUMENT",
            "rows must be from 0 to 4",
            r -> r.putInputs(
                "input_ids", tensor(DataType.DT_INT32, 5, 2).addIntVal(1).build())),
        wrong(
            "INVALID_ARGUMENT",
            "length must be from 0 to 64",
            r -> r.putInputs(
                "input_ids", tensor(DataType.DT_INT32, 1, 1L << 40).addIntVal(1).build())),
        wrong(
            "INVALID_ARGUMENT",
            "rows must be from 0 to 4",
            r -> r.putInputs(
                "input_ids",
                tensor(DataType.DT_INT32, Long.MAX_VALUE, Long.MAX_VALUE)
                    .addIntVal(1)
                    .build())),
        wrong(
            "INVALID_ARGUMENT",
            "the request has no rows of input_ids",
            r -> r.putInputs("input_ids", tensor(DataType.DT_INT32, 0, 2).build())),
        wrong(
            "INVALID_ARGUMENT",
            "at least 1",
            r -> r.putInputs("input_ids", tensor(DataType.DT_INT32, 1, 0).build())),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids has 0 values, its shape 2",
            r -> r.putInputs("input_ids", tensor(DataType.DT_INT32, 1, 2).build())),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids has 3 values, its shape 2",
            r -> r.putInputs(
                "input_ids",
                tensor(DataType.DT_INT32, 1, 2).addAllIntVal(List.of(1, 2, 3)).build())),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids has 7 bytes of tensor_content; its shape [1, 2] takes 8",
            r -> r.putInputs(
                "input_ids",
                tensor(DataType.DT_INT32, 1, 2)
                    .setTensorContent(ByteString.copyFrom(new byte[7]))
                    .build())),
        wrong(
            "INVALID_ARGUMENT",
            "input_ids has 1 rows, attention_mask 2",
            r -> r.putInputs("attention_mask", ints(2, 1, 1, 1, 1))),
        wrong(
            "INVALID_ARGUMENT",
            "all rows must have the same length",
            r -> r.putInputs("attention_mask", ints(1, 1))),
        wrong(
            "INVALID_ARGUMENT",
            "row 0 has -1; the model's ids are 0 to",
            r -> r.putInputs("input_ids", ints(1, -1, 5))),
        wrong(
            "INVALID_ARGUMENT",
            "row 0 has 100000; the model's ids are 0 to",
            r -> r.putInputs("input_ids", ints(1, 100_000, 5))),
        wrong(
            "INVALID_ARGUMENT",
            "row 0 has 2; a mask has 0 to 1",
            r -> r.putInputs("attention_mask", ints(1, 1, 2))),
        wrong(
            "INVALID_ARGUMENT",
            "text must be DT_STRING, was DT_INT32",
            r -> texts(r).putInputs("text", mask)),
        wrong(
            "INVALID_ARGUMENT",
            "text must have the shape [rows]",
            r -> texts(r)
                .putInputs(
                    "text",
                    tensor(DataType.DT_STRING, 1, 1)
                        .addStringVal(ByteString.EMPTY)
                        .build())),
        wrong(
            "INVALID_ARGUMENT",
            "text must have its strings in string_val",
            r -> texts(r)
                .putInputs(
                    "text",
                    tensor(DataType.DT_STRING, 1)
                        .setTensorContent(ByteString.copyFromUtf8("a"))
                        .build())),
        wrong(
            "INVALID_ARGUMENT",
            "text has 0 values, its shape 1",
            r -> texts(r).putInputs("text", tensor(DataType.DT_STRING, 1).build())),
        wrong(
            "INVALID_ARGUMENT",
            "rows must be from 0 to 4",
            r -> texts(r)
                .putInputs(
                    "text",
                    tensor(DataType.DT_STRING, 1L << 31)
                        .addStringVal(ByteString.EMPTY)
                        .build())),
        wrong(
            "INVALID_ARGUMENT",
            "row 0 of text has 41 bytes, more than 40",
            r -> texts(r).putInputs("text", Tensors.strings(List.of("a".repeat(41))))),
        wrong(
            "INVALID_ARGUMENT",
            "Serving signature key",
            r -> r.getModelSpecBuilder().setSignatureName("x".repeat(BODY / 2))),
        wrong(
            "RESOURCE_EXHAUSTED",
            "the message is larger than 65536 bytes; send fewer texts at a time",
            r -> r.getModelSpecBuilder().setSignatureName("x".repeat(BODY))),
        wrong(
            "RESOURCE_EXHAUSTED",
            "exceeds maximum size",
            r -> r.getModelSpecBuilder().setSignatureName("x".repeat(2 * BODY))),
        wrong(
            "INVALID_ARGUMENT",
            "the message has more than 1016 fields",
            r -> r.putInputs(
                "input_ids", tensor(DataType.DT_INT32, new long[2000]).build())));
  }

  private static PredictRequest.Builder texts(PredictRequest.Builder request) {
    return request.setModelSpec(spec("embed_query_text")).clearInputs();
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("wrongRequests")
  void aWrongRequestIsRefusedWithTheReason(
      String code, String why, Consumer<PredictRequest.Builder> change) {
    var request = request(ints(1, 5, 6), ints(1, 1, 1));
    change.accept(request);
    assertThatThrownBy(() -> predict(request.build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith(code + ": ")
        .hasMessageContaining(why);
  }

  @Test
  void bytesThatAreNotAMessageAreAWrongRequest() {
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
            channel, RAW, CallOptions.DEFAULT, new byte[] {(byte) 0xff, 1, 2, 3}))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith(
            "INVALID_ARGUMENT: the message is not a tensorflow.serving.PredictRequest: ");
    assertThat(predict(request(ints(1, 5, 6), ints(1, 1, 1)).build()).getOutputsCount())
        .isEqualTo(1);
  }

  @Test
  void aMessageThatUnpacksToMoreThanTheLimitIsTooLarge() {
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
            channel, RAW, CallOptions.DEFAULT.withCompression("gzip"), new byte[100 * BODY]))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith(
            "RESOURCE_EXHAUSTED: the message is larger than 65536 bytes; send fewer");
  }

  /** Clients take 8 KiB of headers; a character of these takes 9 bytes there. */
  @ParameterizedTest
  @ValueSource(strings = {"漢", "😀", "é", "%", "x", "\u0001"})
  void aLongReasonIsCut(String character) {
    var name = character.repeat(BODY / 8);
    var unknown = request(ints(1, 5, 6), ints(1, 1, 1));
    unknown.getModelSpecBuilder().setName(name);
    assertThatThrownBy(() -> predict(unknown.build()))
        .hasMessageStartingWith(
            "NOT_FOUND: Servable not found for request: Latest(" + character.repeat(300))
        .hasMessageEndingWith(character + "…");
  }

  /** What is a message is answered or refused with the reason, whatever it has in it; and so is what is none. */
  @Test
  void mutatedRequestsAreNoFailures() {
    var whole = request(ints(2, 5, 6, 7, 8, 0, 0), ints(2, 1, 1, 1, 1, 0, 0))
        .addOutputFilter("embedding")
        .build()
        .toByteArray();
    var random = new SplittableRandom(1);
    int right = 0;
    for (int i = 0; i < 500; i++) {
      var bytes = whole.clone();
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        ClientCalls.blockingUnaryCall(channel, RAW, CallOptions.DEFAULT, bytes);
        right++;
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode())
            .as(HexFormat.of().formatHex(bytes))
            .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);
      }
    }
    assertThat(right).isBetween(1, 250);
  }

  @Test
  void aCallWithoutAMessageIsAWrongRequest() {
    var call = new OpenCall(channel, CallOptions.DEFAULT);
    call.halfClose();
    assertThat(call.status().toString()).contains("INVALID_ARGUMENT", "the call has no message");
  }

  @Test
  void aClientThatDoesNotEndItsCallIsAnswered() {
    var call = new OpenCall(channel, CallOptions.DEFAULT);
    call.send(request(ints(1, 5, 6), ints(1, 1, 1)).build().toByteArray());
    assertThat(call.status().getCode()).isEqualTo(Status.Code.OK);
  }

  /** A call to predict whose message is sent later than its head. */
  private static final class OpenCall extends ClientCall.Listener<byte[]> {
    private final CompletableFuture<Status> status = new CompletableFuture<>();
    private final ClientCall<byte[], byte[]> call;

    OpenCall(ManagedChannel channel, CallOptions options) {
      call = channel.newCall(RAW, options);
      call.start(this, new Metadata());
      call.request(2);
    }

    void send(byte[] message) {
      call.sendMessage(message);
    }

    void halfClose() {
      call.halfClose();
    }

    Status status() {
      return status.join();
    }

    @Override
    public void onClose(Status ended, Metadata trailers) {
      status.complete(ended);
    }
  }

  /** A caller's clock may be behind, and then the server's word is what it has. */
  @Test
  void aDeadlineThatPassesIsCalledThat() throws Exception {
    try (var slow = ModelServer.start(
        folder.resolve("int32/1"),
        ServerOptions.local()
            .with(LOCAL)
            .with(new ServerOptions.Batching(2, Duration.ofMinutes(1))))) {
      var channel = channel(slow);
      var one = request(ints(1, 5, 6), ints(1, 1, 1)).build();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                channel,
                ServingMethods.PREDICT,
                CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.MILLISECONDS),
                one))
            .hasMessageContaining("DEADLINE_EXCEEDED");
      }
      var metrics = new Http(slow.uri());
      until(metrics, "tdro_serving_requests_active 1.0");
      assertThat(metrics.get("/metrics").response().body())
          .doesNotContain("status=\"CANCELLED\"")
          .contains("tdro_serving_queue_texts 0.0");
      channel.shutdownNow();
    }
  }

  /** A server that lets a text wait a minute for another one. */
  private static ModelServer waiting(ServerOptions.Limits limits) {
    return ModelServer.start(
        folder.resolve("int32/1"),
        ServerOptions.local()
            .with(LOCAL)
            .with(limits)
            .with(new ServerOptions.Batching(2, Duration.ofMinutes(1))));
  }

  /** What nobody could read is not what it is refused for. */
  @Test
  void aRequestTooManyIsRefusedBeforeItIsRead() throws Exception {
    var limits = new ServerOptions.Limits(BODY, 2, 0, 40, 2, 1, Duration.ofMinutes(1));
    try (var slow = waiting(limits)) {
      var channel = channel(slow);
      var one = request(ints(1, 5, 6), ints(1, 1, 1)).build();
      Future<PredictResponse> waiting = CompletableFuture.completedFuture(null);
      var why = "";
      do {
        if (waiting.isDone()) {
          waiting = ClientCalls.futureUnaryCall(
              channel.newCall(ServingMethods.PREDICT, CallOptions.DEFAULT), one);
        }
        why = assertThrows(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                    channel, RAW, CallOptions.DEFAULT, new byte[] {(byte) 0xff}))
            .getMessage();
        // Until the other was there first.
      } while (why.startsWith("INVALID_ARGUMENT"));
      assertThat(why).isEqualTo("UNAVAILABLE: too many requests at a time (at most 1)");
      waiting.cancel(true);
      channel.shutdownNow();
    }
  }

  @Test
  void eachApiNeedsAPort() {
    assertThatThrownBy(() ->
            new ServerOptions.Endpoint("127.0.0.1", 8500, OptionalInt.of(8500), Optional.empty()))
        .hasMessageContaining("REST and gRPC need a port each, both have 8500");
    assertThatThrownBy(() ->
            new ServerOptions.Endpoint("127.0.0.1", 8501, OptionalInt.of(65_536), Optional.empty()))
        .hasMessageContaining("must be from 0 to 65535, was 8501 for REST, 65536 for gRPC");
  }

  /** A batch of two waits a minute for a second text; who no longer waits is not part of it. */
  @ParameterizedTest
  @ValueSource(strings = {"DEADLINE_EXCEEDED", "CANCELLED"})
  void nothingIsComputedForACallerWhoIsGone(String code) throws Exception {
    try (var slow = ModelServer.start(
        folder.resolve("int32/1"),
        ServerOptions.local()
            .with(LOCAL)
            .with(new ServerOptions.Batching(2, Duration.ofMinutes(1))))) {
      var channel = channel(slow);
      var metrics = new Http(slow.uri());
      boolean deadline = code.equals("DEADLINE_EXCEEDED");
      var options = deadline
          ? CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS)
          : CallOptions.DEFAULT;
      var call = ClientCalls.futureUnaryCall(
          channel.newCall(ServingMethods.PREDICT, options),
          request(ints(1, 5, 6), ints(1, 1, 1)).build());
      if (!deadline) {
        until(metrics, "tdro_serving_queue_texts 1.0");
        call.cancel(true);
      }
      assertThatThrownBy(call::get).isInstanceOf(Exception.class);
      until(metrics, "endpoint=\"tensorflow.serving.PredictionService/Predict\",status=\"" + code);
      var two = ClientCalls.blockingUnaryCall(
          channel,
          ServingMethods.PREDICT,
          CallOptions.DEFAULT,
          request(ints(2, 5, 6, 7, 8), ints(2, 1, 1, 1, 1)).build());
      assertThat(two.getOutputsOrThrow("embedding").getFloatValCount()).isEqualTo(2 * 12);
      var page = metrics.get("/metrics").response().body();
      assertThat(page)
          .contains("tdro_serving_batch_texts_count{signature=\"encode_query\"} 1")
          .contains("tdro_serving_batch_texts_sum{signature=\"encode_query\"} 2.0")
          .contains("tdro_serving_queue_texts 0.0");
      channel.shutdownNow();
    }
  }

  private static void until(Http metrics, String line) throws Exception {
    while (!metrics.get("/metrics").response().body().contains(line)) {
      Thread.sleep(2);
    }
  }

  @Test
  void aFullQueueIsUnavailable() throws Exception {
    var limits = new ServerOptions.Limits(BODY, 2, 0, 40, 2, 16, Duration.ofMinutes(1));
    try (var slow = waiting(limits)) {
      var channel = channel(slow);
      var one = request(ints(1, 5, 6), ints(1, 1, 1)).build();
      var first = ClientCalls.futureUnaryCall(
          channel.newCall(ServingMethods.PREDICT, CallOptions.DEFAULT), one);
      until(new Http(slow.uri()), "tdro_serving_queue_texts 1.0");
      assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
              channel,
              ServingMethods.PREDICT,
              CallOptions.DEFAULT,
              request(ints(2, 5, 6, 7, 8), ints(2, 1, 1, 1, 1)).build()))
          .hasMessageContaining("UNAVAILABLE: too many texts are waiting");
      // Joined with one over REST.
      var joined = new Http(slow.uri()).post("/v1/models/small:predict", """
          {'signature_name': 'encode_query', 'inputs': {'input_ids': [[5, 6]], 'attention_mask': [[1, 1]]}}""");
      assertThat(joined.status()).isEqualTo(200);
      assertThat(values(first.get())).hasSize(12);
      channel.shutdownNow();
    }
  }

  @Test
  void whileItStopsItAnswersWhatHasBegunAndNothingElse() throws Exception {
    var slow = ModelServer.start(
        folder.resolve("int32/1"),
        ServerOptions.local()
            .with(LOCAL)
            .with(new ServerOptions.Batching(32, Duration.ofSeconds(2))));
    var channel = channel(slow);
    var http = new Http(slow.uri());
    var request = request(ints(1, 5, 6), ints(1, 1, 1)).build();
    var watch = HealthGrpc.newBlockingStub(channel).watch(HealthCheckRequest.getDefaultInstance());
    assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    var open = new OpenCall(channel, CallOptions.DEFAULT);
    var begun = ClientCalls.futureUnaryCall(
        channel.newCall(ServingMethods.PREDICT, CallOptions.DEFAULT), request);
    until(http, "tdro_serving_queue_texts 1.0");
    var closing = CompletableFuture.runAsync(slow::close);
    assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    while (http.get("/health").status() != 503) {
      Thread.sleep(2);
    }
    assertThat(http.get("/v1/models/small")
            .json()
            .at("/model_version_status/0/state")
            .asText())
        .isEqualTo("UNLOADING");
    // The connection is not used for new calls.
    while (channel.getState(false) == ConnectivityState.READY) {
      Thread.sleep(2);
    }
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
            channel, ServingMethods.PREDICT, CallOptions.DEFAULT, request))
        .hasMessageContaining("UNAVAILABLE");
    open.send(request.toByteArray());
    assertThat(open.status().toString()).contains("UNAVAILABLE", "the server is stopping");
    assertThat(values(begun.get())).hasSize(12);
    closing.get();
    assertThatThrownBy(watch::next).isInstanceOf(StatusRuntimeException.class);
    channel.shutdownNow();
  }

  /** One waits a minute for others, the other for its own message. */
  @Test
  void whatIsCutOffIsToldThatTheServerStops() throws Exception {
    var local = ServerOptions.local();
    var slow = ModelServer.start(
        folder.resolve("int32/1"),
        new ServerOptions(
            local.name(),
            LOCAL,
            new ServerOptions.Batching(2, Duration.ofMinutes(1)),
            local.limits(),
            local.poll(),
            Duration.ZERO));
    var channel = channel(slow);
    var calls = List.of(
        new OpenCall(channel, CallOptions.DEFAULT), new OpenCall(channel, CallOptions.DEFAULT));
    calls.get(0).send(request(ints(1, 5, 6), ints(1, 1, 1)).build().toByteArray());
    until(new Http(slow.uri()), "tdro_serving_queue_texts 1.0");
    slow.close();
    for (var call : calls) {
      assertThat(call.status().toString()).contains("UNAVAILABLE", "the server is stopping");
    }
    channel.shutdownNow();
  }

  /** While it loads a model. */
  @Test
  void itListensBeforeThereIsAModel() throws Exception {
    try (var empty =
        GrpcServer.listen(LOCAL, Optional.empty(), BODY, 16, Executors.newCachedThreadPool())) {
      var channel = Grpc.newChannelBuilderForAddress(
              "127.0.0.1", empty.port(), InsecureChannelCredentials.create())
          .build();
      var health =
          HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
      assertThat(health.getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
      assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
              channel,
              ServingMethods.PREDICT,
              CallOptions.DEFAULT,
              PredictRequest.getDefaultInstance()))
          .hasMessageContaining("UNAVAILABLE: the model is being loaded");
      channel.shutdownNow();
    }
  }
}
