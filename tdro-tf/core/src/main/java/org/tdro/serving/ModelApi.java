package org.tdro.serving;

import java.util.List;
import java.util.OptionalLong;

/** TensorFlow Serving's calls on a model: status, metadata, predict. */
final class ModelApi {
  private final String name;
  private final ModelVersions versions;
  private final ServerLimits limits;
  private final TextQueue queue;

  ModelApi(String name, ModelVersions versions, ServerLimits limits, TextQueue queue) {
    this.name = name;
    this.versions = versions;
    this.limits = limits;
    this.queue = queue;
  }

  /** @throws ApiException 404 if the model has another name */
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
    return JsonReply.of(200, json -> {
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
      return MetadataReply.of(name, lease.model().version(), lease.model().signatureDefs());
    }
  }

  /** Answers {@code POST /v1/models/NAME[/versions/V]:predict}. */
  Reply predict(OptionalLong version, byte[] body) {
    try (var lease = versions.use(name, version)) {
      var model = lease.model();
      var request = PredictRequest.parse(body, limits.texts(), model.maxLength());
      var signature = model.signature(request.signature());
      var batches = request.batches(signature.inputs(), model.vocabulary());
      int texts = batches.stream().mapToInt(List::size).sum();
      var matrix = queue.admit(texts, () -> model.run(request.signature(), batches));
      // With a single output its values stand there without its name.
      var field = request.format() == PredictRequest.Format.ROW ? "predictions" : "outputs";
      return JsonReply.of(200, json -> JsonReply.vectors(json, field, matrix));
    }
  }
}
