package org.tdro.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {
  @TempDir
  Path folder;

  @Test
  void withoutPromptsTextsStayAsTheyAre() {
    assertThat(Prompts.none().of(TextKind.QUERY, "any").apply("text {text}"))
        .isEqualTo("text {text}");
  }

  @Test
  void tasksStandBeforeQueries() {
    assertThat(PromptTemplate.instruct("Find the article").apply("x"))
        .isEqualTo("Instruct: Find the article\nQuery: x");
  }

  @Test
  void onlySymmetricTasksPromptPassages() throws IOException {
    var file = Files.writeString(
        folder.resolve("prompts.json"),
        "{\"a\": {\"task\": \"Find\"}, \"b\": {\"task\": \"Match\", \"symmetric\": true}}");
    var prompts = Prompts.load(file);
    assertThat(prompts.of(TextKind.QUERY, "a").apply("x")).isEqualTo("Instruct: Find\nQuery: x");
    assertThat(prompts.of(TextKind.PASSAGE, "a")).isEqualTo(PromptTemplate.IDENTITY);
    assertThat(prompts.of(TextKind.PASSAGE, "b").apply("x")).isEqualTo("Instruct: Match\nQuery: x");
  }

  @Test
  void badFilesAreNamed() throws IOException {
    var file = Files.writeString(
        folder.resolve("prompts.json"), "{\"a\": {\"task\": \"Find\", \"symetric\": true}}");
    assertThatThrownBy(() -> Prompts.load(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prompts.json")
        .hasMessageContaining("symetric");
  }

  @Test
  void aTemplateNeedsItsTextOnce() {
    assertThatThrownBy(() -> new PromptTemplate("Query:"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PromptTemplate("{text}{text}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
