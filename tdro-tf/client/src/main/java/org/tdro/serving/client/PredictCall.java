package org.tdro.serving.client;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Calls on a model of a server, by one of TensorFlow Serving's protocols. */
interface PredictCall extends AutoCloseable {
  /**
   * Returns the embeddings of rows, which are padded to {@code length}.
   *
   * @throws ServingException if the server refuses, or is still busy after the last attempt, or does not answer with a vector for each
   *     row
   * @throws java.io.UncheckedIOException if it cannot be reached
   */
  float[][] ids(String signature, IdType type, int[][] rows, int length);

  /**
   * Returns the embeddings of texts; throws as {@link #ids}.
   *
   * @param inputs a value of each text by the name of the input, {@value RetrieverAssets#TEXT} among them
   */
  float[][] texts(String signature, Map<String, List<String>> inputs);

  /** Returns whether the server has a version of the model that answers; it is asked once. */
  boolean isAvailable();

  @Override
  void close();

  /**
   * Returns the calls on a model.
   *
   * @param model {@code http://…} or {@code https://…} for REST, {@code grpc://…} or {@code grpcs://…} for gRPC, with the path {@code
   *     /v1/models/NAME} or {@code /v1/models/NAME/versions/V}
   * @throws IllegalArgumentException if it is another address, or the file of trusted certificates is wrong
   */
  static PredictCall of(URI model, RetrieverClient.Options options) {
    var scheme = String.valueOf(model.getScheme());
    return switch (scheme) {
      case "http", "https" -> new RestPredictCall(model, options);
      case "grpc", "grpcs" -> new GrpcPredictCall(model, options);
      default ->
        throw new IllegalArgumentException(
            "the address must begin with http, https, grpc or grpcs, was " + model);
    };
  }
}
