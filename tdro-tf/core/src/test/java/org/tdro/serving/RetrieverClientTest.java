package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.export.SmallExport;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.RetrieverClient;
import org.tdro.serving.client.ServingException;
import org.tdro.text.TextKind;

@Timeout(120)
class RetrieverClientTest {
  /** Of all lengths around the limits 32 and 64, not in order, and an empty one. */
  private static final List<String> TEXTS =
      IntStream.range(0, 150).mapToObj(i -> "é".repeat(i * 37 % 75)).toList();

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Retriever retriever;

  @BeforeAll
  static void serve() {
    var model = SmallExport.retriever(folder.resolve("model"));
    retriever = StoredRetrievers.load(model.path());
    SmallExport.write(model, IdType.INT32, folder.resolve("base/1"));
    server = ModelServer.start(folder.resolve("base"), ServerOptions.local());
  }

  @AfterAll
  static void stop() {
    server.close();
    retriever.close();
  }

  private static void assertSame(float[][] actual, TextKind kind, String task) {
    var expected = retriever.encode(kind, retriever.tokenize(kind, task, TEXTS));
    assertThat(actual).hasNumberOfRows(TEXTS.size());
    for (int row = 0; row < actual.length; row++) {
      assertThat(actual[row]).containsExactly(expected.row(row), within(1e-5f));
    }
  }

  @ParameterizedTest
  @EnumSource
  void itsEmbeddingsAreThoseOfTheRetriever(TextKind kind) {
    try (var client = RetrieverClient.connect(server.uri(), folder.resolve("base/1"))) {
      assertSame(
          kind == TextKind.QUERY ? client.encodeQueries(TEXTS) : client.encodePassages(TEXTS),
          kind,
          "");
      assertSame(client.encode(kind, "trivia", TEXTS), kind, "trivia");
      assertThatThrownBy(() -> client.encode(kind, "news", TEXTS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("there is no prompt news; there are [trivia]");
      assertThat(client.encode(kind, "", List.of())).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', base/1/assets",
    "/, base/1",
    "/v1/models/small, base/1",
    "/v1/models/small/versions/1, base/1"
  })
  void findsTheModelAndTheAssets(String path, String assets) {
    var uri = URI.create(server.uri() + path);
    try (var client = RetrieverClient.connect(uri, folder.resolve(assets))) {
      assertThat(client.encodeQueries(List.of("a"))).hasDimensions(1, 12);
    }
  }

  /** The tokenizer is native: whoever used it after it was freed would end the process. */
  @Test
  void aClientIsClosedWhileOthersUseIt() throws Exception {
    var texts =
        IntStream.range(0, 200).mapToObj(i -> "é a b c ".repeat(300 + i)).toList();
    for (int round = 0; round < 5; round++) {
      var client = RetrieverClient.connect(server.uri(), folder.resolve("base/1"));
      var begun = new CountDownLatch(3);
      var threads = Executors.newFixedThreadPool(3);
      Callable<String> use = () -> {
        begun.countDown();
        while (true) {
          try {
            client.encodeQueries(texts);
          } catch (IllegalStateException e) {
            return e.getMessage();
          }
        }
      };
      var users = IntStream.range(0, 3).mapToObj(i -> threads.submit(use)).toList();
      begun.await();
      Thread.sleep(20);
      client.close();
      for (var user : users) {
        assertThat(user.get()).isEqualTo("the client is closed");
      }
      threads.shutdown();
    }
  }

  @Test
  void whatTheServerRefusesIsAnErrorWithItsWords() {
    var uri = server.uri().resolve("/v1/models/small/versions/9");
    try (var client = RetrieverClient.connect(uri, folder.resolve("base/1"))) {
      assertThatThrownBy(() -> client.encodeQueries(List.of("a")))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.status()).isEqualTo(404))
          .hasMessageContaining("answered 404: Servable not found");
    }
  }

  /** Ids of one vocabulary mean other words in another: the server rolled over to a version with another tokenizer. */
  @Test
  void aServerWithAnotherTokenizerRefuses() throws IOException {
    var old = folder.resolve("old/1");
    SmallExport.copy(folder.resolve("base/1"), old);
    var tokenizer = RetrieverAssets.tokenizerFile(old);
    Files.writeString(tokenizer, Files.readString(tokenizer) + "\n");
    assertThatThrownBy(() -> RetrieverClient.connect(server.uri(), old))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not the tokenizer of the export");
    var assets = old.resolve("assets/retriever.json");
    Files.writeString(
        assets, Files.readString(assets).replaceFirst("[0-9a-f]{64}", Sha256.of(tokenizer)));
    try (var client = RetrieverClient.connect(server.uri(), old)) {
      assertThatThrownBy(() -> client.encodeQueries(List.of("a")))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.status()).isEqualTo(400))
          .hasMessageContaining("another tokenizer than the assets of this client");
    }
  }

  /** Assets of an earlier build do not know their tokenizer's hash. */
  @Test
  void assetsWithoutAHashAreNotChecked() throws IOException {
    var old = folder.resolve("earlier/1");
    SmallExport.copy(folder.resolve("base/1"), old);
    var assets = old.resolve("assets/retriever.json");
    Files.writeString(
        assets, Files.readString(assets).replaceFirst("\"tokenizer_sha256\"[^,]*,", ""));
    try (var client = RetrieverClient.connect(server.uri(), old)) {
      assertSame(client.encodeQueries(TEXTS), TextKind.QUERY, "");
    }
  }

  @Test
  void assetsThatAreNotThereAreNamed() {
    assertThatThrownBy(() -> RetrieverClient.connect(server.uri(), folder.resolve("nowhere")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void aProcessWithoutTensorFlowAndGrpcEncodes() throws Exception {
    var classpath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> {
          var name = Path.of(entry).getFileName().toString();
          return Stream.of("tensorflow", "javacpp", "grpc", "protobuf").noneMatch(name::startsWith);
        })
        .collect(Collectors.joining(File.pathSeparator));
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classpath,
            Caller.class.getName(),
            server.uri().toString(),
            folder.resolve("base/1/assets").toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    List<String> lines;
    try (var out = process.inputReader()) {
      lines = out.lines().filter(line -> line.startsWith("x=")).toList();
    }
    assertThat(process.waitFor()).isZero();
    var expected = retriever.encode(TextKind.QUERY, retriever.tokenize(TextKind.QUERY, "", TEXTS));
    assertThat(lines).hasSize(1);
    assertThat(Float.parseFloat(lines.get(0).substring(2)))
        .isCloseTo(expected.row(1)[0], within(1e-5f));
  }

  /** A client that has no TensorFlow. */
  static final class Caller {
    private Caller() {}

    @SuppressWarnings("SystemOut") // the answer of this process
    public static void main(String[] arguments) {
      var options = new RetrieverClient.Options(
          16, Duration.ofSeconds(20), 3, Duration.ofMillis(50), Optional.empty());
      try (var client =
          RetrieverClient.connect(URI.create(arguments[0]), Path.of(arguments[1]), options)) {
        System.out.println("x=" + client.encodeQueries(TEXTS)[1][0]);
      }
    }
  }
}
