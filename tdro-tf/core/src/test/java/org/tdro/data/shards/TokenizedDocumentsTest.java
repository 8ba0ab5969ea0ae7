package org.tdro.data.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.rows.Passage;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Tokenizer;

class TokenizedDocumentsTest {
  private static final PromptTemplate PROMPT = new PromptTemplate("passage: {text}");
  private static final List<Passage> DOCUMENTS = IntStream.range(0, 300)
      .mapToObj(i -> new Passage("d" + i, i % 2 == 0 ? "" : "title", "text " + i))
      .toList();

  @TempDir
  Path folder;

  private Tokenizer tokenizer;
  private int reads;

  @BeforeEach
  void loadTokenizer() {
    tokenizer = ImportedRows.byteTokenizer(folder);
  }

  @AfterEach
  void closeTokenizer() {
    tokenizer.close();
  }

  private TokenizedDocuments open(String content, PromptTemplate prompt, int maxLength) {
    return TokenizedDocuments.in(
        folder.resolve("cache"),
        content,
        new TokenizedDocuments.Form(tokenizer, prompt, maxLength),
        () -> {
          reads++;
          return DOCUMENTS.stream();
        });
  }

  private TokenizedDocuments open() {
    return open("a", PROMPT, 24);
  }

  private void assertRight(TokenizedDocuments documents) {
    assertThat(documents.size()).isEqualTo(300);
    assertThat(documents.ids(0, 300))
        .containsExactlyElementsOf(DOCUMENTS.stream().map(Passage::id).toList());
    assertThat(documents.tokens(100, 300))
        .isDeepEqualTo(DOCUMENTS.subList(100, 300).stream()
            .map(document -> tokenizer.encode("passage: " + document.content(), 24))
            .toArray(int[][]::new));
  }

  @Test
  void theyAreReadOnceAndKept() {
    assertRight(open());
    assertRight(open());
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void othersAreMadeForOtherDocumentsPromptsAndLengths() {
    open();
    assertThat(open("b", PROMPT, 24).size()).isEqualTo(300);
    assertThat(open("a", new PromptTemplate("{text}"), 24).tokens(0, 1)[0])
        .isEqualTo(tokenizer.encode("text 0", 24));
    assertThat(open("a", PROMPT, 5).tokens(0, 1)[0]).hasSize(5);
    assertThat(reads).isEqualTo(4);
  }

  @Test
  void aDamagedFileIsMadeAgain() throws IOException {
    open();
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      var file =
          files.filter(each -> each.toString().endsWith(".arrow")).findFirst().orElseThrow();
      Files.write(file, new byte[100]);
    }
    assertRight(open());
    assertThat(reads).isEqualTo(2);
  }
}
