package org.tdro.serving.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/**
 * A POST of JSON that is repeated while the server is busy (429, 503) or cannot be reached; asking twice for an embedding is
 * harmless.
 */
final class PersistentCall {
  private static final int OK = 200;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int SECOND = 1000;
  private static final int LONGEST_PAUSE = 30 * SECOND;
  private static final int SHOWN = 200;

  private final HttpClient http;
  private final URI uri;
  private final RetrieverClient.Options options;

  PersistentCall(URI uri, RetrieverClient.Options options) {
    this.uri = uri;
    this.options = options;
    http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(options.timeout())
        .build();
  }

  /**
   * Returns the body of the answer.
   *
   * @throws ServingException if the server refuses
   * @throws UncheckedIOException if it cannot be reached
   */
  byte[] post(byte[] json) {
    var request = HttpRequest.newBuilder(uri)
        .timeout(options.timeout())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(json))
        .build();
    long pause = options.pause().toMillis();
    for (int attempt = 1; ; attempt++) {
      long asked = 0;
      try {
        var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        int status = response.statusCode();
        if (status == OK) {
          return response.body();
        }
        boolean busy = status == TOO_MANY_REQUESTS || status == UNAVAILABLE;
        if (!busy || attempt == options.attempts()) {
          throw new ServingException(
              status, "%s answered %d: %s".formatted(uri, status, message(response.body())));
        }
        asked = retryAfter(response).orElse(0L) * SECOND;
      } catch (IOException e) {
        if (attempt == options.attempts()) {
          throw new UncheckedIOException(
              "no answer from %s in %d attempts: %s".formatted(uri, attempt, reason(e)), e);
        }
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      sleep(Math.min(LONGEST_PAUSE, Math.max(pause, asked)));
      pause *= 2;
    }
  }

  private static Optional<Long> retryAfter(HttpResponse<?> response) {
    // The other form, a date, is ignored.
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("\\d{1,6}"))
        .map(Long::parseLong);
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

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for a server", e);
  }
}
