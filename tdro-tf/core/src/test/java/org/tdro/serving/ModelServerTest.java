package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.export.SmallExport;
import org.tdro.serving.client.IdType;

@Timeout(120)
class ModelServerTest {
  private static final String BODY = "{'texts': ['a'], 'kind': 'query'}";

  @TempDir
  static Path folder;

  @BeforeAll
  static void write() {
    SmallExport.write(
        SmallExport.retriever(folder.resolve("model")), IdType.INT32, folder.resolve("1"));
  }

  private static Http.Answer post(Http http) {
    try {
      return http.post("/embed", BODY);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void requestsThatHaveBegunAreFinishedWhenItStops() throws Exception {
    // They wait for others, and so are under way for a while.
    var waiting = ServerOptions.local().with(new ServerOptions.Batching(32, Duration.ofSeconds(3)));
    var server = ModelServer.start(folder.resolve("1"), waiting);
    var http = new Http(server.uri());
    var threads = Executors.newCachedThreadPool();
    var answers = new ArrayList<CompletableFuture<Http.Answer>>();
    for (int i = 0; i < 4; i++) {
      answers.add(CompletableFuture.supplyAsync(() -> post(http), threads));
    }
    while (!http.get("/metrics").response().body().contains("queue_texts 4.0")) {
      Thread.sleep(2);
    }
    var closing = CompletableFuture.runAsync(server::close, threads);
    while (http.get("/health").status() != 503) {
      Thread.sleep(2);
    }
    var late = post(http);
    assertThat(late.status()).isEqualTo(503);
    assertThat(late.error()).contains("stopping");
    assertThat(late.response().headers().firstValue("Retry-After")).hasValue("1");
    for (var answer : answers) {
      assertThat(answer.get().status()).isEqualTo(200);
    }
    closing.get();
    assertThatThrownBy(() -> http.get("/health")).isInstanceOf(ConnectException.class);
    threads.shutdown();
  }

  @Test
  void requestsThatTakeTooLongAreCutOff() throws Exception {
    var options = new ServerOptions(
        Optional.of("other"),
        ServerOptions.Endpoint.local(),
        new ServerOptions.Batching(32, Duration.ofSeconds(30)),
        ServerOptions.Limits.DEFAULT,
        Duration.ofSeconds(1),
        Duration.ofMillis(50));
    var server = ModelServer.start(folder.resolve("1"), options);
    assertThat(server.name()).isEqualTo("other");
    var http = new Http(server.uri());
    var answer = CompletableFuture.supplyAsync(() -> post(http));
    while (!http.get("/metrics").response().body().contains("queue_texts 1.0")) {
      Thread.sleep(2);
    }
    server.close();
    assertThatThrownBy(answer::get).hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void aPortThatIsTakenIsAnErrorThatNamesIt() {
    try (var server = ModelServer.start(folder.resolve("1"), ServerOptions.local())) {
      int port = server.uri().getPort();
      var same = ServerOptions.local()
          .with(
              new ServerOptions.Endpoint("127.0.0.1", port, OptionalInt.empty(), Optional.empty()));
      assertThatThrownBy(() -> ModelServer.start(folder.resolve("1"), same))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
    }
  }
}
