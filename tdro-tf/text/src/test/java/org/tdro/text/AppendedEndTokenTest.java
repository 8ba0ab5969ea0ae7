package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;

/** Tokenizers of 258 ids: {@code <|pad|>} 0, {@code <|endoftext|>} 1 and byte b as b + 2. */
class AppendedEndTokenTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String BYTE_LEVEL = """
      {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}""";

  /** As Llama 3 has it, with the padding token as the first. */
  private static final String BEGIN_TEMPLATE = """
      {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "<|pad|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
       "pair": [{"SpecialToken": {"id": "<|pad|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "<|pad|>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
       "special_tokens": {"<|pad|>": {"id": "<|pad|>", "ids": [0], "tokens": ["<|pad|>"]}}}""";

  private static final String BERT_TEMPLATE = """
      {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
       "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
       "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [300], "tokens": ["[CLS]"]},
                          "[SEP]": {"id": "[SEP]", "ids": [301], "tokens": ["[SEP]"]}}}""";

  @TempDir
  Path folder;

  private Path written;

  @BeforeEach
  void nameTheEndToken() throws IOException {
    written = folder.resolve("written/tokenizer.json");
    write("tokenizer_config.json", "{\"eos_token\": \"<|endoftext|>\"}");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private ObjectNode bytes() throws IOException {
    var file = folder.resolve("tokenizer.json");
    new BytePairTrainer(258).train(new WordCounts(false)).write(file);
    return (ObjectNode) JSON.readTree(file.toFile());
  }

  private void tokenizer(String postProcessor) throws IOException {
    var tokenizer = bytes();
    tokenizer.set("post_processor", JSON.readTree(postProcessor));
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
  }

  private AppendedEndToken append() {
    return AppendedEndToken.write(new TokenizerFolder(folder), written);
  }

  private int[] ids(String text, int maxLength) {
    try (var tokenizer = Tokenizer.load(written)) {
      return tokenizer.encode(text, maxLength);
    }
  }

  private ObjectNode json(Path file) throws IOException {
    return (ObjectNode) JSON.readTree(file.toFile());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        BYTE_LEVEL,
        "{\"type\": \"Sequence\", \"processors\": []}",
        "{\"type\": \"Sequence\", \"processors\": [" + BYTE_LEVEL + "]}"
      })
  void withoutATemplateTheEndTokenFollowsTheText(String postProcessor) throws IOException {
    tokenizer(postProcessor);
    assertThat(append().changed()).isTrue();
    assertThat(ids("ab", 10)).containsExactly('a' + 2, 'b' + 2, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BEGIN_TEMPLATE,
        "{\"type\": \"Sequence\", \"processors\": [" + BYTE_LEVEL + ", " + BEGIN_TEMPLATE + "]}"
      })
  void aTemplateWithABeginTokenKeepsIt(String postProcessor) throws IOException {
    tokenizer(postProcessor);
    append();
    assertThat(ids("ab", 10)).containsExactly(0, 'a' + 2, 'b' + 2, 1);
    assertThat(json(written).findValuesAsText("type"))
        .filteredOn("TemplateProcessing"::equals)
        .hasSize(1);
  }

  @Test
  void otherPostProcessorsStayInFrontOfTheTemplate() throws IOException {
    tokenizer(BYTE_LEVEL);
    append();
    assertThat(json(written).at("/post_processor/processors/0"))
        .isEqualTo(JSON.readTree(BYTE_LEVEL));
  }

  @Test
  void bothTextsOfAPairAreEnded() throws IOException {
    tokenizer(BEGIN_TEMPLATE);
    append();
    var pair = json(written).at("/post_processor/pair");
    assertThat(pair.findValuesAsText("id"))
        .containsExactly("<|pad|>", "A", "<|endoftext|>", "<|pad|>", "B", "<|endoftext|>");
    assertThat(pair.get(5).at("/SpecialToken/type_id").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", BYTE_LEVEL, BEGIN_TEMPLATE})
  void cuttingKeepsTheEndToken(String postProcessor) throws IOException {
    tokenizer(postProcessor);
    append();
    assertThat(ids("abcdefgh", 4)).hasSize(4).endsWith(1);
  }

  @Test
  void aTokenizerThatAppendsATokenIsCopied() throws IOException {
    var tokenizer = bytes();
    tokenizer.set("post_processor", JSON.readTree(BERT_TEMPLATE));
    tokenizer
        .withArray("added_tokens")
        .add(new SpecialToken("[CLS]", 300).entry())
        .add(new SpecialToken("[SEP]", 301).entry());
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
    assertThat(append())
        .isEqualTo(new AppendedEndToken(written, new SpecialToken("[SEP]", 301), Optional.empty()));
    assertThat(written).hasSameBinaryContentAs(folder.resolve("tokenizer.json"));
  }

  @Test
  void aTemplateOfATokenThatDoesNotExistIsRefused() throws IOException {
    tokenizer(BERT_TEMPLATE);
    assertThatThrownBy(this::append)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("appends the id 301");
  }

  @Test
  void appendingAgainChangesNothing() throws IOException {
    tokenizer(BYTE_LEVEL);
    written = folder.resolve("tokenizer.json");
    assertThat(append().changed()).isTrue();
    var once = Files.readAllBytes(written);
    assertThat(append().changed()).isFalse();
    assertThat(written).hasBinaryContent(once);
    assertThat(ids("ab", 10)).containsExactly('a' + 2, 'b' + 2, 1);
  }

  @Test
  void theOriginalIsLeftAsItIs() throws IOException {
    tokenizer(BYTE_LEVEL);
    var before = Files.readAllBytes(folder.resolve("tokenizer.json"));
    append();
    assertThat(folder.resolve("tokenizer.json")).hasBinaryContent(before);
  }

  @Test
  void aTokenOfTheVocabularyAloneBecomesASpecialOne() throws IOException {
    tokenizer("null");
    var tokenizer = json(folder.resolve("tokenizer.json"));
    tokenizer.withArray("added_tokens").remove(1);
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
    append();
    assertThat(ids("ab", 10)).containsExactly('a' + 2, 'b' + 2, 1);
    try (var changed = Tokenizer.load(written)) {
      assertThat(changed.decode(new int[] {'a' + 2, 1})).isEqualTo("a");
    }
  }

  @Test
  void anAddedTokenThatIsNotSpecialBecomesOne() throws IOException {
    tokenizer("null");
    var tokenizer = json(folder.resolve("tokenizer.json"));
    ((ObjectNode) tokenizer.at("/added_tokens/1")).put("special", false);
    JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
    append();
    assertThat(json(written).at("/added_tokens/1/special").asBoolean()).isTrue();
    assertThat(json(written).at("/added_tokens")).hasSize(2);
  }

  @Test
  void aUnigramVocabularyIsReadByPosition() throws IOException {
    write("tokenizer.json", """
        {"version": "1.0", "added_tokens": [],
         "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
         "post_processor": null,
         "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["a", -1.25], ["▁", -2.0], ["</s>", 0.0]],
                   "byte_fallback": false}}
        """);
    write("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");
    append();
    assertThat(ids("aa", 10)).containsExactly(2, 1, 1, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"eos_token\": \"<|pad|>\"}",
        "{\"eos_token\": {\"__type\": \"AddedToken\", \"content\": \"<|pad|>\", \"lstrip\": false}}"
      })
  void theTokenizersConfigurationNamesTheToken(String configuration) throws IOException {
    tokenizer("null");
    write("tokenizer_config.json", configuration);
    write("config.json", "{\"eos_token_id\": 1}");
    assertThat(append().token()).isEqualTo(new SpecialToken("<|pad|>", 0));
    assertThat(ids("a", 10)).containsExactly('a' + 2, 0);
  }

  @Test
  void theModelsConfigurationComesNext() throws IOException {
    tokenizer("null");
    write("tokenizer_config.json", "{\"eos_token\": null}");
    write("generation_config.json", "{\"eos_token_id\": [0, 1]}");
    write("special_tokens_map.json", "{\"eos_token\": \"a\"}");
    assertThat(append().token()).isEqualTo(new SpecialToken("<|pad|>", 0));
    write("config.json", "{\"eos_token_id\": 1}");
    assertThat(append().token()).isEqualTo(new SpecialToken("<|endoftext|>", 1));
  }

  @Test
  void theMapOfSpecialTokensIsTheLastResort() throws IOException {
    tokenizer("null");
    Files.delete(folder.resolve("tokenizer_config.json"));
    write("special_tokens_map.json", "{\"eos_token\": {\"content\": \"<|endoftext|>\"}}");
    var appended = append();
    assertThat(appended.token()).isEqualTo(new SpecialToken("<|endoftext|>", 1));
    assertThat(appended.toString())
        .contains("<|endoftext|> (id 1)", "special_tokens_map.json: eos_token");
  }

  @Test
  void withoutANamedTokenItIsSaidWhereToPutIt() throws IOException {
    tokenizer("null");
    write("tokenizer_config.json", "{}");
    assertThatThrownBy(this::append)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("\"eos_token\"")
        .hasMessageContaining("tokenizer_config.json");
    assertThat(written).doesNotExist();
  }

  @Test
  void aTokenThatTheTokenizerLacksIsRefused() throws IOException {
    tokenizer("null");
    for (var wrong : List.of("\"</s>\"", "7", "{\"lstrip\": true}")) {
      write("tokenizer_config.json", "{\"eos_token\": " + wrong + "}");
      assertThatThrownBy(this::append)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("tokenizer_config.json: eos_token");
    }
    write("tokenizer_config.json", "{}");
    for (var wrong : List.of("258", "[]", "\"<|endoftext|>\"")) {
      write("config.json", "{\"eos_token_id\": " + wrong + "}");
      assertThatThrownBy(this::append)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("config.json: eos_token_id");
    }
  }
}
