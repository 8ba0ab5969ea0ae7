package org.tdro.export;

import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label.LABEL_OPTIONAL;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label.LABEL_REPEATED;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_MESSAGE;
import static com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type.TYPE_STRING;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorProtos;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Of an export that cuts queries at 32 tokens and passages at 64. */
class WarmupRequestsTest {
  @TempDir
  static Path folder;

  private static Path version;
  private static List<DynamicMessage> logs;

  @BeforeAll
  static void export() throws Exception {
    var run = folder.resolve("run");
    SmallRetriever.write(run.resolve("model"), SmallRetriever.mini());
    var stored = StoredRetrievers.of(run);
    version = new SavedModelExport(new ExportOptions(IdType.INT64, Precision.FP32))
        .export(stored, stored.settings(), folder.resolve("retriever"))
        .folder();
    logs = new ArrayList<>();
    for (var record : records()) {
      logs.add(DynamicMessage.parseFrom(predictionLog(), record));
    }
  }

  private static Path file() {
    return version.resolve("assets.extra/tf_serving_warmup_requests");
  }

  private static List<byte[]> records() throws Exception {
    var file = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
    var records = new ArrayList<byte[]>();
    while (file.hasRemaining()) {
      var record = new byte[Math.toIntExact(file.getLong())];
      file.getInt();
      file.get(record);
      file.getInt();
      records.add(record);
    }
    return records;
  }

  /** The messages as TensorFlow Serving's .proto files define them, those that occur. */
  private static Descriptor predictionLog() throws Exception {
    var serving = FileDescriptorProto.newBuilder()
        .setName("prediction_log.proto")
        .setPackage("tensorflow.serving")
        .setSyntax("proto3")
        .addDependency(TensorProtos.getDescriptor().getName())
        .addMessageType(DescriptorProto.newBuilder()
            .setName("ModelSpec")
            .addField(text("name", 1))
            .addField(text("signature_name", 3)))
        .addMessageType(DescriptorProto.newBuilder()
            .setName("PredictRequest")
            .addField(message("model_spec", 1, ".tensorflow.serving.ModelSpec"))
            .addField(message("inputs", 2, ".tensorflow.serving.PredictRequest.InputsEntry")
                .setLabel(LABEL_REPEATED))
            .addNestedType(DescriptorProto.newBuilder()
                .setName("InputsEntry")
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(text("key", 1))
                .addField(message("value", 2, ".tensorflow.TensorProto"))))
        .addMessageType(DescriptorProto.newBuilder()
            .setName("PredictLog")
            .addField(message("request", 1, ".tensorflow.serving.PredictRequest")))
        .addMessageType(DescriptorProto.newBuilder()
            .setName("PredictionLog")
            .addField(message("predict_log", 6, ".tensorflow.serving.PredictLog")))
        .build();
    return FileDescriptor.buildFrom(serving, new FileDescriptor[] {TensorProtos.getDescriptor()})
        .findMessageTypeByName("PredictionLog");
  }

  private static FieldDescriptorProto.Builder text(String name, int number) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(LABEL_OPTIONAL)
        .setType(TYPE_STRING);
  }

  private static FieldDescriptorProto.Builder message(String name, int number, String type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(LABEL_OPTIONAL)
        .setType(TYPE_MESSAGE)
        .setTypeName(type);
  }

  private static Object field(DynamicMessage message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }

  private static DynamicMessage request(DynamicMessage log) {
    return (DynamicMessage) field((DynamicMessage) field(log, "predict_log"), "request");
  }

  private static String signature(DynamicMessage log) {
    return (String) field((DynamicMessage) field(request(log), "model_spec"), "signature_name");
  }

  private static Map<String, TensorProto> inputs(DynamicMessage log) throws Exception {
    var inputs = new TreeMap<String, TensorProto>();
    for (var entry : (List<?>) field(request(log), "inputs")) {
      var pair = (DynamicMessage) entry;
      var tensor = ((DynamicMessage) field(pair, "value")).toByteString();
      inputs.put((String) field(pair, "key"), TensorProto.parseFrom(tensor));
    }
    return inputs;
  }

  /** TensorFlow's own reader checks the sums and finds the same records. */
  @Test
  void tensorFlowReadsTheFile() throws Exception {
    try (var graph = new org.tensorflow.Graph();
        var session = new org.tensorflow.Session(graph)) {
      var tf = Ops.create(graph);
      var reader = tf.io.tfRecordReader();
      var queue = tf.io.fifoQueue(List.of(TString.class));
      var put =
          tf.io.queueEnqueue(queue, List.of(tf.constant(file().toAbsolutePath().toString())));
      var close = tf.io.queueClose(queue);
      session.runner().addTarget(put).run().close();
      session.runner().addTarget(close).run().close();
      var read = tf.io.readerReadUpTo(reader, queue, tf.constant(10_000L));
      try (var result = session.runner().fetch(read.values()).run()) {
        var values = (TString) result.get(0);
        assertThat(values.size()).isEqualTo(logs.size());
        var bytes = values.asBytes();
        var expected = records();
        for (int i = 0; i < expected.size(); i++) {
          assertThat(bytes.getObject(i)).isEqualTo(expected.get(i));
        }
      }
    }
  }

  @Test
  void everyRequestNamesTheModelAndASignature() {
    assertThat(logs).hasSizeBetween(1, 1000).allSatisfy(log -> {
      var spec = (DynamicMessage) field(request(log), "model_spec");
      assertThat(field(spec, "name")).isEqualTo("retriever");
      assertThat(log.getUnknownFields().asMap()).isEmpty();
      assertThat(request(log).getUnknownFields().asMap()).isEmpty();
    });
    assertThat(logs.stream().map(WarmupRequestsTest::signature).distinct())
        .containsExactly(
            "encode_query",
            "encode_passage",
            "score",
            "embed_query_text",
            "embed_passage_text",
            "embed_titled_passage_text",
            "embed_prompted_query_text");
  }

  @Test
  void batchesComeInSizesAndLengthsThatClientsSend() throws Exception {
    var shapes = new HashMap<String, List<String>>();
    for (var log : logs) {
      boolean takesStrings = signature(log).endsWith("_text");
      for (var input : inputs(log).values()) {
        assertThat(input.getDtype())
            .isEqualTo(takesStrings ? DataType.DT_STRING : DataType.DT_INT64);
        assertThat(input.getTensorShape().getDimCount()).isEqualTo(takesStrings ? 1 : 2);
      }
      if (!takesStrings && !signature(log).equals("score")) {
        var shape = inputs(log).get("input_ids").getTensorShape();
        assertThat(inputs(log).get("attention_mask").getTensorShape()).isEqualTo(shape);
        shapes
            .computeIfAbsent(signature(log), key -> new ArrayList<>())
            .add(shape.getDim(0).getSize() + "x" + shape.getDim(1).getSize());
      }
    }
    assertThat(shapes.get("encode_query"))
        .containsExactly("1x8", "8x8", "32x8", "1x16", "8x16", "32x16", "1x32", "8x32", "32x32");
    assertThat(shapes.get("encode_passage")).hasSize(12).endsWith("1x64", "8x64", "32x64");
  }

  /** As a server does. */
  @Test
  void theExportAnswersEveryRequest() throws Exception {
    var answered = new HashSet<String>();
    try (var bundle = SavedModelBundle.load(version.toString(), "serve")) {
      for (var log : logs) {
        var tensors = new HashMap<String, Tensor>();
        for (var input : inputs(log).entrySet()) {
          tensors.put(input.getKey(), tensor(input.getValue()));
        }
        bundle.function(signature(log)).call(tensors).close();
        tensors.values().forEach(Tensor::close);
        answered.add(signature(log));
      }
    }
    assertThat(answered).hasSize(7);
  }

  private static Tensor tensor(TensorProto proto) {
    if (proto.getDtype() == DataType.DT_STRING) {
      var texts = proto.getStringValList().stream().map(ByteString::toStringUtf8);
      return TString.vectorOf(texts.toArray(String[]::new));
    }
    var shape = proto.getTensorShape();
    var numbers = proto.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    var values = new long[numbers.remaining() / Long.BYTES];
    numbers.asLongBuffer().get(values);
    return TInt64.tensorOf(
        Shape.of(shape.getDim(0).getSize(), shape.getDim(1).getSize()), DataBuffers.of(values));
  }
}
