package org.tdro.serving.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that answers as many times as it is told with a status, and then with an embedding. */
@Timeout(60)
class RestPredictCallTest {
  private static final int BROKEN = 0;

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer server;
  private int failures;
  private int status;
  private String body = "{\"error\": \"busy\"}";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      try (exchange) {
        exchange.getRequestBody().readAllBytes();
        boolean fails = asked.incrementAndGet() <= failures;
        if (fails && status == BROKEN) {
          throw new IOException("no answer");
        }
        var bytes = (fails ? body : "{\"outputs\": [[1, 2]]}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(fails ? status : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private float[][] call(int attempts) {
    return call(server.getAddress().getPort(), attempts);
  }

  private static float[][] call(int port, int attempts) {
    var options = new RetrieverClient.Options(
        8, Duration.ofSeconds(10), attempts, Duration.ofMillis(1), Optional.empty());
    var model = URI.create("http://127.0.0.1:" + port + "/v1/models/x");
    try (var calls = new Attempts(model, options)) {
      return calls.texts("embed_query_text", Map.of("text", List.of("a")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503, BROKEN})
  void asksABusyServerAgain(int busy) {
    status = busy;
    failures = 2;
    assertThat(call(3)).isDeepEqualTo(new float[][] {{1, 2}});
    assertThat(asked).hasValue(3);
  }

  @Test
  void givesUpAfterTheLastAttempt() {
    status = 503;
    failures = 3;
    assertThatThrownBy(() -> call(3))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.status()).isEqualTo(503))
        .hasMessageContaining("answered 503: busy");
    assertThat(asked).hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 413, 500})
  void doesNotRepeatWhatIsWrong(int wrong) {
    status = wrong;
    failures = 1;
    body = "<html>" + "x".repeat(1000);
    assertThatThrownBy(() -> call(3))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("answered " + wrong + ": <html>xxx")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    assertThat(asked).hasValue(1);
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThatThrownBy(() -> call(free, 2))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(
            "no answer from http://127.0.0.1:" + free + "/v1/models/x in 2 attempts");
  }
}
