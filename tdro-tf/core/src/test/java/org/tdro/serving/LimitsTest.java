package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.export.SmallExport;
import org.tdro.serving.client.IdType;

@Timeout(120)
class LimitsTest {
  private static final String PREDICT = "/v1/models/small:predict";
  private static final int BODY = 4096;
  private static final int TEXT_BYTES = 64;

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Http http;

  @BeforeAll
  static void serve() {
    var model = SmallExport.retriever(folder.resolve("model"));
    SmallExport.write(model, IdType.INT32, folder.resolve("1"));
    server = ModelServer.start(
        folder.resolve("1"),
        ServerOptions.local()
            .with(new ServerOptions.Limits(BODY, 8, 0, TEXT_BYTES, 8, 16, Duration.ofMinutes(1))));
    http = new Http(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String predict(int texts, int length) {
    var row = Collections.nCopies(length, 1);
    var rows = Collections.nCopies(texts, row);
    return "{'signature_name': 'encode_query', 'inputs': {'input_ids': %s, 'attention_mask': %s}}"
        .formatted(rows, rows);
  }

  @Test
  void whatIsWithinTheLimitsIsAnswered() throws Exception {
    assertThat(http.post(PREDICT, predict(8, 64)).status()).isEqualTo(200);
  }

  @Test
  void tooManyTextsAreABadRequest() throws Exception {
    var answer = http.post(PREDICT, predict(9, 1));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains("input_ids has more than 8 elements");
    var texts = http.post(
        "/embed", "{'kind': 'query', 'texts': %s}".formatted(Collections.nCopies(9, "'a'")));
    assertThat(texts.status()).isEqualTo(400);
    assertThat(texts.error()).contains("texts has more than 8 elements");
  }

  /** Of passages, whose limit is 64 and higher than that of queries. */
  @Test
  void aRowThatIsTooLongIsABadRequest() throws Exception {
    var answer = http.post(PREDICT, predict(1, 65));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains("row 0 of input_ids is longer than 64");
  }

  /** The model has 96 positions. */
  @Test
  void aLengthThatTheModelRefusesIsABadRequest() throws Exception {
    var limits =
        new ServerOptions.Limits(1 << 20, 8, 1000, TEXT_BYTES, 8, 16, Duration.ofMinutes(1));
    try (var wide = ModelServer.start(folder.resolve("1"), ServerOptions.local().with(limits))) {
      var client = new Http(wide.uri());
      assertThat(client.post(PREDICT, predict(1, 96)).status()).isEqualTo(200);
      var answer = client.post(PREDICT, predict(1, 97));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.error()).contains("the model refuses the input");
      assertThat(client.post(PREDICT, predict(1, 3)).status()).isEqualTo(200);
    }
  }

  /** The rest of a body is read up to as much again. */
  @ParameterizedTest
  @CsvSource({
    "1, true",
    "1, false",
    "700, true",
    "4095, true",
    "4096, true",
    "4096, false",
    "8192, true",
    "8192, false"
  })
  @Timeout(20)
  void aBodyThatIsTooLargeIsRefused(int more, boolean lengthIsKnown) throws Exception {
    var bytes = new byte[BODY + more];
    var body = lengthIsKnown
        ? BodyPublishers.ofByteArray(bytes)
        : BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes));
    var answer = http.send(http.request(PREDICT).POST(body));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.error()).contains("larger than 4096 bytes");
    assertThat(http.post(PREDICT, predict(1, 1)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Type, text/plain, 415",
    "Content-Type, multipart/form-data; boundary=x, 415",
    "Content-Encoding, gzip, 415",
    "Content-Type, application/json; charset=utf-8, 200",
    "Content-Type, application/x-www-form-urlencoded, 200",
  })
  void onlyJsonIsTaken(String header, String value, int status) throws Exception {
    var body = predict(1, 1).replace('\'', '"');
    var answer =
        http.send(http.request(PREDICT).header(header, value).POST(BodyPublishers.ofString(body)));
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void aFullQueueIsTooManyRequests() throws Exception {
    var limits = new ServerOptions.Limits(BODY, 8, 0, TEXT_BYTES, 8, 16, Duration.ofMinutes(1));
    var options = ServerOptions.local()
        .with(limits)
        // The first waits for others, and so is in the queue.
        .with(new ServerOptions.Batching(32, Duration.ofSeconds(2)));
    try (var slow = ModelServer.start(folder.resolve("1"), options)) {
      var client = new Http(slow.uri());
      var first = CompletableFuture.supplyAsync(() -> post(client, predict(6, 1)));
      while (!client.get("/metrics").response().body().contains("tdro_serving_queue_texts 6.0")) {
        Thread.sleep(5);
      }
      var refused = client.post(PREDICT, predict(3, 1));
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.response().headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.error()).contains("too many texts are waiting");
      assertThat(client.post(PREDICT, predict(2, 1)).status()).isEqualTo(200);
      assertThat(first.get().status()).isEqualTo(200);
      assertThat(client.get("/metrics").response().body()).contains("tdro_serving_queue_texts 0.0");
    }
  }

  private static Http.Answer post(Http client, String body) {
    try {
      return client.post(PREDICT, body);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tooManyRequestsAtATimeAreRefusedAndTheServerStaysHealthy() throws Exception {
    var limits = new ServerOptions.Limits(BODY, 8, 0, TEXT_BYTES, 64, 2, Duration.ofMinutes(1));
    var options = ServerOptions.local()
        .with(limits)
        .with(new ServerOptions.Batching(32, Duration.ofSeconds(1)));
    try (var small = ModelServer.start(folder.resolve("1"), options)) {
      var client = new Http(small.uri());
      var threads = Executors.newCachedThreadPool();
      var answers = new ArrayList<CompletableFuture<Integer>>();
      for (int i = 0; i < 6; i++) {
        answers.add(CompletableFuture.supplyAsync(
            () -> post(client, predict(1, 1)).status(), threads));
      }
      threads.shutdown();
      assertThat(client.get("/health").status()).isEqualTo(200);
      assertThat(statuses(answers)).contains(200, 429).containsOnly(200, 429);
      // A request gives up its place only after its answer was read here.
      int status = 429;
      for (int attempt = 0; status == 429 && attempt < 50; attempt++) {
        Thread.sleep(20);
        status = client.post(PREDICT, predict(1, 1)).status();
      }
      assertThat(status).isEqualTo(200);
    }
  }

  private static List<Integer> statuses(Iterable<CompletableFuture<Integer>> answers)
      throws InterruptedException, ExecutionException {
    var statuses = new ArrayList<Integer>();
    for (var answer : answers) {
      statuses.add(answer.get());
    }
    return statuses;
  }

  /** Fewer than there are threads: those who wait for them are answered. */
  @Test
  void clientsThatAreSlowOrGoneHarmNobody() throws Exception {
    var body = predict(2, 8).replace('\'', '"');
    var head = "POST " + PREDICT + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length();
    var slow = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 12; i++) {
        slow.add(send(head));
        slow.add(send(head + "\r\n\r\n" + body.substring(0, 20)));
        send(head + "\r\n\r\n" + body.substring(0, 20)).close();
        send(head + "\r\n\r\n" + body).close();
        send("\u0000\u0001\r\n\r\n").close();
      }
      for (int i = 0; i < 10; i++) {
        assertThat(http.post("/v1/models/small:predict", predict(2, 8)).status())
            .isIn(200, 429);
      }
      assertThat(http.get("/health").status()).isEqualTo(200);
    } finally {
      for (var socket : slow) {
        socket.close();
      }
    }
    while (!http.get("/metrics").response().body().contains("tdro_serving_requests_active 1.0")) {
      Thread.sleep(5);
    }
    assertThat(http.get("/metrics").response().body()).contains("tdro_serving_queue_texts 0.0");
    assertThat(http.post(PREDICT, predict(8, 8)).status()).isEqualTo(200);
  }

  private static Socket send(String text) throws Exception {
    var socket = new Socket(server.uri().getHost(), server.uri().getPort());
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }
}
