package org.tdro.serving;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** Reads the body of a request, up to a limit. */
final class RequestBody {
  /** The content type that {@code curl -d} sends by default; in TensorFlow Serving's examples the body is JSON all the same. */
  private static final Set<String> TYPES =
      Set.of("application/json", "application/x-www-form-urlencoded");

  private RequestBody() {}

  /**
   * Reads the whole body.
   *
   * @throws ApiException 415 if it is not JSON by its type, 413 if it is too large
   * @throws IOException if the client is gone
   */
  static byte[] read(HttpExchange exchange, int limit) throws IOException {
    var headers = exchange.getRequestHeaders();
    var type = headers.getFirst("Content-Type");
    if (type != null && !TYPES.contains(mediaType(type))) {
      throw new ApiException(415, "the body must be application/json, not " + mediaType(type));
    }
    var encoding = headers.getFirst("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new ApiException(415, "the body must not be encoded, was " + encoding);
    }
    var stream = exchange.getRequestBody();
    var bytes = stream.readNBytes(limit + 1);
    if (bytes.length <= limit) {
      return bytes;
    }
    // A client that still writes sees its connection break, not the answer; this much is read for
    // its sake.
    long rest = limit;
    while (rest > 0) {
      long skipped = stream.skip(rest);
      if (skipped <= 0) {
        break;
      }
      rest -= skipped;
    }
    exchange.getResponseHeaders().set("Connection", "close");
    throw new ApiException(
        413, "the body is larger than %d bytes; send fewer texts at a time".formatted(limit));
  }

  private static String mediaType(String contentType) {
    return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
