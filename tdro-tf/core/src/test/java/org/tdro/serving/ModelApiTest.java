package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.export.SmallExport;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;
import org.tdro.text.TextKind;

/** The calls of https://www.tensorflow.org/tfx/serving/api_rest, in its forms. */
class ModelApiTest {
  private static final String PREDICT = "/v1/models/small:predict";

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Http http;
  private static float[][] expected;

  @BeforeAll
  static void serve() {
    var retriever = SmallExport.retriever(folder.resolve("model"));
    SmallExport.write(retriever, IdType.INT64, folder.resolve("base/3"));
    try (var loaded = StoredRetrievers.load(retriever.path())) {
      var embeddings = loaded.encode(TextKind.QUERY, new int[][] {{5, 9, 20}, {7, 1}});
      expected = new float[][] {embeddings.row(0), embeddings.row(1)};
    }
    server = ModelServer.start(folder.resolve("base"), ServerOptions.local());
    http = new Http(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode json(String text) throws Exception {
    return new JsonMapper().readTree(text.replace('\'', '"'));
  }

  private static void assertVectors(JsonNode actual) {
    assertThat(actual).hasSize(expected.length);
    for (int row = 0; row < expected.length; row++) {
      assertThat(actual.get(row)).hasSize(expected[row].length);
      for (int i = 0; i < expected[row].length; i++) {
        assertThat(actual.get(row).get(i).floatValue()).isCloseTo(expected[row][i], within(1e-5f));
      }
    }
  }

  @Test
  void rowFormatIsAnsweredWithPredictions() throws Exception {
    var answer = http.post(PREDICT, """
        {'signature_name': 'encode_query', 'instances': [
          {'input_ids': [5, 9, 20], 'attention_mask': [1, 1, 1]},
          {'attention_mask': [1, 1, 0], 'input_ids': [7, 1, 0]}]}""");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.json().fieldNames()).toIterable().containsExactly("predictions");
    assertVectors(answer.json().get("predictions"));
  }

  @Test
  void columnFormatIsAnsweredWithOutputs() throws Exception {
    var answer = http.post("/v1/models/small/versions/3:predict", """
        {'inputs': {'input_ids': [[5, 9, 20], [7, 1, 0]], 'attention_mask': [[1, 1, 1], [1, 1, 0]]},
         'signature_name': 'encode_passage', 'something': {'else': [1]}}""");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().fieldNames()).toIterable().containsExactly("outputs");
    assertVectors(answer.json().get("outputs"));
  }

  @Test
  void withoutASignatureTheDefaultIsMeant() throws Exception {
    var answer = http.post(PREDICT, """
        {'instances': [{'input_ids': [5, 9, 20], 'attention_mask': [1, 1, 1]},
                       {'input_ids': [7, 1, 0], 'attention_mask': [1, 1, 0]}]}""");
    assertVectors(answer.json().get("predictions"));
  }

  /** Two batches of other sizes and lengths. */
  @Test
  void scoresAreProductsOfQueriesAndPassages() throws Exception {
    var answer = http.post(PREDICT, """
        {'signature_name': 'score', 'inputs': {
          'query_input_ids': [[5, 9, 20]], 'query_attention_mask': [[1, 1, 1]],
          'passage_input_ids': [[7, 1], [7, 1]], 'passage_attention_mask': [[1, 1], [1, 1]]}}""");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    double product = 0;
    for (int i = 0; i < expected[0].length; i++) {
      product += expected[0][i] * expected[1][i];
    }
    assertThat(answer.json().get("outputs")).hasSize(1);
    assertThat(answer.json().at("/outputs/0")).hasSize(2);
    assertThat(answer.json().at("/outputs/0/1").doubleValue()).isCloseTo(product, within(1e-5));
    var wrong = http.post(
        PREDICT,
        "{'signature_name': 'score', 'inputs': {'query_input_ids': [[5]], 'query_attention_mask': [[1]]}}");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.error()).contains("has no passage_input_ids");
  }

  @Test
  void statusIsThatOfTheVersions() throws Exception {
    var expected = json("""
        {'model_version_status': [{'version': '3', 'state': 'AVAILABLE',
          'status': {'error_code': 'OK', 'error_message': ''}}]}""");
    assertThat(http.get("/v1/models/small").json()).isEqualTo(expected);
    assertThat(http.get("/v1/models/small/versions/3").json()).isEqualTo(expected);
  }

  @Test
  void metadataHasTheSignatures() throws Exception {
    var answer = http.get("/v1/models/small/metadata").json();
    assertThat(answer.get("model_spec"))
        .isEqualTo(json("{'name': 'small', 'signature_name': '', 'version': '3'}"));
    var signatures = answer.at("/metadata/signature_def/signature_def");
    assertThat(signatures.fieldNames())
        .toIterable()
        .contains("encode_passage", "encode_query", "score", "serving_default");
    assertThat(signatures.at("/encode_query/method_name").asText())
        .isEqualTo("tensorflow/serving/predict");
    assertThat(signatures.at("/encode_query/inputs/input_ids")).isEqualTo(json("""
        {'dtype': 'DT_INT64', 'tensor_shape': {'dim': [{'size': '-1', 'name': ''}, {'size': '-1', 'name': ''}],
         'unknown_rank': false}, 'name': 'input_ids:0'}"""));
    assertThat(signatures
            .at("/encode_query/outputs/embedding/tensor_shape/dim/1/size")
            .asText())
        .isEqualTo("12");
    assertThat(http.get("/v1/models/small/versions/3/metadata").json()).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 404",
    "GET, /v1/models, 404",
    "GET, /v1/models/other, 404",
    "GET, /v1/models/other/metadata, 404",
    "POST, /v1/models/other:predict, 404",
    "GET, /v1/models/small/versions/4, 404",
    "GET, /v1/models/small/versions/x, 404",
    "GET, /v1/models/small/versions/99999999999999999999, 404",
    "GET, /v1/models/small/versions/4/metadata, 404",
    "POST, /v1/models/small/versions/4:predict, 404",
    "POST, /v1/models/small:classify, 404",
    "GET, /v1/models/small:predict, 405",
    "PUT, /v1/models/small:predict, 405",
    "POST, /v1/models/small, 405",
    "DELETE, /v1/models/small/metadata, 405",
    "POST, /health, 405",
    "GET, /embed, 405",
  })
  void whatIsNotThereIsAnErrorInJson(String method, String path, int status) throws Exception {
    var answer = http.send(
        http.request(path).method(method, java.net.http.HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().fieldNames()).toIterable().containsExactly("error");
    assertThat(answer.error()).isNotEmpty();
    assertThat(answer.response().headers().firstValue("Allow").isPresent())
        .isEqualTo(status == 405);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | has neither",
        "[] | the body must be an object",
        "{'instances': [] | not JSON",
        "{'signature_name': 'encode_query', 'instances': []} | has no input_ids",
        "{'instances': [{'input_ids': [1]}]} | has no attention_mask",
        "{'signature_name': 'other', 'instances': [{'input_ids': [1], 'attention_mask': [1]}]} | key \"other\" not found",
        "{'signature_name': 1} | signature_name must be a text",
        "{'signature_name': 'encode_query', 'instances': [[1, 2]]} | an instance must be an object",
        "{'signature_name': 'encode_query', 'inputs': [[1, 2]]} | must be an object",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [1]}]} | has no attention_mask",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [1], 'attention_mask': [1]}, {'input_ids': [1]}]} | instance 1 has no attention_mask",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [1], 'attention_mask': [1], 'x': [1]}]} | no input x",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [1, 2], 'attention_mask': [1]}]} | the same length",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [], 'attention_mask': []}]} | at least 1",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': 1, 'attention_mask': 1}]} | a list of integers",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [[1]], 'attention_mask': [[1]]}]} | a list of integers",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [1.5], 'attention_mask': [1]}]} | a list of integers",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [4294967296], 'attention_mask': [1]}]} | not a 32-bit integer",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [258], 'attention_mask': [1]}]} | the model's ids are 0 to 257",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [-1], 'attention_mask': [1]}]} | row 0 has -1",
        "{'signature_name': 'encode_query', 'instances': [{'input_ids': [1], 'attention_mask': [2]}]} | a mask has 0 to 1",
        "{'signature_name': 'encode_query', 'inputs': {'input_ids': [[1], [1, 2]], 'attention_mask': [[1], [1, 1]]}} | row 1 of input_ids has 2 values",
        "{'signature_name': 'encode_query', 'inputs': {'input_ids': [[1], [2]], 'attention_mask': [[1]]}} | input_ids has 2 rows, attention_mask 1",
        "{'signature_name': 'encode_query', 'inputs': {}, 'instances': []} | has both",
        "{'signature_name': 'encode_query', 'signature_name': 'encode_query'} | Duplicate",
      })
  void aWrongBodyIsABadRequestThatSaysWhy(String body, String why) throws Exception {
    var answer = http.post(PREDICT, body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains(why);
  }

  @Test
  void healthAndMetricsAreThere() throws Exception {
    rowFormatIsAnsweredWithPredictions();
    assertThat(http.get("/health").status()).isEqualTo(200);
    assertThat(http.get("/metrics").response().body())
        .contains("tdro_serving_request_seconds_count{endpoint=\"predict\",status=\"200\"}")
        .contains("tdro_serving_batch_texts_count{signature=\"encode_query\"}")
        .contains("tdro_serving_model_version 3.0")
        .contains("tdro_serving_queue_texts 0.0")
        .contains("jvm_memory_used_bytes");
  }
}
