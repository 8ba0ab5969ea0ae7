package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
