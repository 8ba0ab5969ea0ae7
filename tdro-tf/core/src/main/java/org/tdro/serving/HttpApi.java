package org.tdro.serving;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dispatches HTTP requests to their handlers and turns every failure into an answer. */
final class HttpApi implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  /** The content type that {@code curl -d} sends by default; in TensorFlow Serving's examples the body is JSON all the same. */
  private static final int DISCARDED_BYTES = 1 << 16;

  private static final Set<String> TYPES =
      Set.of("application/json", "application/x-www-form-urlencoded");

  private final RestModelApi models;
  private final TextApi texts;
  private final ServerMetrics metrics;
  private final RequestsInProgress requests;
  private final int bodyBytes;

  /**
   * Creates the API.
   *
   * @param bodyBytes of the largest body that is read
   */
  HttpApi(
      RestModelApi models,
      TextApi texts,
      ServerMetrics metrics,
      RequestsInProgress requests,
      int bodyBytes) {
    this.models = models;
    this.texts = texts;
    this.metrics = metrics;
    this.requests = requests;
    this.bodyBytes = bodyBytes;
  }

  /** A call that is being answered. */
  private static final class Call {
    private final HttpExchange exchange;
    private final RequestsInProgress.Entry entry;
    private final long start = System.nanoTime();
    private String endpoint = "other";

    /** Whether an error is answered as an object, as OpenAI's clients expect it, rather than as a text. */
    private boolean openAi;

    Call(HttpExchange exchange, RequestsInProgress.Entry entry) {
      this.exchange = exchange;
      this.entry = entry;
    }

    /**
     * Names the endpoint that answers.
     *
     * @throws ApiException 405 if the call has another method than the endpoint's
     */
    Call of(String name, String method) {
      endpoint = name;
      if (!exchange.getRequestMethod().equals(method)) {
        exchange.getResponseHeaders().set("Allow", method);
        throw new ApiException(
            405,
            "%s takes %s, not %s"
                .formatted(
                    exchange.getRequestURI().getPath(), method, exchange.getRequestMethod()));
      }
      return this;
    }
  }

  @Override
  public void handle(HttpExchange exchange) {
    try (var entry = requests.enter();
        exchange) {
      var call = new Call(exchange, entry);
      send(call, reply(call));
    } catch (IOException e) {
      LOG.debug("a client is gone: {}", e.getMessage());
    }
  }

  private Reply reply(Call call) throws IOException {
    try {
      return answer(call);
    } catch (ApiException e) {
      return error(call, e.status(), e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("cannot answer {}", call.exchange.getRequestURI(), e);
      return error(call, 500, "the server failed: " + e.getMessage());
    }
  }

  private Reply answer(Call call) throws IOException {
    var path = call.exchange.getRequestURI().getPath();
    switch (path) {
      case "/health" -> {
        call.of("health", "GET");
        return call.entry.isTooLate()
            ? error(call, 503, "the server is stopping")
            : Reply.text("text/plain; charset=utf-8", "ok\n");
      }
      case "/metrics" -> {
        call.of("metrics", "GET");
        return Reply.text(ServerMetrics.CONTENT_TYPE, metrics.scrape());
      }
      case "/embed" -> {
        return texts.embed(body(call.of("embed", "POST")));
      }
      case "/v1/embeddings" -> {
        call.openAi = true;
        return texts.openAi(body(call.of("embeddings", "POST")));
      }
      default -> {
        var resource = RestModelApi.Resource.of(path)
            .orElseThrow(() -> ApiException.notFound("there is nothing at " + path));
        var verb = resource.verb();
        call.of(verb.name().toLowerCase(Locale.ROOT), verb.method());
        return models.answer(resource, () -> body(call));
      }
    }
  }

  /** Reads the body of an expensive call, which is refused before it is read if there is no room. */
  private byte[] body(Call call) throws IOException {
    call.entry.admit();
    return read(call.exchange, bodyBytes);
  }

  /**
   * Reads the whole body.
   *
   * @throws ApiException 415 if it is not JSON by its type, 413 if it is too large
   * @throws IOException if the client is gone
   */
  private static byte[] read(HttpExchange exchange, int limit) throws IOException {
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
    // its sake. The JDK's stream does not know its end when it skips, and would wait for more.
    var discarded = new byte[DISCARDED_BYTES];
    long rest = limit;
    int count;
    while (rest > 0
        && (count = stream.read(discarded, 0, (int) Math.min(rest, discarded.length))) >= 0) {
      rest -= count;
    }
    exchange.getResponseHeaders().set("Connection", "close");
    throw new ApiException(
        413, "the body is larger than %d bytes; send fewer texts at a time".formatted(limit));
  }

  private static String mediaType(String contentType) {
    return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static Reply error(Call call, int status, String message) {
    if (status == 429 || status == 503) {
      call.exchange.getResponseHeaders().set("Retry-After", "1");
    }
    if (!call.openAi) {
      return Reply.error(status, message);
    }
    return Reply.json(status, json -> {
      json.writeObjectFieldStart("error");
      json.writeStringField("message", message);
      json.writeStringField("type", status < 500 ? "invalid_request_error" : "server_error");
      json.writeNullField("param");
      json.writeNullField("code");
      json.writeEndObject();
    });
  }

  private void send(Call call, Reply reply) throws IOException {
    var headers = call.exchange.getResponseHeaders();
    headers.set("Content-Type", reply.contentType());
    if (requests.isStopping()) {
      headers.set("Connection", "close");
    }
    try {
      // To HEAD no body may be sent.
      boolean head = call.exchange.getRequestMethod().equals("HEAD");
      call.exchange.sendResponseHeaders(reply.status(), head ? -1 : reply.body().length);
      if (!head) {
        call.exchange.getResponseBody().write(reply.body());
      }
    } finally {
      metrics.request(
          call.endpoint,
          Integer.toString(reply.status()),
          Duration.ofNanos(System.nanoTime() - call.start));
    }
  }
}
