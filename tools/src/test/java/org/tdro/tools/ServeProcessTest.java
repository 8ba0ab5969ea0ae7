package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.RetrieverClient;
import org.tdro.text.TextKind;

/** {@code tdro train}, {@code export} and {@code serve} as processes, the last one ended by signals. */
@Timeout(180)
class ServeProcessTest {
  /** The exit code that a shell reports for a signal: 128 plus its number. */
  private static final int TERMINATED = 143;

  private static final int INTERRUPTED = 130;
  private static final Pattern ADDRESS =
      Pattern.compile("serving version 1 of (\\S+) at (http://127\\.0\\.0\\.1:\\d+)/v1/models/");

  private static final Pattern GRPC =
      Pattern.compile("over gRPC at (grpc://127\\.0\\.0\\.1:\\d+)\\s");

  @TempDir
  static Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void export() throws Exception {
    SmallRuns.writeData(folder);
    TdroProcess.run(folder, SmallRuns.train("reference", "run")).with(0);
    TdroProcess.run(folder, List.of("export", "--model", "run", "--output", "base"))
        .with(0);
  }

  /** A request waits for others, and so is under way for a while. */
  private static TdroProcess serve() throws Exception {
    return TdroProcess.start(
        folder,
        List.of(
            "serve",
            "--model",
            "base",
            "--port",
            "0",
            "--grpc-port",
            "0",
            "--batch-timeout-ms",
            "3000"));
  }

  private static URI address(TdroProcess process) throws Exception {
    process.until(() -> ADDRESS.matcher(process.out()).find());
    var match = ADDRESS.matcher(process.out());
    assertThat(match.find()).isTrue();
    assertThat(match.group(1)).isEqualTo("base");
    return URI.create(match.group(2));
  }

  private CompletableFuture<HttpResponse<String>> embed(URI server) {
    return http.sendAsync(
        HttpRequest.newBuilder(server.resolve("/embed"))
            .POST(HttpRequest.BodyPublishers.ofString("{\"texts\": [\"w1\"], \"kind\": \"query\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void waitUntilItHasBegun(URI server) throws Exception {
    var metrics = HttpRequest.newBuilder(server.resolve("/metrics")).build();
    while (!http.send(metrics, HttpResponse.BodyHandlers.ofString())
        .body()
        .contains("tdro_serving_queue_texts 1.0")) {
      Thread.sleep(2);
    }
  }

  /** As many requests at a time as a batch holds, so that none waits for others but the first, and those at the end. */
  @Test
  void loadIsMeasured() throws Exception {
    Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"w1 w2\"}\n{\"text\": \"w3\"}\n");
    try (var process = serve()) {
      var measured = TdroProcess.run(
              folder,
              List.of(
                  "bench",
                  "serve",
                  address(process) + "/v1/models/base",
                  "--input",
                  "texts.jsonl",
                  "--kind",
                  "query",
                  "--concurrency",
                  "32",
                  "--seconds",
                  "0.5",
                  "--warmup",
                  "0"))
          .with(0);
      assertThat(measured.out())
          .containsPattern("requests +[1-9]")
          .containsPattern("p99 \\d")
          .containsPattern("failed +0");
    }
  }

  @Test
  void loadOnAServerThatIsNotThereEndsAtOnce() throws Exception {
    Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"w1 w2\"}\n");
    var failed = TdroProcess.run(
            folder,
            List.of(
                "bench",
                "serve",
                "http://127.0.0.1:1/v1/models/base",
                "--input",
                "texts.jsonl",
                "--kind",
                "query"))
        .with(1);
    assertThat(failed.err()).contains("127.0.0.1:1").hasLineCount(2);
  }

  @Test
  void theClientsEmbeddingsAreTheRetrievers() throws Exception {
    var texts = List.of("w1 w2", "", "w3 w4 w5 w6");
    try (var process = serve();
        var retriever = StoredRetrievers.load(folder.resolve("run"));
        var client = RetrieverClient.connect(address(process), folder.resolve("base/1"))) {
      var expected =
          retriever.encode(TextKind.PASSAGE, retriever.tokenize(TextKind.PASSAGE, "", texts));
      var actual = client.encodePassages(texts);
      for (int row = 0; row < texts.size(); row++) {
        assertThat(actual[row])
            .containsExactly(expected.row(row), org.assertj.core.api.Assertions.within(1e-5f));
      }
      process.until(() -> GRPC.matcher(process.out()).find());
      var match = GRPC.matcher(process.out());
      assertThat(match.find()).isTrue();
      try (var grpc =
          RetrieverClient.connect(URI.create(match.group(1)), folder.resolve("base/1"))) {
        assertThat(grpc.isAvailable()).isTrue();
        assertThat(grpc.encodePassages(texts)).isDeepEqualTo(actual);
      }
    }
  }

  @Test
  void terminatedItAnswersWhatHasBegunAndEnds() throws Exception {
    try (var process = serve()) {
      var server = address(process);
      var answer = embed(server);
      waitUntilItHasBegun(server);
      process.terminate().with(TERMINATED);
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void interruptedItAnswersWhatHasBegunAndEnds() throws Exception {
    try (var process = serve()) {
      var server = address(process);
      assumeTrue(process.heedsInterrupts(), "skipped: these tests run where Ctrl-C is ignored");
      var answer = embed(server);
      waitUntilItHasBegun(server);
      process.interrupt().with(INTERRUPTED);
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aFolderWithoutAVersionIsAnErrorThatSaysSo() throws Exception {
    var ended = TdroProcess.run(folder, List.of("serve", "--model", "run", "--port", "0"))
        .with(1);
    assertThat(ended.err()).contains("run holds no version");
    var usage = TdroProcess.run(folder, List.of("serve", "--model", "base", "--max-queue", "1"));
    assertThat(usage.with(2).err()).contains("1 queued texts are less than 512 texts");
    var alone =
        TdroProcess.run(folder, List.of("serve", "--model", "base", "--tls-key", "key.pem"));
    assertThat(alone.with(2).err()).contains("--tls-certificate");
  }
}
