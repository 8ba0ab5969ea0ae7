package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;

class TokenizerFolderTest {
  @TempDir
  Path folder;

  @Test
  void loadsTheTokenizerOfAFolder() {
    new BytePairTrainer(258).train(new WordCounts(false)).write(folder.resolve("tokenizer.json"));
    try (var tokenizer = new TokenizerFolder(folder).load()) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(258);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vocab.txt", "vocab.json", "tokenizer.model", "spiece.model"})
  void aFolderWithAnotherFormAloneIsToldHowToConvertIt(String other) throws IOException {
    Files.createFile(folder.resolve(other));
    assertThatThrownBy(() -> new TokenizerFolder(folder).load())
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder + " has " + other)
        .hasMessageContaining("save_pretrained('" + folder + "')");
  }

  /** A byte-level tokenizer appends an end token, id 1. */
  @Test
  void specialTokensCanBeLeftOut() {
    var file = folder.resolve("tokenizer.json");
    new BytePairTrainer(258).train(new WordCounts(false)).write(file);
    var without =
        new TokenizerFolder(folder).withoutSpecialTokens(folder.resolve("copy/tokenizer.json"));
    try (var original = Tokenizer.load(file);
        var changed = Tokenizer.load(without)) {
      assertThat(original.addsSpecialTokens()).isTrue();
      assertThat(changed.addsSpecialTokens()).isFalse();
      int[] ids = original.encode("a text", 100);
      assertThat(ids).endsWith(1);
      assertThat(changed.encode("a text", 100)).isEqualTo(Arrays.copyOf(ids, ids.length - 1));
      assertThat(changed.encode("", 100)).isEmpty();
      assertThat(new TokenizerFolder(without.getParent()).withoutSpecialTokens(file))
          .isEqualTo(without);
    }
  }

  private int[] textTokens(String model, String added) throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"added_tokens\": [%s], \"model\": {%s}}".formatted(added, model));
    return new TokenizerFolder(folder).textTokens();
  }

  /** A word may be spelled null; ids may have gaps. */
  @Test
  void textTokensAreNeitherSpecialNorUnknownNorFree() throws IOException {
    var added =
        "{\"id\": 0, \"content\": \"<s>\", \"special\": true}, {\"id\": 9, \"content\": \"new\", \"special\": false}, {\"id\": 10, \"content\": \"<unused3>\", \"special\": false}";
    assertThat(textTokens(
            "\"type\": \"WordPiece\", \"unk_token\": \"[UNK]\", \"vocab\": {\"[UNK]\": 7, \"the\": 4, \"<s>\": 0, \"[unused12]\": 2, \"##s\": 1}",
            added))
        .containsExactly(1, 4, 9);
    assertThat(textTokens(
            "\"type\": \"BPE\", \"unk_token\": null, \"vocab\": {\"<s>\": 0, \"null\": 1, \"a\": 2}",
            added))
        .containsExactly(1, 2, 9);
    assertThat(textTokens(
            "\"type\": \"Unigram\", \"unk_id\": 2, \"vocab\": [[\"<s>\", 0], [\"a\", -1], [\"<unk>\", 0], [\"b\", -2]]",
            added))
        .containsExactly(1, 3, 9);
  }

  @Test
  void theLengthAtWhichTextsAreCutIsReadAndWritten() throws IOException {
    var file = folder.resolve("tokenizer.json");
    new BytePairTrainer(258).train(new WordCounts(false)).write(file);
    var files = new TokenizerFolder(folder);
    assertThat(files.cutLength()).isEmpty();
    files.writeCut(file, 7);
    assertThat(files.cutLength()).hasValue(7);
    Files.writeString(file, Files.readString(file).replace("Right", "Left"));
    assertThatThrownBy(files::cutLength)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("truncation.direction is Left");
    files.writeCut(file, Integer.MAX_VALUE);
    assertThat(files.cutLength()).isEmpty();
  }

  @Test
  void anEmptyFolderAndAMissingOneAreNamed() {
    assertThatThrownBy(() -> new TokenizerFolder(folder).load())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no tokenizer.json");
    assertThatThrownBy(() -> new TokenizerFolder(folder.resolve("gone")).load())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no such folder");
  }
}
