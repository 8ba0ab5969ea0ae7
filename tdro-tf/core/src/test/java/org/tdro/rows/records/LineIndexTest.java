package org.tdro.rows.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

class LineIndexTest {
  @TempDir
  Path folder;

  private Path write(String name, String content) throws IOException {
    var file = folder.resolve(name);
    try (var out = TextLines.writer(file, file)) {
      out.write(content);
    }
    return file;
  }

  private static String key(TextLines.Line line) {
    if (line.text().indexOf('\t') < 0) {
      throw new InputException(line.place() + ": has no tab");
    }
    return line.text().substring(0, line.text().indexOf('\t'));
  }

  /** So many that keys of the same half of a hash are among them. */
  @Test
  void everyLineIsFoundByItsKeyAlone() throws IOException {
    int lines = 200_000;
    var text =
        IntStream.range(0, lines).mapToObj(i -> i + "\té " + i).collect(Collectors.joining("\n"));
    for (var name : new String[] {"a.tsv", "a.tsv.gz"}) {
      var file = write(name, text);
      try (var index = LineIndex.of(file, LineIndexTest::key)) {
        index.checkUnique();
        assertThat(index.size()).isEqualTo(lines);
        for (int i = 0; i < lines; i += 7) {
          assertThat(index.all(Integer.toString(i)))
              .containsExactly(new TextLines.Line(file, i + 1, i + "\té " + i));
        }
        assertThat(index.all("x")).isEmpty();
        assertThat(index.all("-1")).isEmpty();
      }
    }
  }

  @Test
  void linesOfOneKeyKeepTheirOrderWhateverStandsBetween() throws IOException {
    var file = write("a.tsv", "\uFEFFb\t1\r\n\n \na\t2\nb\t3\n\n\nb\t4");
    try (var index = LineIndex.of(file, LineIndexTest::key)) {
      assertThat(index.all("b"))
          .containsExactly(
              new TextLines.Line(file, 1, "b\t1"),
              new TextLines.Line(file, 5, "b\t3"),
              new TextLines.Line(file, 8, "b\t4"));
      assertThatThrownBy(index::checkUnique)
          .isInstanceOf(InputException.class)
          .hasMessage(file + ":5: has the id b of line 1; ids must be different\n" + file
              + ":8: has the id b of line 1; ids must be different");
    }
  }

  @Test
  void linesWithoutAKeyAreNamedWithTheirFileAndNoTemporaryOneIsLeft() throws IOException {
    var file = write("a.tsv.zst", "a\t1\nb\n");
    var temporary = Path.of(System.getProperty("java.io.tmpdir"));
    var before = count(temporary);
    assertThatThrownBy(() -> LineIndex.of(file, LineIndexTest::key))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ":2: has no tab");
    assertThat(count(temporary)).isLessThanOrEqualTo(before);
  }

  private static long count(Path temporary) throws IOException {
    try (var files = Files.newDirectoryStream(temporary, "tdro*.lines")) {
      return java.util.stream.StreamSupport.stream(files.spliterator(), false).count();
    }
  }

  @Test
  void anEmptyFileHasNoLines() throws IOException {
    try (var index = LineIndex.of(write("a.tsv", ""), LineIndexTest::key)) {
      assertThat(index.all("a")).isEmpty();
    }
  }
}
