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

/** TensorFlow Serving's calls on a model: status, metadata, predict. */
final class ModelApi {
  private final String name;
  private final ModelVersions versions;
  private final ServerOptions.Limits limits;
  private final TextQueue queue;

  ModelApi(String name, ModelVersions versions, ServerOptions.Limits limits, TextQueue queue) {
    this.name = name;
    this.versions = versions;
    this.limits = limits;
    this.queue = queue;
  }

  /**
   * Checks the name of the model that is asked for.
   *
   * @throws ApiException 404 if the model has another name
   */
  void check(String asked) {
    if (!asked.equals(name)) {
      throw ApiException.notFound(
          "Servable not found for request: Latest(%s); this server has %s".formatted(asked, name));
    }
  }

  /** Answers {@code GET /v1/models/NAME[/versions/V]}. */
  Reply status(OptionalLong version) {
    var statuses = versions.statuses().stream()
        .filter(status -> version.isEmpty() || status.version() == version.getAsLong())
        .toList();
    if (statuses.isEmpty()) {
      throw ApiException.notFound(
          "Could not find version %d of model %s".formatted(version.getAsLong(), name));
    }
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

  /** Answers {@code GET /v1/models/NAME[/versions/V]/metadata}. */
  Reply metadata(OptionalLong version) {
    try (var lease = versions.use(name, version)) {
      return metadata(name, lease.model().version(), lease.model().signatureDefs());
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

  /** Answers {@code POST /v1/models/NAME[/versions/V]:predict}. */
  Reply predict(OptionalLong version, byte[] body) {
    try (var lease = versions.use(name, version)) {
      var model = lease.model();
      var request = PredictRequest.parse(body, limits, model.maxLength());
      var work = model.work(request);
      var matrix = queue.admit(work.texts(), work.run());
      // A single output is written without its name.
      var field = request.format() == PredictRequest.Format.ROW ? "predictions" : "outputs";
      return Reply.json(200, json -> Reply.vectors(json, field, matrix));
    }
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
