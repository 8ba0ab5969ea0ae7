package org.tdro.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** The signatures of a model as TensorFlow Serving's metadata call prints them; integers of 64 bits are texts there. */
final class MetadataReply {
  private MetadataReply() {}

  static Reply of(String name, long version, Map<String, SignatureDef> signatures) {
    return JsonReply.of(200, json -> {
      json.writeObjectFieldStart("model_spec");
      json.writeStringField("name", name);
      json.writeStringField("signature_name", "");
      json.writeStringField("version", Long.toString(version));
      json.writeEndObject();
      json.writeObjectFieldStart("metadata");
      json.writeObjectFieldStart("signature_def");
      json.writeObjectFieldStart("signature_def");
      for (var signature : signatures.entrySet()) {
        json.writeObjectFieldStart(signature.getKey());
        tensors(json, "inputs", signature.getValue().getInputsMap());
        tensors(json, "outputs", signature.getValue().getOutputsMap());
        json.writeStringField("method_name", signature.getValue().getMethodName());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    });
  }

  private static void tensors(JsonGenerator json, String field, Map<String, TensorInfo> tensors)
      throws IOException {
    json.writeObjectFieldStart(field);
    for (var tensor : new TreeMap<>(tensors).entrySet()) {
      var shape = tensor.getValue().getTensorShape();
      json.writeObjectFieldStart(tensor.getKey());
      json.writeStringField("dtype", tensor.getValue().getDtype().name());
      json.writeObjectFieldStart("tensor_shape");
      json.writeArrayFieldStart("dim");
      for (var dimension : shape.getDimList()) {
        json.writeStartObject();
        json.writeStringField("size", Long.toString(dimension.getSize()));
        json.writeStringField("name", dimension.getName());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeBooleanField("unknown_rank", shape.getUnknownRank());
      json.writeEndObject();
      json.writeStringField("name", tensor.getValue().getName());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
