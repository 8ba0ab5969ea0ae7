package org.tdro.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.DataException;

class RetrieverTest {
  private static final List<String> TEXTS = List.of("a", "some longer text", "日本");

  @TempDir
  Path folder;

  @Test
  void whatWasSavedLoadsWithTheSameBits() {
    var saved = SmallRetriever.write(folder.resolve("run/model"), SmallRetriever.mini());
    float[] expected;
    try (var model = new EncoderModel(SmallRetriever.mini(), 7);
        var retriever = Retriever.load(saved.path())) {
      var ids = retriever.tokenize(TextKind.QUERY, "", TEXTS);
      expected = TokenEncoding.DEFAULT.encode(model, ids, 0, 32).values();
    }
    try (var retriever = Retriever.load(folder.resolve("run"))) {
      assertThat(retriever.settings().spec()).isEqualTo(SmallRetriever.mini());
      var ids = retriever.tokenize(TextKind.QUERY, "", TEXTS);
      assertThat(retriever.encode(TextKind.QUERY, ids).values()).containsExactly(expected);
    }
  }

  @Test
  void promptsGoAroundTheTextsOfTheirTask() {
    SmallRetriever.write(folder.resolve("model"), SmallRetriever.staticOf(258));
    try (var retriever = Retriever.load(folder.resolve("model"))) {
      assertThat(retriever.tokenize(TextKind.QUERY, "trivia", "x"))
          .isEqualTo(retriever.tokenize(TextKind.QUERY, "", "find: x"));
      assertThat(retriever.tokenize(TextKind.PASSAGE, "trivia", "x"))
          .isEqualTo(retriever.tokenize(TextKind.PASSAGE, "", "x"));
    }
  }

  @Test
  void aTokenizerWithMoreIdsThanTheModelIsRefused() {
    SmallRetriever.write(folder.resolve("model"), SmallRetriever.staticOf(257));
    assertThatThrownBy(() -> Retriever.load(folder.resolve("model")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "tokenizer.json has 258 token ids, but the model only 257 embeddings");
  }

  @Test
  void idsBeyondTheVocabularyAreRefused() {
    SmallRetriever.write(folder.resolve("model"), SmallRetriever.staticOf(258));
    try (var retriever = Retriever.load(folder.resolve("model"))) {
      assertThatThrownBy(() -> retriever.encode(TextKind.QUERY, new int[][] {{1}, {2, 258}}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("text 2 has token id 258; the model's ids are 0 to 257");
    }
  }

  @Test
  void aFolderWithoutARetrieverIsNamed() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    assertThatThrownBy(() -> Retriever.load(folder.resolve("run")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("run holds no trained retriever");
  }
}
