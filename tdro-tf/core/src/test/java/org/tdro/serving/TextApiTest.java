package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.export.SmallExport;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.text.TextKind;

class TextApiTest {
  private static final List<String> TEXTS = List.of("Übermut 東京", "", "x".repeat(1000));
  private static final String JSON_TEXTS = "['Übermut 東京', '', '" + "x".repeat(1000) + "']";

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Http http;
  private static Retriever retriever;

  /** A folder that is a SavedModel, whose name is no number. */
  @BeforeAll
  static void serve() {
    var model = SmallExport.retriever(folder.resolve("model"));
    SmallExport.write(model, IdType.INT32, folder.resolve("export"));
    retriever = StoredRetrievers.load(model.path());
    server = ModelServer.start(folder.resolve("export"), ServerOptions.local());
    http = new Http(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
    retriever.close();
  }

  private static float[][] expected(TextKind kind, String task) {
    var embeddings = retriever.encode(kind, retriever.tokenize(kind, task, TEXTS));
    return new float[][] {embeddings.row(0), embeddings.row(1), embeddings.row(2)};
  }

  private static float[] vector(JsonNode json) {
    var vector = new float[json.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = json.get(i).floatValue();
    }
    return vector;
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, within(1e-5f));
  }

  @ParameterizedTest
  @CsvSource({"query, QUERY", "passage, PASSAGE"})
  void embedsTextsOfAKind(String name, TextKind kind) throws Exception {
    var answer = http.post("/embed", "{'texts': %s, 'kind': '%s'}".formatted(JSON_TEXTS, name));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.json().get("model").asText()).isEqualTo("small");
    assertThat(answer.json().get("version").asText()).isEqualTo("1");
    var expected = expected(kind, "");
    assertThat(answer.json().get("embeddings")).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertClose(vector(answer.json().get("embeddings").get(i)), expected[i]);
    }
  }

  @Test
  void putsAPromptAroundTexts() throws Exception {
    var answer = http.post(
        "/embed", "{'texts': %s, 'kind': 'query', 'prompt': 'trivia'}".formatted(JSON_TEXTS));
    var expected = expected(TextKind.QUERY, "trivia")[0];
    assertClose(vector(answer.json().get("embeddings").get(0)), expected);
    assertThat(expected).isNotEqualTo(expected(TextKind.QUERY, "")[0]);
  }

  @Test
  void answersAsOpenAiDoes() throws Exception {
    var answer = http.post(
        "/v1/embeddings",
        "{'input': %s, 'model': 'small', 'user': 'me', 'dimensions': 12}".formatted(JSON_TEXTS));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    var json = answer.json();
    assertThat(json.get("object").asText()).isEqualTo("list");
    assertThat(json.get("model").asText()).isEqualTo("small");
    var expected = expected(TextKind.PASSAGE, "");
    for (int i = 0; i < 3; i++) {
      var data = json.get("data").get(i);
      assertThat(data.get("object").asText()).isEqualTo("embedding");
      assertThat(data.get("index").asInt()).isEqualTo(i);
      assertClose(vector(data.get("embedding")), expected[i]);
    }
    int tokens = 0;
    for (var row : retriever.tokenize(TextKind.PASSAGE, "", TEXTS)) {
      tokens += row.length;
    }
    assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(tokens);
    assertThat(json.at("/usage/total_tokens").asInt()).isEqualTo(tokens);
  }

  /** As LiteLLM sends them. */
  @Test
  void aFieldThatIsNullIsAbsent() throws Exception {
    var answer = http.post("/v1/embeddings", """
        {'input': %s, 'model': 'small', 'encoding_format': null, 'dimensions': null, 'prompt': null, 'input_type': null}""".formatted(JSON_TEXTS));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertClose(vector(answer.json().at("/data/1/embedding")), expected(TextKind.PASSAGE, "")[1]);
    assertThat(http.post("/embed", "{'texts': ['a'], 'kind': 'query', 'prompt': null}")
            .status())
        .isEqualTo(200);
  }

  @Test
  void takesTokenIdsAsOpenAiDoes() throws Exception {
    var rows = retriever.tokenize(TextKind.PASSAGE, "", TEXTS);
    var all = http.post(
        "/v1/embeddings", "{'input': %s, 'model': 'small'}".formatted(Arrays.deepToString(rows)));
    var expected = expected(TextKind.PASSAGE, "");
    for (int i = 0; i < 3; i++) {
      assertClose(vector(all.json().at("/data/" + i + "/embedding")), expected[i]);
    }
    var one = http.post(
        "/v1/embeddings", "{'input': %s, 'model': 'small'}".formatted(Arrays.toString(rows[2])));
    assertThat(one.json().get("data")).hasSize(1);
    assertClose(vector(one.json().at("/data/0/embedding")), expected[2]);
  }

  @Test
  void base64IsLittleEndianFloats() throws Exception {
    var answer = http.post("/v1/embeddings", """
        {'input': 'Übermut 東京', 'model': 'small', 'encoding_format': 'base64', 'input_type': 'query',
         'prompt': 'trivia'}""");
    var bytes = Base64.getDecoder().decode(answer.json().at("/data/0/embedding").asText());
    var vector = new float[12];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    assertClose(vector, expected(TextKind.QUERY, "trivia")[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'kind': 'query'} | texts is missing or empty",
        "{'texts': [], 'kind': 'query'} | texts is missing or empty",
        "{'texts': ['a']} | kind is missing",
        "{'texts': ['a'], 'kind': 'title'} | must be query or passage",
        "{'texts': ['a', 1], 'kind': 'query'} | texts[1] must be a text",
        "{'texts': ['a'], 'kind': 'query', 'prompt': 'other'} | there are trivia",
        "{'texts': ['a'], 'kind': 'passage', 'prompt': 'trivia'} | there are none",
        "{'texts': ['a'], 'kind': 'query', 'promt': 'trivia'} | promt is not known",
        "{'texts': null, 'kind': 'query'} | texts must be a list",
      })
  void aWrongBodyIsABadRequestThatSaysWhy(String body, String why) throws Exception {
    var answer = http.post("/embed", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "400 | {'model': 'small'} | input is missing",
        "400 | {'input': 'a'} | model is missing",
        "404 | {'input': 'a', 'model': 'other'} | this server has small",
        "400 | {'input': [1, 'a'], 'model': 'small'} | token ids beside texts",
        "400 | {'input': [true], 'model': 'small'} | input[0] must be a text or a list of token ids",
        "400 | {'input': [[]], 'model': 'small'} | input[0] has 0 token ids",
        "400 | {'input': [-1, 2], 'model': 'small'} | input[0] has -1; the model's ids are 0 to",
        "400 | {'input': [[1], [2, 123456789]], 'model': 'small'} | input[1] has 123456789",
        "400 | {'input': null, 'model': 'small'} | input is missing",
        "400 | {'input': 'a', 'model': null} | model is missing",
        "400 | {'input': 'a', 'model': 'small', 'encoding_format': 'hex'} | float or base64",
        "400 | {'input': 'a', 'model': 'small', 'dimensions': 4} | must be 12",
        "400 | nonsense | not JSON",
      })
  void anErrorToOpenAisClientsHasTheirForm(int status, String body, String why) throws Exception {
    var answer = http.post("/v1/embeddings", body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().at("/error/message").asText()).contains(why);
    assertThat(answer.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
  }
}
