package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.testing.Shared;

class RunTest {
  @TempDir
  private Path folder;

  private static List<String> ids(Run run, String query) {
    return run.of(query).stream().map(ScoredDocument::id).toList();
  }

  @Test
  void ranksByScoreThenByIdInDescendingOrderOfBytes() throws IOException {
    // The order of golden/trec/README: zzz before aaa before B before 10; the rank column and the
    // lines' order are ignored.
    var file = Files.writeString(
        folder.resolve("run.txt"),
        "q Q0 10 1 1 t\nq Q0 B 2 1 t\nq Q0 aaa 3 1 t more\nq Q0 zzz 4 1.0 t\nq Q0 last 0 -2 t\nq Q0 first 9 1e3 t\n");
    assertThat(ids(Run.read(file), "q")).containsExactly("first", "zzz", "aaa", "B", "10", "last");
  }

  /** trec_eval 9.0.8 reads scores as floats, so these three are equal there. */
  @Test
  void scoresThatDifferBeyondSinglePrecisionTie() throws IOException {
    var file = Files.writeString(
        folder.resolve("run.txt"),
        "q Q0 a 1 0.30000001 t\nq Q0 b 2 0.3 t\nq Q0 c 3 0.300000001 t\nq Q0 d 4 0.3000001 t\nq Q0 e 5 -1e-60 t\nq Q0 f 6 1e-60 t\nq Q0 g 7 0 t\n");
    assertThat(ids(Run.read(file), "q")).containsExactly("d", "c", "b", "a", "g", "f", "e");
  }

  @Test
  void zerosAreEqualWhateverTheirSign() {
    var run =
        Run.of(Map.of("q", List.of(new ScoredDocument("a", 0.0), new ScoredDocument("b", -0.0))));
    assertThat(ids(run, "q")).containsExactly("b", "a");
  }

  @Test
  void readsBackTheSameRankingAsDoubleAndAsFloat() throws IOException {
    var random = new SplittableRandom(1);
    var documents = new ArrayList<ScoredDocument>();
    float score = 0.1f;
    for (int i = 0; i < 2000; i++) {
      // Neighbouring floats and ties: what a shorter decimal would confuse.
      score = random.nextInt(3) == 0 ? score : Math.nextUp(score);
      documents.add(new ScoredDocument("d" + i, random.nextInt(9) == 0 ? -score : score));
    }
    var run = Run.of(Map.of("q", documents));
    var file = folder.resolve("run.txt");
    run.write(file, "tag");

    assertThat(Run.read(file).of("q")).isEqualTo(run.of("q"));
    var asFloats = new ArrayList<ScoredDocument>();
    for (var line : Files.readAllLines(file)) {
      var fields = line.split(" ", -1);
      asFloats.add(new ScoredDocument(fields[2], Float.parseFloat(fields[4])));
    }
    assertThat(Run.of(Map.of("q", asFloats)).of("q")).isEqualTo(run.of("q"));
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void writesTheFormOfTrec() throws IOException {
    var file = folder.resolve("run.txt");
    Run.of(Map.of(
            "q2",
            List.of(new ScoredDocument("a", 1), new ScoredDocument("b", 2.5)),
            "q1",
            List.of()))
        .write(file, "tag");
    assertThat(file).content().isEqualTo("q2 Q0 b 1 2.5 tag\nq2 Q0 a 2 1.0 tag\n");
  }

  @Test
  void namesThatTheFormatCannotHoldAreRefused() {
    var file = folder.resolve("run.txt");
    var run = Run.of(Map.of("q 1", List.of(new ScoredDocument("d", 1))));
    assertThatThrownBy(() -> run.write(file, ""))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'q 1'")
        .hasMessageContaining("''");
    assertThat(file).doesNotExist();
  }

  @Test
  void namesFileAndLineOfAllProblems() throws IOException {
    var file = Files.writeString(
        folder.resolve("run.txt"),
        "q Q0 d 1 0.5 t\nq Q0 e 1 0.5\nq Q0 f 1 nan t\nq Q0 g 1 x t\nq Q0 d 2 0.4 t\n");
    assertThatThrownBy(() -> Run.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(String.join(
            "\n",
            file + ":2: expected 'query Q0 document rank score tag', found 5 fields",
            file + ":3: score must be a finite number, was 'nan'",
            file + ":4: score must be a finite number, was 'x'",
            file + ":5: query 'q' has document 'd' twice"));
  }

  @Test
  void aDocumentTwiceIsRefused() {
    var documents = List.of(new ScoredDocument("d", 1), new ScoredDocument("d", 2));
    assertThatThrownBy(() -> Run.of(Map.of("q", documents)))
        .hasMessage("query 'q' has document 'd' twice");
  }

  @Test
  void rewritesARealRunWithoutChange() throws IOException {
    var run = Run.read(Shared.path("golden/trec/graded_with_specials/run.txt"));
    var file = folder.resolve("run.txt");
    run.write(file, "golden");
    var again = Run.read(file);
    assertThat(again.queries()).isEqualTo(run.queries()).hasSize(13);
    assertThat(run.queries())
        .allSatisfy(query -> assertThat(again.of(query)).isEqualTo(run.of(query)));
  }
}
