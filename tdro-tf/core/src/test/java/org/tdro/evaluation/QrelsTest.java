package org.tdro.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

class QrelsTest {
  @TempDir
  private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void readsTrec() throws IOException {
    var qrels = Qrels.read(file("qrels.txt", "q1 0 d1 2\nq1  0\td2 0\r\n\nq2 0 d1 -1\n"));
    assertThat(qrels.queries()).containsExactly("q1", "q2");
    assertThat(qrels.of("q1")).isEqualTo(Map.of("d1", 2, "d2", 0));
    assertThat(qrels.of("q2")).isEqualTo(Map.of("d1", -1));
    assertThat(qrels.of("q3")).isEmpty();
  }

  @Test
  void readsBeirByItsHeader() throws IOException {
    var qrels = Qrels.read(file("test.tsv", "\uFEFFquery-id\tcorpus-id\tscore\nq one\td 1\t1\n"));
    assertThat(qrels.of("q one")).isEqualTo(Map.of("d 1", 1));
  }

  @Test
  void readsGzip() throws IOException {
    var file = folder.resolve("qrels.txt.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("q 0 d 1\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Qrels.read(file).of("q")).isEqualTo(Map.of("d", 1));
  }

  @Test
  void namesFileAndLineOfAllProblems() throws IOException {
    var file = file("qrels.txt", "q 0 d 1\nq 0 e\nq 0 f high\nq 0 d 0\n");
    assertThatThrownBy(() -> Qrels.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(String.join(
            "\n",
            file
                + ":2: expected 'query 0 document relevance' (or BEIR's header in line 1), found 3 fields",
            file + ":3: relevance must be an integer, was 'high'",
            file + ":4: document 'd' is judged twice for query 'q'"));
  }

  @Test
  void wordsTwentyProblemsAndCountsTheRest() throws IOException {
    var file = file("qrels.txt", "broken\n".repeat(50));
    assertThatThrownBy(() -> Qrels.read(file))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> assertThat(e.problems()).hasSize(21).endsWith("and 30 more"));
  }

  @Test
  void malformedBytesHaveALine() throws IOException {
    var file = folder.resolve("qrels.txt");
    Files.write(file, new byte[] {'q', ' ', '0', ' ', 'd', ' ', '1', '\n', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> Qrels.read(file)).hasMessage(file + ":2: " + TextLines.NOT_UTF_8);
  }

  @Test
  void anEmptyFileIsAnError() throws IOException {
    var file = file("qrels.txt", "");
    assertThatThrownBy(() -> Qrels.read(file)).hasMessage(file + ": has no judgements");
  }

  @Test
  void aMissingFileIsAnError() {
    var file = folder.resolve("none");
    assertThatThrownBy(() -> Qrels.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": there is no such file");
  }
}
