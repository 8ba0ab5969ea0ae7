package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.data.TokenMatrix;
import org.tdro.io.InputException;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;

class RetrieverTest {
  private static final List<String> TEXTS = List.of("a", "some longer text", "日本");

  @TempDir
  Path folder;

  @Test
  void whatWasSavedLoadsWithTheSameBits() {
    var saved = SmallRetriever.write(folder.resolve("run/model"), SmallRetriever.mini());
    float[] expected;
    try (var model = new EncoderModel(SmallRetriever.mini(), 7);
        var retriever = StoredRetrievers.load(saved.path())) {
      var ids = retriever.tokenize(TextKind.QUERY, "", TEXTS);
      expected =
          TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, ids, 0, 32).values();
    }
    try (var retriever = StoredRetrievers.load(folder.resolve("run"))) {
      assertThat(retriever.settings().spec()).isEqualTo(SmallRetriever.mini());
      var ids = retriever.tokenize(TextKind.QUERY, "", TEXTS);
      assertThat(retriever.encode(TextKind.QUERY, ids).values()).containsExactly(expected);
    }
  }

  /** Numbers of rows around the eight that a vector of the processor holds. */
  @ParameterizedTest
  @ValueSource(ints = {7, 8, 37})
  void equalRowsHaveTheSameLength(int rows) {
    try (var model = new EncoderModel(SmallRetriever.staticOf(258), 7)) {
      var ids = new int[rows][];
      Arrays.fill(ids, new int[] {5, 9, 20, 31, 7});
      var embeddings = model.embed(TextKind.QUERY, TokenMatrix.pad(ids, 0, 1, 32));
      int size = model.spec().dimension();
      for (int row = 1; row < rows; row++) {
        assertThat(Arrays.copyOfRange(embeddings, row * size, (row + 1) * size))
            .as("row %d", row)
            .containsExactly(Arrays.copyOf(embeddings, size));
      }
    }
  }

  /** The first components, divided by their length, computed from whole embeddings in doubles. */
  @Test
  void cutEmbeddingsAreNormalisedAgain() {
    var saved = SmallRetriever.write(folder.resolve("model"), SmallRetriever.mini());
    try (var whole = StoredRetrievers.load(saved.path());
        var cut = cut(saved, 5)) {
      var ids = whole.tokenize(TextKind.QUERY, "", TEXTS);
      var embeddings = cut.encode(TextKind.QUERY, ids);
      assertThat(embeddings.dimension()).isEqualTo(5);
      for (int row = 0; row < ids.length; row++) {
        var first = Arrays.copyOf(whole.encode(TextKind.QUERY, ids).row(row), 5);
        double squares = 0;
        for (float x : first) {
          squares += x * x;
        }
        for (int i = 0; i < first.length; i++) {
          first[i] = (float) (first[i] / Math.sqrt(squares));
        }
        assertThat(embeddings.row(row)).usingComparatorWithPrecision(1e-6f).containsExactly(first);
      }
    }
  }

  @Test
  void embeddingsThatAreNotNormalisedAreOnlyCut() {
    var mini = SmallRetriever.mini();
    var spec = new RetrieverSpec(mini.architecture(), mini.pooling(), 0, false);
    var saved = SmallRetriever.write(folder.resolve("model"), spec);
    try (var whole = StoredRetrievers.load(saved.path());
        var cut = cut(saved, 3)) {
      var ids = new int[][] {{5, 9, 20}};
      assertThat(cut.encode(TextKind.QUERY, ids).values())
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(Arrays.copyOf(whole.encode(TextKind.QUERY, ids).values(), 3));
    }
  }

  @Test
  void noMoreComponentsThanThereAreCanBeKept() {
    var saved = SmallRetriever.write(folder.resolve("model"), SmallRetriever.mini());
    for (int size : new int[] {0, 13}) {
      assertThatThrownBy(() -> cut(saved, size))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("dimension must be from 1 to 12, was " + size);
    }
  }

  @Test
  void settingsThatSayNothingOfSizesAreOfWholeEmbeddings() throws Exception {
    var saved = SmallRetriever.write(folder.resolve("model"), SmallRetriever.mini());
    var json = new com.fasterxml.jackson.databind.json.JsonMapper();
    var settings = (ObjectNode) json.readTree(saved.settingsFile().toFile());
    settings.remove("matryoshkaDimensions");
    ((ObjectNode) settings.get("spec")).remove("dimension");
    json.writeValue(saved.settingsFile().toFile(), settings);
    assertThat(saved.settings().spec()).isEqualTo(SmallRetriever.mini());
    assertThat(saved.settings().trainedDimensions()).containsExactly(12);
  }

  @Test
  void promptsGoAroundTheTextsOfTheirTask() {
    SmallRetriever.write(folder.resolve("model"), SmallRetriever.staticOf(258));
    try (var retriever = StoredRetrievers.load(folder.resolve("model"))) {
      assertThat(retriever.tokenize(TextKind.QUERY, "trivia", "x"))
          .isEqualTo(retriever.tokenize(TextKind.QUERY, "", "find: x"));
      assertThat(retriever.tokenize(TextKind.PASSAGE, "trivia", "x"))
          .isEqualTo(retriever.tokenize(TextKind.PASSAGE, "", "x"));
    }
  }

  @Test
  void aTokenizerWithMoreIdsThanTheModelIsRefused() {
    SmallRetriever.write(folder.resolve("model"), SmallRetriever.staticOf(257));
    assertThatThrownBy(() -> StoredRetrievers.load(folder.resolve("model")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "tokenizer.json has 258 token ids, but the model only 257 embeddings");
  }

  @Test
  void idsBeyondTheVocabularyAreRefused() {
    SmallRetriever.write(folder.resolve("model"), SmallRetriever.staticOf(258));
    try (var retriever = StoredRetrievers.load(folder.resolve("model"))) {
      assertThatThrownBy(() -> retriever.encode(TextKind.QUERY, new int[][] {{1}, {2, 258}}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("text 2 has token id 258; the model's ids are 0 to 257");
    }
  }

  @Test
  void aFolderWithoutARetrieverIsNamed() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    assertThatThrownBy(() -> StoredRetrievers.load(folder.resolve("run")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("run does not hold a retriever: it is neither a run that has ended");
  }

  private static Retriever cut(RetrieverFolder saved, int dimension) {
    return Retriever.load(saved, saved.settings().cut(dimension), ConfigProto.getDefaultInstance());
  }
}
