package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.export.SmallExport;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.search.Embeddings;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverClient;
import org.tdro.serving.client.ServingException;
import org.tdro.serving.client.TextClient;
import org.tdro.text.TextKind;

/** Predict calls with strings, in the forms of https://www.tensorflow.org/tfx/serving/api_rest. */
@Timeout(120)
class StringSignaturesTest {
  private static final String PREDICT = "/v1/models/small:predict";
  private static final String PROMPTED = "{'signature_name': 'embed_prompted_query_text', %s}";
  private static final String QUERY = "{'signature_name': 'embed_query_text', %s}";

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Http http;
  private static Retriever retriever;

  @BeforeAll
  static void serve() {
    var model = SmallExport.wordPieceRetriever(folder.resolve("model"));
    SmallExport.write(model, IdType.INT32, folder.resolve("1"));
    retriever = StoredRetrievers.load(model.path());
    var endpoint = new ServerOptions.Endpoint("127.0.0.1", 0, OptionalInt.of(0), Optional.empty());
    var batching = new ServerOptions.Batching(32, Duration.ofMillis(50));
    var limits = new ServerOptions.Limits(1 << 16, 4, 0, 40, 64, 16, Duration.ofMinutes(1));
    server = ModelServer.start(
        folder.resolve("1"), ServerOptions.local().with(endpoint).with(batching).with(limits));
    http = new Http(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
    retriever.close();
  }

  private static void assertVectors(JsonNode actual, TextKind kind, String... texts) {
    var expected = retriever.encode(kind, "", List.of(texts));
    assertThat(actual).hasSize(texts.length);
    for (int row = 0; row < texts.length; row++) {
      assertThat(actual.get(row)).hasSize(expected.row(row).length);
      for (int i = 0; i < expected.row(row).length; i++) {
        assertThat(actual.get(row).get(i).floatValue())
            .isCloseTo(expected.row(row)[i], within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'inputs': {'text': ['which city?', 'Ünique']}",
        "'inputs': ['which city?', 'Ünique']",
        "'inputs': [{'b64': 'd2hpY2ggY2l0eT8='}, 'Ünique']",
        "'instances': ['which city?', 'Ünique']",
        "'instances': [{'text': 'which city?'}, {'text': 'Ünique'}]",
        "'instances': [{'b64': 'd2hpY2ggY2l0eT8='}, {'b64': 'w5xuaXF1ZQ'}]",
        "'instances': [{'text': {'b64': 'd2hpY2ggY2l0eT8='}}, {'text': 'Ünique'}]",
      })
  void everyFormHasTheEmbeddingsOfTheRetriever(String fields) throws Exception {
    var answer = http.post(PREDICT, QUERY.formatted(fields));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    var field = fields.startsWith("'inputs'") ? "outputs" : "predictions";
    assertThat(answer.json().fieldNames()).toIterable().containsExactly(field);
    assertVectors(answer.json().get(field), TextKind.QUERY, "which city?", "Ünique");
  }

  /** As rows of passages are joined for training and encoding. */
  @Test
  void aTitleStandsBeforeTheText() throws Exception {
    var answer = http.post(PREDICT, """
        {'signature_name': 'embed_titled_passage_text', 'instances': [
          {'title': 'Which city', 'text': 'is a city.'}, {'text': 'without', 'title': ''}]}""");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertVectors(
        answer.json().get("predictions"), TextKind.PASSAGE, "Which city is a city.", "without");
    var passage = http.post(
        PREDICT, "{'signature_name': 'embed_passage_text', 'inputs': {'text': ['without']}}");
    assertVectors(passage.json().get("outputs"), TextKind.PASSAGE, "without");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'inputs': {'prompt_name': ['trivia', ''], 'text': ['which city?', 'Ünique']}",
        "'instances': [{'text': 'which city?', 'prompt_name': 'trivia'}, {'prompt_name': '', 'text': 'Ünique'}]",
        "'instances': [{'text': 'which city?', 'prompt_name': {'b64': 'dHJpdmlh'}}, {'prompt_name': '', 'text': 'Ünique'}]",
      })
  void aPromptIsChosenByItsName(String fields) throws Exception {
    var answer = http.post(PREDICT, PROMPTED.formatted(fields));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    var vectors = answer.json().elements().next();
    assertVectors(vectors, TextKind.QUERY, "find: which city?", "Ünique");
  }

  /** Also over gRPC, and whichever requests it is joined with. */
  @Test
  void aPromptThatThereIsNotIsRefused() throws Exception {
    var answer = http.post(
        PREDICT, PROMPTED.formatted("'inputs': {'prompt_name': ['quiz'], 'text': ['a']}"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains("there is no prompt quiz of queries; there are trivia");
    var clients = Executors.newFixedThreadPool(2);
    try (var client = client(server.grpcUri().orElseThrow())) {
      var right = clients.submit(() -> client.embed(TextKind.QUERY, "trivia", List.of("a")));
      var wrong = clients.submit(() -> client.embed(TextKind.QUERY, "quiz", List.of("a")));
      assertThat(right.get()).hasDimensions(1, 12);
      assertThatThrownBy(wrong::get)
          .rootCause()
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.status()).isEqualTo(400))
          .hasMessageContaining("INVALID_ARGUMENT")
          .hasMessageContaining("there is no prompt quiz of queries; there are trivia");
    } finally {
      clients.shutdown();
    }
  }

  @Test
  void bytesThatAreNotUtf8AreReplaced() throws Exception {
    // 'a', a byte that UTF-8 never has, and 'b'
    var answer = http.post(PREDICT, QUERY.formatted("'instances': [{'b64': 'Yf9i'}]"));
    assertVectors(answer.json().get("predictions"), TextKind.QUERY, "a\ufffdb");
  }

  /** JSON's escape of a surrogate without its half. */
  @Test
  void aLoneSurrogateIsReplaced() throws Exception {
    var answer = http.post(PREDICT, QUERY.formatted("'instances': ['a \\ud800 b']"));
    assertVectors(answer.json().get("predictions"), TextKind.QUERY, "a \ufffd b");
  }

  /** More texts than a request may have, not in the order of their lengths. */
  @Test
  void theClientNeedsNoTokenizer() {
    for (var address : List.of(server.uri(), server.grpcUri().orElseThrow())) {
      try (var client = client(address)) {
        assertThat(client.isAvailable()).isTrue();
        assertTheClientWorks(client);
      }
    }
  }

  private static TextClient client(URI server) {
    return new TextClient(
        server.resolve("/v1/models/small"),
        new RetrieverClient.Options(4, Duration.ofMinutes(1), 1, Duration.ZERO, Optional.empty()));
  }

  private static void assertTheClientWorks(TextClient client) {
    var texts = List.of("which city?", "a", "", "un \ud800 bc", "city of cities", "b");
    for (var kind : TextKind.values()) {
      var expected = retriever.encode(kind, "", texts);
      var embeddings =
          kind == TextKind.QUERY ? client.embedQueries(texts) : client.embedPassages(texts);
      assertRows(embeddings, expected);
    }
    assertRows(
        client.embed(TextKind.QUERY, "trivia", texts),
        retriever.encode(TextKind.QUERY, "trivia", texts));
    assertRows(
        client.embedTitledPassages("", List.of("", "c", "d", "", "", "ef"), texts),
        retriever.encode(
            TextKind.PASSAGE,
            "",
            List.of("which city?", "c a", "d ", "un \ud800 bc", "city of cities", "ef b")));
    assertThatThrownBy(() -> client.embedTitledPassages("", List.of("a"), texts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are 1 titles for 6 texts");
    assertThatThrownBy(() -> client.embed(TextKind.PASSAGE, "trivia", List.of("a")))
        .isInstanceOf(ServingException.class)
        .hasMessageStartingWith(
            "the version that is served has no prompts of tasks for passages, or takes token ids alone: ")
        .hasMessageContaining("the model has ")
        .hasMessageContaining("embed_prompted_query_text");
    assertThat(client.embedQueries(List.of())).isEmpty();
    assertThatThrownBy(() -> client.embedQueries(List.of("a".repeat(41))))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("41 bytes, more than 40");
  }

  private static void assertRows(float[][] embeddings, Embeddings expected) {
    assertThat(embeddings).hasDimensions(expected.rows(), 12);
    for (int row = 0; row < embeddings.length; row++) {
      assertThat(embeddings[row]).containsExactly(expected.row(row), within(1e-5f));
    }
  }

  @Test
  void metadataSaysString() throws Exception {
    var signature = http.get("/v1/models/small/metadata")
        .json()
        .at("/metadata/signature_def/signature_def/embed_query_text/inputs/text");
    assertThat(signature.get("dtype").asText()).isEqualTo("DT_STRING");
    assertThat(http.get("/v1/models/small/metadata")
            .json()
            .at("/metadata/signature_def/signature_def/embed_prompted_query_text/inputs"))
        .hasSize(2);
    assertThat(signature.at("/tensor_shape/dim")).hasSize(1);
    assertThat(signature.at("/tensor_shape/dim/0/size").asText()).isEqualTo("-1");
  }

  @Test
  void requestsAtTheSameTimeAreComputedTogether() throws Exception {
    double before = runs();
    var clients = Executors.newFixedThreadPool(12);
    try {
      var answers = clients.invokeAll(IntStream.range(0, 12)
          .<java.util.concurrent.Callable<Http.Answer>>mapToObj(i -> () ->
              http.post(PREDICT, QUERY.formatted("'instances': ['%s']".formatted("ab".repeat(i)))))
          .toList());
      int i = 0;
      for (Future<Http.Answer> answer : answers) {
        assertVectors(answer.get().json().get("predictions"), TextKind.QUERY, "ab".repeat(i++));
      }
    } finally {
      clients.shutdown();
    }
    assertThat(runs() - before).isLessThan(12);
  }

  private static double runs() throws Exception {
    var name = "tdro_serving_batch_texts_count{signature=\"embed_query_text\"} ";
    return http.get("/metrics")
        .response()
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'instances': [] | has no text",
        "'instances': ['a', {'text': 'b'}] | either all instances are objects",
        "'instances': [{'text': 'a', 'other': 'b'}] | no input other; it has [text]",
        "'instances': [1] | must be a list of integers or a string",
        "'instances': [[1, 2]] | text takes strings",
        "'instances': [['a']] | a list of integers",
        "'instances': [{'b64': 'not base64!'}] | not base64",
        "'instances': [{'b64': 1}] | must be a text",
        "'instances': [{'text': {'bytes': 'YQ=='}}] | the only object is",
        "'inputs': 'a' | must be an object",
        "'inputs': [] | no rows of text",
        "'inputs': {'text': ['a', {}, 'b']} | row 1 of text has []; the only object is",
        "'inputs': ['a', {'b64': 'YQ==', 'text': 'b'}] | row 1 of inputs has [b64, text]; the only object is",
        "'instances': ['a', {}] | instance 1 must be a value",
        "'instances': [{'b64': 'YQ==', 'text': 'b'}] | {\"b64\": BASE64} alone",
        "'inputs': {'text': 'a'} | text must be a list",
        "'instances': ['a', 'b', 'c', 'd', 'e'] | more than 4 elements",
        "'instances': ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'] | instance 0 has 41 bytes, more than 40",
        "'inputs': {'text': ['ääääääääääääääääääääa']} | row 0 of text has 41 bytes",
      })
  void aWrongBodyIsABadRequestThatSaysWhy(String fields, String why) throws Exception {
    var answer = http.post(PREDICT, QUERY.formatted(fields));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains(why);
  }

  @Test
  void stringsAreNotTokenIds() throws Exception {
    var ids = http.post(PREDICT, "{'signature_name': 'encode_query', 'instances': ['a']}");
    assertThat(ids.status()).isEqualTo(400);
    assertThat(ids.error()).contains("several inputs: an instance must be an object");
    var titled = http.post(
        PREDICT,
        "{'signature_name': 'embed_titled_passage_text', 'inputs': {'text': ['a', 'b'], 'title': ['c']}}");
    assertThat(titled.status()).isEqualTo(400);
    assertThat(titled.error()).contains("text has 2 rows, title 1");
  }
}
