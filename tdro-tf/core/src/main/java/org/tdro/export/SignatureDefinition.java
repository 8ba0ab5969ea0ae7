package org.tdro.export;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** A function of a SavedModel: its inputs and outputs by the names that clients use. */
record SignatureDefinition(
    String key, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
  /** The method by which TensorFlow Serving's Predict finds a signature. */
  private static final String METHOD = "tensorflow/serving/predict";

  SignatureDefinition {
    inputs = new TreeMap<>(inputs);
    outputs = new TreeMap<>(outputs);
  }

  /** Returns the same function under another key. */
  SignatureDefinition as(String key) {
    return new SignatureDefinition(key, inputs, outputs);
  }

  /** Returns the names of the operations of its inputs and outputs. */
  Stream<String> operations() {
    return Stream.concat(inputs.values().stream(), outputs.values().stream())
        .map(operand -> operand.op().name());
  }

  SignatureDef definition() {
    var definition = SignatureDef.newBuilder().setMethodName(METHOD);
    inputs.forEach((name, operand) -> definition.putInputs(name, info(operand)));
    outputs.forEach((name, operand) -> definition.putOutputs(name, info(operand)));
    return definition.build();
  }

  private static TensorInfo info(Operand<?> operand) {
    var output = operand.asOutput();
    var shape = TensorShapeProto.newBuilder();
    for (long size : output.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(output.op().name() + ":" + output.index())
        .setDtype(output.dataType())
        .setTensorShape(shape)
        .build();
  }
}
