package org.tdro.rows.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.data.ImportedRows;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;
import org.tdro.rows.selection.RowSample.Size;

class RowSampleTest {
  private static final int ROWS = 600;

  @TempDir
  private Path folder;

  @BeforeEach
  void write() {
    // Every id twice.
    ImportedRows.write(
        folder.resolve("rows/a.jsonl"),
        IntStream.range(0, ROWS)
            .mapToObj(i ->
                "{\"query_id\":\"q%d\",\"query\":\"%d\",\"positive_passages\":[{\"text\":\"x\"}],\"negative_passages\":[]}"
                    .formatted(i / 2, i))
            .toArray(String[]::new));
  }

  private List<String> sample(Size size, long seed) throws IOException {
    var rows = DomainRows.of(
        List.of(folder.resolve("rows")), RowOptions.RECOGNISE, skipped -> {}, 2, read -> {});
    new RowSample(size, seed).write(rows, folder.resolve("out"), counts -> counts);
    return Files.readAllLines(folder.resolve("out/a.jsonl"));
  }

  @Test
  void largerSamplesHoldSmallerOnesInTheOrderOfTheFile() throws IOException {
    var all = Files.readAllLines(folder.resolve("rows/a.jsonl"));
    var larger = all;
    for (int rows : new int[] {600, 300, 299, 50, 1}) {
      var smaller = sample(new Size.Rows(rows), 5);
      assertThat(smaller).hasSize(rows).isSubsetOf(larger);
      assertThat(smaller)
          .isSortedAccordingTo((a, b) -> Integer.compare(all.indexOf(a), all.indexOf(b)));
      larger = smaller;
    }
    assertThat(sample(new Size.Rows(1000), 5)).isEqualTo(all);
    assertThat(sample(new Size.Rows(50), 6)).isNotEqualTo(sample(new Size.Rows(50), 5));
  }

  @Test
  void sharesAreOfTheSameOrder() throws IOException {
    var third = sample(new Size.Share(0.3), 5);
    assertThat(third.size() / (double) ROWS).isCloseTo(0.3, within(0.06));
    assertThat(sample(new Size.Share(0.5), 5)).containsAll(third);
    assertThat(sample(new Size.Rows(third.size()), 5)).isEqualTo(third);
    assertThat(sample(new Size.Share(1), 5)).hasSize(ROWS);
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Size.Share(0)).hasMessageContaining("share must be above 0");
    assertThatThrownBy(() -> new Size.Rows(0)).hasMessageContaining("rows must be at least 1");
  }
}
