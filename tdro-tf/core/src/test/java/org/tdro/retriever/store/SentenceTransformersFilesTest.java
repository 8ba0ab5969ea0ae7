package org.tdro.retriever.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.io.InputException;

class SentenceTransformersFilesTest {
  private static final String IDENTITY = "torch.nn.modules.linear.Identity";

  @TempDir
  Path folder;

  private void modules(String... types) throws IOException {
    Files.writeString(
        folder.resolve("modules.json"),
        Arrays.stream(types)
            .map(type -> "{\"path\": \"the%s\", \"type\": \"sentence_transformers.models.%s\"}"
                .formatted(type, type))
            .collect(Collectors.joining(",", "[", "]")));
  }

  private void dense(String bias, String activation) throws IOException {
    Files.writeString(
        Files.createDirectories(folder.resolve("theDense")).resolve("config.json"),
        "{\"in_features\": 16, \"out_features\": 12, \"bias\": %s, \"activation_function\": \"%s\"}"
            .formatted(bias, activation));
  }

  @Test
  void aDenseModuleStandsWhereModulesSay() throws IOException {
    modules("Transformer", "Pooling", "Dense", "Normalize");
    dense("false", IDENTITY);
    var files = SentenceTransformersFiles.read(folder);
    assertThat(files.dense().orElseThrow().out()).isEqualTo(12);
    assertThat(files.normalize()).contains(true);
  }

  @ParameterizedTest
  @CsvSource({
    "true, torch.nn.modules.linear.Identity, bias is true",
    "false, torch.nn.modules.activation.Tanh, Tanh"
  })
  void aMapThatDoesMoreIsRefused(String bias, String activation, String message)
      throws IOException {
    modules("Transformer", "Pooling", "Dense");
    dense(bias, activation);
    assertThatThrownBy(() -> SentenceTransformersFiles.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void modulesInAnotherOrderAreRefused() throws IOException {
    modules("Transformer", "Pooling", "Normalize", "Dense");
    assertThatThrownBy(() -> SentenceTransformersFiles.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("modules come in the order");
  }

  @Test
  void unknownModulesAreRefused() throws IOException {
    modules("Transformer", "Pooling", "Dropout");
    assertThatThrownBy(() -> SentenceTransformersFiles.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("module Dropout is not supported");
  }
}
