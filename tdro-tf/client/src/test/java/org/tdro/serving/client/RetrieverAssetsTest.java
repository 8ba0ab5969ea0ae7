package org.tdro.serving.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;

class RetrieverAssetsTest {
  private static final String HASH = "abcdefab".repeat(8);

  @TempDir
  Path folder;

  private static RetrieverAssets assets() {
    return new RetrieverAssets(
        "retriever",
        32,
        64,
        12,
        "mean",
        true,
        Similarity.COSINE,
        new Prompts(Map.of("trivia", new PromptTemplate("find: {text}")), Map.of()),
        HASH,
        IdType.INT64,
        8);
  }

  private Path file() {
    return folder.resolve("assets/retriever.json");
  }

  @Test
  void whatWasWrittenIsRead() {
    assets().write(folder);
    assertThat(RetrieverAssets.read(folder)).isEqualTo(assets());
  }

  @Test
  void theFileHasTheDocumentedForm() throws IOException {
    assets().write(folder);
    var expected = new JsonMapper().readTree("""
            {"name": "retriever", "query_length": 32, "passage_length": 64, "dimension": 12, "pooling": "mean",
             "normalize": true, "similarity": "cosine",
             "prompts": {"queries": {"trivia": "find: {text}"}, "passages": {}},
             "tokenizer_sha256": "%s", "id_type": "int64", "pad_multiple": 8}
            """.formatted(HASH));
    assertThat(new JsonMapper().readTree(file().toFile())).isEqualTo(expected);
  }

  @Test
  void promptsAndLengthsAreThoseOfTheKindOfText() {
    assertThat(assets().prompts().of(TextKind.QUERY, "trivia").apply("x")).isEqualTo("find: x");
    assertThat(assets().prompts().of(TextKind.PASSAGE, "trivia").apply("x")).isEqualTo("x");
    assertThat(assets().prompts().of(TextKind.QUERY, "other").apply("x")).isEqualTo("x");
    assertThat(assets().maxLength(TextKind.QUERY)).isEqualTo(32);
    assertThat(assets().maxLength(TextKind.PASSAGE)).isEqualTo(64);
  }

  @Test
  void aMissingTokenizerIsNoError() throws IOException {
    assertThat(RetrieverAssets.tokenizer(folder)).isEmpty();
    Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve("assets/tokenizer.json"), "{}");
    assertThat(RetrieverAssets.tokenizer(folder)).hasValue(folder.resolve("assets/tokenizer.json"));
  }

  @Test
  void errorsNameTheFileAndTheKey() throws IOException {
    assertThatThrownBy(() -> RetrieverAssets.read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("assets/retriever.json is not there")
        .hasMessageContaining("tdro export");
    assets().write(folder);
    var text = Files.readString(file());
    Files.writeString(file(), text.replace("\"dimension\"", "\"size\""));
    assertThatThrownBy(() -> RetrieverAssets.read(folder))
        .hasMessageContaining("assets/retriever.json: ")
        .hasMessageContaining("dimension");
    Files.writeString(file(), text.replace("find: {text}", "find"));
    assertThatThrownBy(() -> RetrieverAssets.read(folder))
        .hasMessageContaining("a prompt must hold {text} exactly once");
    Files.writeString(file(), text.replace("12", "0").replace("\"cosine\"", "\"dot\""));
    assertThatThrownBy(() -> RetrieverAssets.read(folder))
        .hasMessageContaining("dimension must be at least 1, was 0; similarity is cosine where");
  }

  /** A client needs no TensorFlow. */
  @Test
  void aProcessWithoutTensorFlowReadsIt() throws Exception {
    assets().write(folder);
    var classpath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("tensorflow"))
        .collect(Collectors.joining(File.pathSeparator));
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classpath,
            AssetsReader.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .start();
    try (var out = process.inputReader()) {
      assertThat(out.lines().toList()).containsExactly("retriever 12 find: x");
    }
    assertThat(process.waitFor()).isZero();
  }

  /** A client that has no TensorFlow. */
  static final class AssetsReader {
    private AssetsReader() {}

    @SuppressWarnings("SystemOut") // the answer of this process
    public static void main(String[] arguments) {
      var assets = RetrieverAssets.read(Path.of(arguments[0]));
      System.out.println(assets.name() + " " + assets.dimension() + " "
          + assets.prompts().of(TextKind.QUERY, "trivia").apply("x"));
    }
  }
}
