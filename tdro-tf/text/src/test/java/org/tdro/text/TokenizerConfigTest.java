package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tokenizer_config.json} against {@code tokenizer.json}: what the one asks for beyond the other is named. */
class TokenizerConfigTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** A tokenizer of bytes whose token 0 is put where {@code %s} says. */
  private static final String TEMPLATE = """
      {"type": "TemplateProcessing", "single": [%s], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
       "special_tokens": {"<|pad|>": {"id": "<|pad|>", "ids": [0], "tokens": ["<|pad|>"]}}}""";

  private static final String SPECIAL = "{\"SpecialToken\": {\"id\": \"<|pad|>\", \"type_id\": 0}}";
  private static final String TEXT = "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}";

  @TempDir
  Path folder;

  @BeforeEach
  void write() throws IOException {
    new BytePairTrainer(258).train(new WordCounts(false)).write(folder.resolve("tokenizer.json"));
  }

  private void around(String single) throws IOException {
    var file = folder.resolve("tokenizer.json").toFile();
    var tokenizer = (ObjectNode) JSON.readTree(file);
    tokenizer.set("post_processor", JSON.readTree(TEMPLATE.formatted(single)));
    JSON.writeValue(file, tokenizer);
  }

  private TokenizerFolder config(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), json);
    return new TokenizerFolder(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "LlamaTokenizer, true",
    "GemmaTokenizerFast, true",
    "Qwen2Tokenizer, false",
  })
  void aFlagThatTakesATokenAwayIsRefusedWhereTransformersFollowsIt(String type, boolean refused)
      throws IOException {
    around(SPECIAL + "," + TEXT + "," + SPECIAL);
    var files =
        config("{\"tokenizer_class\": \"%s\", \"add_bos_token\": false, \"add_eos_token\": false}"
            .formatted(type));
    assertThat(files.problems()).hasSize(refused ? 2 : 0);
    if (refused) {
      assertThat(files.problems().get(0))
          .endsWith(
              "tokenizer_config.json: add_bos_token is false, but tokenizer.json adds one; load the tokenizer in transformers and save it again");
    }
  }

  @Test
  void aBeginTokenThatIsNotAddedIsRefusedAndAnEndTokenIsAppended() throws IOException {
    around(TEXT);
    var files = config("{\"add_bos_token\": true, \"add_eos_token\": true}");
    assertThat(files.problems())
        .singleElement()
        .asString()
        .contains("add_bos_token is true, but tokenizer.json adds no such token");
    assertThat(files.asksForEndToken()).isTrue();
  }

  @Test
  void flagsThatAgreeAreFine() throws IOException {
    around(SPECIAL + "," + TEXT);
    assertThat(config(
                "{\"tokenizer_class\": \"LlamaTokenizer\", \"add_bos_token\": true, \"add_eos_token\": false}")
            .problems())
        .isEmpty();
  }

  @Test
  void anAddedTokenThatTheTokenizerLacksIsRefused() throws IOException {
    var files = config(
        "{\"added_tokens_decoder\": {\"0\": {\"content\": \"<|pad|>\"}, \"777\": {\"content\": \"<new>\"}}}");
    assertThat(files.problems())
        .singleElement()
        .asString()
        .contains("added_tokens_decoder has <new> with id 777, which tokenizer.json has not");
  }
}
