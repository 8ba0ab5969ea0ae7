package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.export.SmallExport;
import org.tdro.io.AtomicWrite;
import org.tdro.serving.client.IdType;

@Timeout(180)
class ModelVersionsTest {
  private static final String PREDICT = "/v1/models/small:predict";
  private static final String BODY = """
      {'signature_name': 'encode_query', 'instances': [{'input_ids': [5, 9], 'attention_mask': [1, 1]}]}""";

  @TempDir
  static Path folder;

  private static Path export;

  @BeforeAll
  static void write() {
    export = folder.resolve("export");
    SmallExport.write(SmallExport.retriever(folder.resolve("model")), IdType.INT32, export);
  }

  private static ServerOptions options(ServerOptions.Batching batching) {
    return new ServerOptions(
        Optional.empty(),
        ServerOptions.Endpoint.local(),
        batching,
        ServerOptions.Limits.DEFAULT,
        Duration.ofMillis(20),
        Duration.ofSeconds(30));
  }

  private static Path base(String name, String... versions) {
    var base = folder.resolve(name);
    for (var version : versions) {
      SmallExport.copy(export, base.resolve(version));
    }
    return base;
  }

  private static void waitFor(ModelServer server, long version) throws InterruptedException {
    while (server.version() != version) {
      Thread.sleep(5);
    }
  }

  private static String state(Http http, long version) throws Exception {
    return http.get("/v1/models/small/versions/" + version)
        .json()
        .at("/model_version_status/0/state")
        .asText();
  }

  @Test
  void theHighestNumberIsServed() throws Exception {
    var base = base("numbers", "2", "10", "9", "name", "011");
    Files.createDirectories(base.resolve("12"));
    try (var server = ModelServer.start(base, options(ServerOptions.Batching.DEFAULT))) {
      assertThat(server.version()).isEqualTo(10);
      assertThat(server.name()).isEqualTo("small");
    }
  }

  @Test
  void newVersionsTakeOverUnderLoadWithoutAnError() throws Exception {
    var base = base("load", "1");
    var failures = new ConcurrentLinkedQueue<String>();
    var answered = new AtomicInteger();
    var stop = new AtomicBoolean();
    try (var server = ModelServer.start(base, options(ServerOptions.Batching.DEFAULT))) {
      var clients = new ArrayList<CompletableFuture<Void>>();
      var threads = Executors.newCachedThreadPool();
      for (int i = 0; i < 8; i++) {
        var http = new Http(server.uri());
        clients.add(CompletableFuture.runAsync(
            () -> {
              while (!stop.get()) {
                try {
                  var answer = http.post(PREDICT, BODY);
                  if (answer.status() != 200) {
                    failures.add(answer.response().body());
                  }
                  answered.incrementAndGet();
                } catch (Exception e) {
                  failures.add(e.toString());
                }
              }
            },
            threads));
      }
      var http = new Http(server.uri());
      for (int version = 2; version <= 5; version++) {
        int before = answered.get();
        while (answered.get() < before + 50) {
          Thread.sleep(5);
        }
        SmallExport.copy(export, base.resolve(Integer.toString(version)));
        waitFor(server, version);
        while (!state(http, version - 1).equals("END")) {
          Thread.sleep(5);
        }
      }
      stop.set(true);
      for (var client : clients) {
        client.get();
      }
      threads.shutdown();
      assertThat(failures).isEmpty();
      assertThat(answered.get()).isGreaterThan(200);
      assertThat(state(http, 5)).isEqualTo("AVAILABLE");
      assertThat(http.post("/v1/models/small/versions/4:predict", BODY).status())
          .isEqualTo(404);
    }
  }

  @Test
  void anOldVersionIsClosedWhenItsLastRequestHasEnded() throws Exception {
    var base = base("slow", "1");
    // Waits for others, and so is under way for a second.
    var waiting = new ServerOptions.Batching(32, Duration.ofSeconds(1));
    try (var server = ModelServer.start(base, options(waiting))) {
      var http = new Http(server.uri());
      var request = CompletableFuture.supplyAsync(() -> {
        try {
          return http.post("/v1/models/small/versions/1:predict", BODY).status();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
      while (!http.get("/metrics").response().body().contains("queue_texts 1.0")) {
        Thread.sleep(2);
      }
      SmallExport.copy(export, base.resolve("2"));
      waitFor(server, 2);
      var during = state(http, 1);
      assertThat(request.get()).isEqualTo(200);
      assertThat(during).isIn("UNLOADING", "END");
      while (!state(http, 1).equals("END")) {
        Thread.sleep(5);
      }
    }
  }

  @Test
  void aVersionThatCannotBeLoadedChangesNothing() throws Exception {
    var base = base("broken", "1");
    try (var server = ModelServer.start(base, options(ServerOptions.Batching.DEFAULT))) {
      var http = new Http(server.uri());
      AtomicWrite.folder(
          base.resolve("2"), beside -> Files.writeString(beside.resolve("saved_model.pb"), "no"));
      while (http.get("/v1/models/small/versions/2").status() == 404) {
        Thread.sleep(5);
      }
      var status = http.get("/v1/models/small/versions/2").json().at("/model_version_status/0");
      assertThat(status.get("state").asText()).isEqualTo("END");
      assertThat(status.at("/status/error_code").asText()).isEqualTo("INVALID_ARGUMENT");
      assertThat(status.at("/status/error_message").asText()).contains("retriever.json");
      assertThat(server.version()).isEqualTo(1);
      assertThat(http.post(PREDICT, BODY).status()).isEqualTo(200);
      // Repaired, it is served.
      SmallExport.copy(export, base.resolve("2"));
      waitFor(server, 2);
      assertThat(state(http, 2)).isEqualTo("AVAILABLE");
    }
  }

  @Test
  void aVersionThatIsTakenAwayGivesPlaceToTheOneBefore() throws Exception {
    var base = base("back", "1", "2");
    try (var server = ModelServer.start(base, options(ServerOptions.Batching.DEFAULT))) {
      assertThat(server.version()).isEqualTo(2);
      AtomicWrite.delete(base.resolve("2"));
      waitFor(server, 1);
      AtomicWrite.delete(base.resolve("1"));
      Thread.sleep(100);
      assertThat(new Http(server.uri()).post(PREDICT, BODY).status()).isEqualTo(200);
    }
  }

  @Test
  void aFolderWithoutAVersionIsAnErrorThatSaysSo() throws Exception {
    var empty = Files.createDirectories(folder.resolve("empty"));
    for (var base : List.of(empty, folder.resolve("nowhere"))) {
      assertThatThrownBy(() -> ModelServer.start(base, options(ServerOptions.Batching.DEFAULT)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(base + " holds no version");
    }
  }
}
