package org.tdro.serving;

import java.util.List;
import java.util.OptionalLong;

/** The calls on a model that all protocols have: status, metadata, predict. */
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

  /** Reads a request for a model, within limits. */
  @FunctionalInterface
  interface Reader {
    PredictRequest read(ServerOptions.Limits limits, ServedModel model);
  }

  /**
   * An answered request.
   *
   * @param version that answered
   * @param output name of the signature's only output
   * @param matrix embeddings {@code [rows, dimension]} or scores {@code [queries, passages]}
   */
  @SuppressWarnings("ArrayRecordComponent") // written once, never compared
  record Prediction(long version, PredictRequest request, String output, float[][] matrix) {}

  /** Returns the model's name. */
  String name() {
    return name;
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

  /**
   * Returns the status of a version, or of all.
   *
   * @throws ApiException 404 if there is no such version
   */
  List<ModelVersions.Status> statuses(OptionalLong version) {
    var statuses = versions.statuses().stream()
        .filter(status -> version.isEmpty() || status.version() == version.getAsLong())
        .toList();
    if (statuses.isEmpty()) {
      throw ApiException.notFound(
          "Could not find version %d of model %s".formatted(version.getAsLong(), name));
    }
    return statuses;
  }

  /**
   * Returns a lease of the model that is served.
   *
   * @throws ApiException 404 if another version is asked for
   */
  ModelVersions.Lease use(OptionalLong version) {
    return versions.use(name, version);
  }

  /**
   * Answers a request.
   *
   * @throws ApiException as its reader says; 400 if it does not fit its signature, 404 if another version is asked for, 429 if too many
   *     texts are waiting, 503 if the answer takes too long
   */
  Prediction predict(OptionalLong version, Caller caller, Reader reader) {
    try (var lease = use(version)) {
      var model = lease.model();
      var request = reader.read(limits, model);
      var work = model.work(request);
      var matrix = queue.admit(work.texts(), () -> {
        if (caller.isGone()) {
          throw Caller.gone();
        }
        return work.run().apply(caller);
      });
      var output = model
          .signatureDef(request.signature())
          .getOutputsMap()
          .keySet()
          .iterator()
          .next();
      return new Prediction(model.version(), request, output, matrix);
    }
  }
}
