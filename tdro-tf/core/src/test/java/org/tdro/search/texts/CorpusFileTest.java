package org.tdro.search.texts;

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
import org.tdro.search.Query;

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
            ":2: has none of _id, docid, doc_id, docno, id, pid",
            ":3: has none of text, contents, passage, body",
            ":4: its id is a list, expected a string or a whole number",
            ":5: the id 'a' was there before",
            ":6: its text is a number, expected a string",
            ":7: ");
  }

  @Test
  void aFolderWithoutACorpusIsRefused() {
    assertThatThrownBy(() -> CorpusFile.of(folder))
        .hasMessage(
            folder
                + ": this folder has no corpus.jsonl[.gz] or collection.tsv[.gz]; name a file of documents");
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
            ":1: has none of text, query, question", ":2: has none of _id, query_id, qid, id");
    Files.writeString(file, "{\"_id\": \"a\", \"text\": \" \"}\n");
    assertThatThrownBy(() -> new QueryFile(file).read())
        .hasMessage(file + ":1: the query has no text");
    Files.writeString(file, "\n");
    assertThatThrownBy(() -> new QueryFile(file).read()).hasMessage(file + ": holds no queries");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static List<Passage> documents(Path file) {
    var corpus = CorpusFile.of(file);
    corpus.check();
    try (var documents = corpus.documents()) {
      return documents.toList();
    }
  }

  @Test
  void aTableHasAHeaderOrAnIdAndAText() throws IOException {
    assertThat(documents(write("collection.tsv", "7\tfirst, \"and\n8\tsecond\n")))
        .containsExactly(new Passage("7", "", "first, \"and"), new Passage("8", "", "second"));
    assertThat(documents(write("dpr.tsv", "id\ttext\ttitle\n1\t\"a \"\"b\"\"\"\tt\n")))
        .containsExactly(new Passage("1", "t", "a \"b\""));
    assertThat(documents(write("corpus.csv", "docid,title,text\nx,t,\"a, b\"\n")))
        .containsExactly(new Passage("x", "t", "a, b"));
    assertThat(QueryFile.of(write("queries.tsv", "q1\twhat is it\n")).read())
        .containsExactly(new Query("q1", "what is it"));
    assertThat(CorpusFile.of(folder).file()).isEqualTo(folder.resolve("collection.tsv"));
    assertThatThrownBy(() -> documents(write("bad.tsv", "7\ta\n8\n9\tb\tc\n")))
        .hasMessageContainingAll(
            "bad.tsv:2: expected an id and a text separated by tabs, found 1 fields",
            "bad.tsv:3: expected an id and a text separated by tabs, found 3 fields");
  }

  @Test
  void aTableWithoutItsColumnsIsRefusedOnce() throws IOException {
    var file = write("corpus.csv", "1,alpha\n2,beta\n3,gamma\n");
    assertThatThrownBy(() -> CorpusFile.of(file).check())
        .hasMessage(
            file
                + ": needs a column _id or docid or doc_id or docno or id or pid, but its columns are 1, alpha; is there no header in its first line?");
  }

  @Test
  void emptyIdsAreRefused() throws IOException {
    var file = write("corpus.jsonl", "{\"_id\": \" \", \"text\": \"a\"}\n");
    assertThatThrownBy(() -> CorpusFile.of(file).check()).hasMessage(file + ":1: its id is empty");
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    assertThatThrownBy(() -> CorpusFile.of(write("corpus.txt", "a\n")).check())
        .hasMessageContaining("its name has none of the endings .jsonl");
    assertThatThrownBy(
            () -> CorpusFile.of(write("quotes.csv", "id,text\n1,\"a\n2,b\n")).check())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("its quotes do not match");
    assertThatThrownBy(() -> CorpusFile.of(write("empty.jsonl", "\n")).check())
        .hasMessage(folder.resolve("empty.jsonl") + ": holds no documents");
  }
}
