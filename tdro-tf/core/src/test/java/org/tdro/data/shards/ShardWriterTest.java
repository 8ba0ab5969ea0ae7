package org.tdro.data.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.text.PromptTemplate;
import org.tdro.text.PromptVariants;

class ShardWriterTest {
  private static final ImportFacts FACTS = new ImportFacts(
      "s",
      "t",
      2_000_000,
      2_000_000,
      PromptVariants.Drawn.NONE,
      new PromptVariants.Drawn(List.of(PromptTemplate.instruct("x"), PromptTemplate.IDENTITY), 7));

  @TempDir
  Path folder;

  private static TokenizedRow row(int length, int i) {
    var passage = new int[length];
    passage[length - 1] = i;
    return new TokenizedRow(new int[] {i, 1}, new int[][] {passage, {}}, new int[][] {{i}, {i, i}});
  }

  @Test
  void rowsAreFoundAcrossRecordBatches() {
    var path = folder.resolve("a.0.arrow");
    try (var writer = new ShardWriter(path, FACTS)) {
      // A million tokens a row: two rows fill a record batch.
      for (int i = 0; i < 7; i++) {
        writer.add("q" + i, row(1 << 20, i));
      }
      assertThat(writer.finish().rows()).isEqualTo(7);
    }
    var shard = ArrowShard.open(path);
    assertThat(shard.rows()).isEqualTo(7);
    assertThat(LongStream.range(0, 7).mapToObj(shard::queryId))
        .containsExactly("q0", "q1", "q2", "q3", "q4", "q5", "q6");
    assertThat(shard.row(5)).usingRecursiveComparison().isEqualTo(row(1 << 20, 5));
  }

  @Test
  void metadataComeBack() {
    var path = folder.resolve("a.0.arrow");
    RowCounts counts;
    try (var writer = new ShardWriter(path, FACTS)) {
      writer.add("q", row(3, 9));
      counts = writer.finish();
    }
    assertThat(ArrowShard.open(path).facts()).isEqualTo(FACTS);
    assertThat(ArrowShard.open(path).counts())
        .isEqualTo(counts)
        .isEqualTo(new RowCounts(1, 2, 2, 0, 0, 8, 9));
  }

  @Test
  void metadataAreSorted() {
    // Map.of has another order in every run of Java, so the files' bytes would differ.
    assertThat(List.copyOf(FACTS.toMetadata().keySet())).isSorted();
    assertThat(List.copyOf(RowCounts.NONE.toMetadata().keySet())).isSorted();
  }
}
