package org.tdro.evaluation.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;

class TrecMarkupTest {
  private static final String ONE = "<DOC><DOCNO>d1</DOCNO><TEXT>apple pie</TEXT></DOC>";
  private static final String TWO = "<DOC><DOCNO>d2</DOCNO><TEXT>banana split</TEXT></DOC>";

  @TempDir
  private Path folder;

  private List<String> ids(String content) throws IOException {
    var file = Files.writeString(folder.resolve("docs.trec"), content);
    var ids = new ArrayList<String>();
    try (var texts = TrecMarkup.DOCUMENTS.open(file)) {
      for (var text = texts.next(); text != null; text = texts.next()) {
        ids.add(text.id());
      }
    }
    return ids;
  }

  @Test
  void elementsMayTakeOneLineOrMany() throws IOException {
    assertThat(ids("<root>\n" + ONE + "\n<DOC>\n<DOCNO>d2</DOCNO>\nbanana\n</DOC>\n</root>\n"))
        .containsExactly("d1", "d2");
  }

  /** Read otherwise, they would be lost, or be part of another document. */
  @ParameterizedTest
  @ValueSource(
      strings = {ONE + " " + TWO, "<root>" + ONE + "\n" + TWO, "text " + ONE, ONE + " text"})
  void elementsThatShareALineAreRefused(String content) {
    assertThatThrownBy(() -> ids(content))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("docs.trec:1: ");
  }
}
