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

/** A tokenizer of 258 ids: {@code <|pad|>} 0, {@code <|endoftext|>} 1, which it appends, and byte b as b + 2. */
class SpecialTokensTest {
  private static final SpecialToken PAD = new SpecialToken("<|pad|>", 0);
  private static final SpecialToken END = new SpecialToken("<|endoftext|>", 1);

  @TempDir
  Path folder;

  private Path file;
  private ObjectNode json;

  @BeforeEach
  void makeATokenizer() throws IOException {
    file = folder.resolve("tokenizer.json");
    new BytePairTrainer(258).train(new WordCounts(false)).write(file);
    json = (ObjectNode) new JsonMapper().readTree(file.toFile());
  }

  private SpecialTokens found() throws IOException {
    Files.writeString(file, json.toString());
    return SpecialTokens.of(file, folder);
  }

  @Test
  void theTokenBehindATextIsTheEndAndAUsualNameThePadding() throws IOException {
    json.remove("padding");
    assertThat(found().end()).contains(END);
    assertThat(found().padding()).contains(PAD);
  }

  @Test
  void theFolderMayNameThePadding() throws IOException {
    json.remove("padding");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"pad_token\": {\"content\": \"<|endoftext|>\"}}");
    assertThat(found().padding()).contains(END);
  }

  @Test
  void theTokenizersOwnPaddingComesFirst() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"<|endoftext|>\"}");
    json.putObject("padding")
        .put("strategy", "BatchLongest")
        .put("direction", "Right")
        .putNull("pad_to_multiple_of")
        .put("pad_id", 0)
        .put("pad_type_id", 0)
        .put("pad_token", "<|pad|>");
    assertThat(found().padding()).contains(PAD);
  }

  @Test
  void withoutAPaddingTokenTheEndTokenPads() throws IOException {
    json.remove("padding");
    ((ObjectNode) json.get("added_tokens").get(0)).put("content", "<other>");
    var text = json.toString().replace("<|pad|>", "<other>");
    json = (ObjectNode) new JsonMapper().readTree(text);
    assertThat(found().padding()).contains(END);
  }
}
