package org.tdro.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** TensorFlow Serving's REST API of a model. */
final class RestModelApi {
  private final ModelApi models;

  RestModelApi(ModelApi models) {
    this.models = models;
  }

  /**
   * Answers a call, whose method is that of its verb.
   *
   * @param body of a predict call; read only if the model exists
   * @throws IOException if the client is gone
   */
  Reply answer(Resource resource, Body body) throws IOException {
    models.check(resource.name());
    return switch (resource.verb()) {
      case STATUS -> status(resource.version());
      case METADATA -> metadata(resource.version());
      case PREDICT -> predict(resource.version(), body.read());
    };
  }

  /** Reads the body of a call. */
  @FunctionalInterface
  interface Body {
    byte[] read() throws IOException;
  }

  private Reply status(OptionalLong version) {
    var statuses = models.statuses(version);
    return Reply.json(200, json -> {
      json.writeArrayFieldStart("model_version_status");
      for (var status : statuses) {
        json.writeStartObject();
        json.writeStringField("version", Long.toString(status.version()));
        json.writeStringField("state", status.state().name());
        json.writeObjectFieldStart("status");
        json.writeStringField("error_code", status.errorCode());
        json.writeStringField("error_message", status.errorMessage());
        json.writeEndObject();
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  private Reply metadata(OptionalLong version) {
    try (var lease = models.use(version)) {
      return metadata(models.name(), lease.model().version(), lease.model().signatureDefs());
    }
  }

  /** Returns signatures as TensorFlow Serving prints them, with 64-bit integers as texts. */
  private static Reply metadata(String name, long version, Map<String, SignatureDef> signatures) {
    return Reply.json(200, json -> {
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

  private Reply predict(OptionalLong version, byte[] body) {
    var prediction = models.predict(
        version,
        Caller.PATIENT,
        (limits, model) -> PredictBody.read(body, limits, model.maxLength()));
    // A single output is written without its name.
    var field =
        prediction.request().format() == PredictRequest.Format.ROW ? "predictions" : "outputs";
    return Reply.json(200, json -> Reply.vectors(json, field, prediction.matrix()));
  }

  /**
   * A path of TensorFlow Serving's REST API: {@code /v1/models/NAME[/versions/V][/metadata|:predict]}.
   *
   * @param version empty means the one that is served
   */
  record Resource(String name, OptionalLong version, Verb verb) {
    private static final Pattern PATH =
        Pattern.compile("/v1/models/([^/:]+)(?:/versions/(\\d{1,18}))?(/metadata|:predict)?");

    enum Verb {
      STATUS("GET"),
      METADATA("GET"),
      PREDICT("POST");

      private final String method;

      Verb(String method) {
        this.method = method;
      }

      String method() {
        return method;
      }
    }

    static Optional<Resource> of(String path) {
      var parts = PATH.matcher(path);
      if (!parts.matches()) {
        return Optional.empty();
      }
      var version = parts.group(2) == null
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(parts.group(2)));
      var verb = parts.group(3) == null
          ? Verb.STATUS
          : parts.group(3).equals("/metadata") ? Verb.METADATA : Verb.PREDICT;
      return Optional.of(new Resource(parts.group(1), version, verb));
    }
  }
}
