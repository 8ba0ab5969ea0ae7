package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;

class CorpusFileTest {
  @TempDir
  private Path folder;

  private CorpusFile write(String... lines) throws IOException {
    return CorpusFile.of(Files.write(folder.resolve("corpus.jsonl"), List.of(lines)));
  }

  @Test
  void idsHaveAnyOfTheirNames() throws IOException {
    var corpus = write(
        "{\"_id\": \"a b\", \"title\": \"t\", \"text\": \"x\"}",
        "{\"docid\": 7, \"text\": \"y\"}",
        "",
        "{\"id\": \"c\", \"title\": null, \"text\": \"\"}");
    try (var documents = corpus.documents()) {
      assertThat(documents)
          .containsExactly(
              new Passage("a b", "t", "x"), new Passage("7", "", "y"), new Passage("c", "", ""));
    }
    assertThat(corpus.check().size()).isEqualTo(3);
    assertThat(CorpusFile.of(folder)).isEqualTo(corpus);
  }

  @Test
  void allProblemsAreNamedWithTheirLines() throws IOException {
    var corpus = write(
        "{\"_id\": \"a\", \"text\": \"x\"}",
        "{\"text\": \"x\"}",
        "{\"_id\": \"b\"}",
        "{\"_id\": [1], \"text\": \"x\"}",
        "{\"_id\": \"a\", \"text\": \"x\"}",
        "{\"_id\": \"c\", \"text\": 3}",
        "no JSON");
    assertThatThrownBy(corpus::check)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            ":2: has no id: expected _id or docid or id",
            ":3: has no text",
            ":4: _id is a list, expected a string or a whole number",
            ":5: id 'a' was there before",
            ":6: text is a number, expected a string",
            ":7: ");
  }

  @Test
  void aFolderWithoutACorpusIsRefused() {
    assertThatThrownBy(() -> CorpusFile.of(folder))
        .hasMessage(folder + ": this folder has no corpus.jsonl[.gz]; name a file of documents");
    assertThatThrownBy(() -> CorpusFile.of(folder.resolve("none")))
        .hasMessage(folder.resolve("none") + ": there is no such file or folder");
  }

  @Test
  void queriesHaveAnyOfTheirNames() throws IOException {
    var file = Files.writeString(
        folder.resolve("queries.jsonl"),
        "{\"_id\": \"a\", \"text\": \"x\"}\n{\"query_id\": 2, \"query\": \"y\"}\n");
    assertThat(new QueryFile(file).read())
        .containsExactly(new Query("a", "x"), new Query("2", "y"));
    Files.writeString(file, "{\"_id\": \"a\"}\n{\"text\": \"y\"}\n");
    assertThatThrownBy(() -> new QueryFile(file).read())
        .hasMessageContainingAll(
            ":1: has no text or query that is a string",
            ":2: has no _id or query_id or id that is a string");
    Files.writeString(file, "\n");
    assertThatThrownBy(() -> new QueryFile(file).read()).hasMessage(file + ": holds no queries");
  }
}
