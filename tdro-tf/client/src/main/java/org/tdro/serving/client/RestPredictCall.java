package org.tdro.serving.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/** Calls over TensorFlow Serving's REST API. */
final class RestPredictCall implements PredictCall {
  private static final int OK = 200;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final long SECOND = 1000;
  private static final int SHOWN = 200;

  private final HttpClient http;
  private final ModelAddress model;
  private final RetrieverClient.Options options;

  RestPredictCall(ModelAddress model, RetrieverClient.Options options) {
    this.model = model;
    this.options = options;
    var client = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(options.timeout());
    if (model.scheme().isEncrypted()) {
      client.sslContext(TrustedCertificates.context(options));
    }
    http = client.build();
  }

  @Override
  public Once<float[][]> ids(String signature, IdType type, int[][] rows, int length) {
    return predict(PredictJson.request(signature, rows, length), rows.length);
  }

  @Override
  public Once<float[][]> texts(String signature, Map<String, List<String>> inputs) {
    int rows = inputs.get(RetrieverAssets.TEXT).size();
    return predict(PredictJson.request(signature, inputs), rows);
  }

  @Override
  public Once<Boolean> availability() {
    var request = HttpRequest.newBuilder(model.uri()).timeout(options.timeout()).build();
    return () ->
        hasAvailableVersion(new String(body(model.uri(), request), StandardCharsets.UTF_8));
  }

  private static boolean hasAvailableVersion(String body) {
    try {
      for (JsonNode version : Json.object(body, "answer").path("model_version_status")) {
        if (version.path("state").asText().equals("AVAILABLE")) {
          return true;
        }
      }
      return false;
    } catch (InputException e) {
      return false;
    }
  }

  private Once<float[][]> predict(byte[] json, int rows) {
    var uri = URI.create(model + ":predict");
    var request = HttpRequest.newBuilder(uri)
        .timeout(options.timeout())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(json))
        .build();
    return () -> PredictJson.response(body(uri, request), rows);
  }

  /** Returns the body of the answer to a request. */
  private byte[] body(URI uri, HttpRequest request)
      throws IOException, BusyException, InterruptedException {
    var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    int status = response.statusCode();
    if (status == OK) {
      return response.body();
    }
    var answer = new ServingException(
        status, "%s answered %d: %s".formatted(uri, status, message(response.body())));
    if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
      throw new BusyException(answer, retryAfterMillis(response));
    }
    throw answer;
  }

  private static long retryAfterMillis(HttpResponse<?> response) {
    // The other form, a date, is ignored.
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,6}"))
        .map(value -> Long.parseLong(value) * SECOND)
        .orElse(0L);
  }

  /** Returns TensorFlow Serving's {@code error}, or the beginning of any other answer. */
  private static String message(byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8).strip();
    try {
      var error = Json.object(text, "answer").path("error");
      if (error.isTextual()) {
        return error.asText();
      }
    } catch (InputException e) {
      // The page of a proxy, for example.
    }
    return text.substring(0, Math.min(SHOWN, text.length()));
  }

  /** The JDK's client closes its connections when they are idle. */
  @Override
  public void close() {}
}
