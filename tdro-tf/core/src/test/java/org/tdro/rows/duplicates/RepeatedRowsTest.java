package org.tdro.rows.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;

class RepeatedRowsTest {
  @TempDir
  private Path folder;

  private final TreeMap<String, Path> files = new TreeMap<>();

  private void domain(String name, String... rows) {
    var lines = new String[rows.length];
    for (int i = 0; i < rows.length; i++) {
      var texts = rows[i].split(" > ", 2);
      lines[i] = """
          {"query_id": "%d", "query": "%s", "positive_passages": [{"docid": "d", "text": "%s"}]}""".formatted(i, texts[0], texts[1]);
    }
    files.put(name, ImportedRows.write(folder.resolve(name + ".jsonl"), lines));
  }

  private RepeatedRows of(String name) {
    return RepeatedRows.of(files, 2).get(name);
  }

  @Test
  void caseAndPunctuationMakeNoDifference() {
    domain("one", "Who is it? > It is  I.", "who is it > it's me", "WHO IS IT > it is i");
    assertThat(of("one").copies()).isEqualTo(1);
    assertThat(of("one").copyShare()).isEqualTo(1 / 3.0);
  }

  @Test
  void aQueryWithAnotherPositiveIsNoCopy() {
    domain("one", "a > b", "a > c", "d > b");
    assertThat(of("one").copies()).isZero();
  }

  @Test
  void textsWithoutLettersAreComparedAsTheyAre() {
    domain("one", "?? > x", "!! > x");
    assertThat(of("one").copies()).isZero();
  }

  @Test
  void rowsThatShareATextWithAnotherDomainAreCounted() {
    domain("one", "a > b", "c > d", "e > f");
    domain("two", "A > g", "h > D!", "f > e");
    domain("three", "i > j");
    assertThat(of("one").overlaps()).containsOnly(Map.entry("two", 2L));
    assertThat(of("three").overlaps()).isEmpty();
  }
}
