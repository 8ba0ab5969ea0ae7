package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;

class TokenizerTest {
  @TempDir
  Path folder;

  /** 258 ids: padding, end and the 256 bytes. */
  private Tokenizer bytes() {
    var file = folder.resolve("tokenizer.json");
    new BytePairTrainer(258).train(new WordCounts(false)).write(file);
    return Tokenizer.load(file);
  }

  @Test
  void theEndTokenIsAppended() {
    try (var tokenizer = bytes()) {
      assertThat(tokenizer.encode("ab", 10)).containsExactly('a' + 2, 'b' + 2, 1);
    }
  }

  @Test
  void cuttingKeepsTheEndToken() {
    try (var tokenizer = bytes()) {
      assertThat(tokenizer.encode("abcdef", 4)).containsExactly('a' + 2, 'b' + 2, 'c' + 2, 1);
      assertThat(tokenizer.encode("abc", 4)).containsExactly('a' + 2, 'b' + 2, 'c' + 2, 1);
    }
  }

  @Test
  void aLengthWithoutRoomIsRefused() {
    try (var tokenizer = bytes()) {
      assertThatThrownBy(() -> tokenizer.encode("abc", 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void cuttingKeepsTokensOnBothSides() throws IOException {
    // BERT's form: [CLS] text [SEP].
    var file = Files.writeString(folder.resolve("bert.json"), """
        {"version": "1.0", "added_tokens": [
          {"id": 1, "content": "[CLS]", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false},
          {"id": 7, "content": "[SEP]", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}],
         "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0},
         "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0,
                     "pad_token": "[PAD]"},
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                      {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                              "[SEP]": {"id": "[SEP]", "ids": [7], "tokens": ["[SEP]"]}}},
         "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[PAD]": 0, "[UNK]": 2, "a": 3, "b": 4, "c": 5}}}
        """);
    try (var tokenizer = Tokenizer.load(file)) {
      // The file's own truncation and padding are left aside.
      assertThat(tokenizer.encode("a b c", 9)).containsExactly(1, 3, 4, 5, 7);
      assertThat(tokenizer.encode("a b c", 4)).containsExactly(1, 3, 4, 7);
      assertThat(tokenizer.vocabularySize()).isEqualTo(8);
      assertThat(tokenizer.appendedToken()).contains(7);
    }
  }

  @Test
  void aTokenBeforeTheTextIsNoneBehindIt() throws IOException {
    var file = Files.writeString(folder.resolve("begin.json"), """
        {"added_tokens": [
          {"id": 1, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}],
         "pre_tokenizer": {"type": "WhitespaceSplit"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
         "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[UNK]": 0}}}
        """);
    try (var tokenizer = Tokenizer.load(file)) {
      assertThat(tokenizer.appendedToken()).isEmpty();
    }
  }

  @Test
  void halfASurrogatePairBecomesAReplacementCharacterAndTheRestStays() {
    try (var tokenizer = bytes()) {
      assertThat(tokenizer.decode(tokenizer.encode("\uD83D\uDE42 cat \uD83D", 64)))
          .isEqualTo("\uD83D\uDE42 cat \uFFFD");
      assertThat(tokenizer.encode("a\uDE42\uD83Db", 64))
          .isEqualTo(tokenizer.encode("a\uFFFD\uFFFDb", 64));
    }
    assertThat(new WordCounts(false).words("a \uD83D")).containsExactly("a", " \uFFFD");
    assertThat(Tokenizer.wellFormed("\uD83D\uDE42")).isEqualTo("\uD83D\uDE42");
  }

  @Test
  void theFirstTokensOfAVeryLongTextAreThoseOfItsBeginning() {
    try (var tokenizer = bytes()) {
      var words = "word \uD83D\uDE42 ".repeat(2_000_000);
      assertThat(tokenizer.encode(words, 512))
          .isEqualTo(tokenizer.encode(words.substring(0, 10_000), 512));
      var letters = "x".repeat(20_000_000);
      assertThat(tokenizer.encode(letters, 512))
          .isEqualTo(tokenizer.encode(letters.substring(0, 1000), 512));
    }
  }

  @Test
  void manyThreadsMayEncode() {
    try (var tokenizer = bytes()) {
      var texts = IntStream.range(0, 2000).mapToObj(i -> "text number " + i).toList();
      var together =
          texts.parallelStream().map(text -> tokenizer.encode(text, 64)).toArray(int[][]::new);
      assertThat(together).isEqualTo(tokenizer.encode(texts, 64));
    }
  }

  @Test
  void knowsItsFile() throws IOException {
    try (var tokenizer = bytes()) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(258);
      assertThat(tokenizer.fingerprint())
          .isEqualTo(Sha256.of(Files.readAllBytes(tokenizer.file())))
          .hasSize(64);
    }
  }

  @Test
  void badFilesAreNamed() throws IOException {
    var missing = folder.resolve("missing.json");
    assertThatThrownBy(() -> Tokenizer.load(missing))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing.json");
    for (var content : List.of(
        "{",
        "{}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"b c\"]}}")) {
      var broken = Files.writeString(folder.resolve("broken.json"), content);
      assertThatThrownBy(() -> Tokenizer.load(broken))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("broken.json");
    }
  }
}
