package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.export.SmallExport;
import org.tdro.serving.client.IdType;

/** Damaged requests, the same in every run: each is answered in JSON as right or wrong, never as the server's failure. */
@Timeout(300)
class FuzzedBodiesTest {
  private static final int BODIES = 1000;
  private static final String[] PIECES = {
    "null",
    "true",
    "{",
    "}",
    "[",
    "]",
    "[[",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "-1",
    "1e9",
    "1e999",
    "0.5",
    "NaN",
    "99999999999999999999",
    "\"input_ids\"",
    "{\"b64\": \"AAAA\"}",
    "\u00e9",
    "\ud83d\ude00",
    " ",
    "\n",
    "/*"
  };

  @TempDir
  static Path folder;

  private static ModelServer server;
  private static Http http;

  @BeforeAll
  static void serve() {
    var model = SmallExport.retriever(folder.resolve("model"));
    SmallExport.write(model, IdType.INT64, folder.resolve("1"));
    server = ModelServer.start(
        folder.resolve("1"), ServerOptions.local().with(ServerOptions.Batching.OFF));
    http = new Http(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] damage(byte[] body, SplittableRandom random) {
    var damaged = body;
    for (int change = random.nextInt(1, 4); change > 0; change--) {
      int at = random.nextInt(damaged.length + 1);
      int end = Math.min(damaged.length, at + random.nextInt(6));
      var piece = switch (random.nextInt(4)) {
        case 0 -> new byte[0];
        case 1 -> new byte[] {(byte) random.nextInt(256)};
        case 2 -> Arrays.copyOfRange(damaged, Math.max(0, at - random.nextInt(30)), at);
        default -> PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
      };
      var next = new byte[at + piece.length + damaged.length - end];
      System.arraycopy(damaged, 0, next, 0, at);
      System.arraycopy(piece, 0, next, at, piece.length);
      System.arraycopy(damaged, end, next, at + piece.length, damaged.length - end);
      damaged = next;
    }
    return damaged;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/v1/models/small:predict | {'signature_name': 'encode_query', 'instances': [{'input_ids': [5, 9], 'attention_mask': [1, 1]}, {'input_ids': [7, 0], 'attention_mask': [1, 0]}]}",
        "/v1/models/small:predict | {'signature_name': 'encode_passage', 'inputs': {'input_ids': [[5, 9], [7, 0]], 'attention_mask': [[1, 1], [1, 0]]}}",
        "/embed | {'texts': ['two words', 'été'], 'kind': 'query', 'prompt': 'trivia'}",
        "/v1/embeddings | {'input': ['two words', 'été'], 'model': 'small', 'encoding_format': 'float'}",
      })
  void aDamagedBodyIsRightOrWrong(String path, String valid) throws Exception {
    var body = valid.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    assertThat(http.post(path, body).status()).isEqualTo(200);
    var random = new SplittableRandom(20261124);
    int right = 0;
    for (int i = 0; i < BODIES; i++) {
      var damaged = damage(body, random);
      var answer = http.post(path, damaged);
      assertThat(answer.status())
          .as(() -> new String(damaged, StandardCharsets.UTF_8) + "\n"
              + answer.response().body())
          .isIn(200, 400, 404);
      assertThat(answer.json().isObject()).isTrue();
      assertThat(answer.json().has("error")).isEqualTo(answer.status() != 200);
      if (answer.status() == 200) {
        right++;
      }
    }
    // The damage is neither always fatal nor never.
    assertThat(right).isBetween(1, BODIES / 2);
    assertThat(http.post(path, body).status()).isEqualTo(200);
  }

  @Test
  void deepAndLongBodiesAreWrong() throws Exception {
    var deep = "[".repeat(1_000_000);
    var digits = "9".repeat(1_000_000);
    for (var path : new String[] {"/v1/models/small:predict", "/embed", "/v1/embeddings"}) {
      for (var field : new String[] {"instances", "inputs", "texts", "input", "other"}) {
        for (var value : new String[] {deep, "{\"a\":".repeat(100_000), digits}) {
          assertThat(http.post(path, "{'" + field + "': " + value).status()).isEqualTo(400);
        }
      }
    }
    assertThat(http.get("/health").status()).isEqualTo(200);
  }

  @Test
  void aTextOfMegabytesIsCut() throws Exception {
    var answer = http.post(
        "/embed", "{'kind': 'passage', 'texts': ['%s']}".formatted("wort ".repeat(500_000)));
    assertThat(answer.status()).isEqualTo(200);
  }
}
