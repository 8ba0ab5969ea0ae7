package org.tdro.rows.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.tdro.data.ImportedRows;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;
import org.tdro.io.TemporaryFolder;
import org.tdro.rows.DomainRows;
import org.tdro.rows.Passage;
import org.tdro.rows.RowOptions;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.NormalText;
import org.tdro.rows.selection.RowSplit.Counts;
import org.tdro.rows.selection.RowSplit.Size;

class RowSplitTest {
  /** Rows whose texts are drawn from so few that many are the same but for their case. */
  private static String row(long seed, String domain, int row, int texts) {
    var passages = IntStream.range(0, 5)
        .mapToObj(i -> "{\"text\":\"%s\"}".formatted(text(seed, texts, row, i, domain.hashCode())))
        .toList();
    return "{\"query_id\":\"%s%d\",\"query\":\"%s\",\"positive_passages\":[%s],\"negative_passages\":[%s]}"
        .formatted(
            domain,
            row,
            text(seed, texts, row, 9, domain.hashCode()),
            String.join(",", passages.subList(0, 1 + row % 2)),
            String.join(",", passages.subList(2, 5)));
  }

  private static String text(long seed, int texts, long... place) {
    long bits = CounterRandom.bits(seed, place);
    return (bits & 1) == 0
        ? "T" + CounterRandom.below(texts, bits) + "."
        : "t" + CounterRandom.below(texts, bits);
  }

  private static DomainRows rows(Path folder) {
    return DomainRows.of(List.of(folder), RowOptions.RECOGNISE, skipped -> {}, 2, read -> {});
  }

  private static SortedMap<String, Counts> split(Path folder, Size size, long seed) {
    return new RowSplit(size, seed)
        .write(
            rows(folder.resolve("rows")),
            folder.resolve("out"),
            "heldout",
            RowSplit.asRows(),
            counts -> counts);
  }

  private static List<TrainingRow> read(Path folder) {
    var found = new ArrayList<TrainingRow>();
    if (Files.exists(folder)) {
      var rows = rows(folder);
      rows.forEachDomain(domain -> rows.read(domain, row -> row, (row, same) -> found.add(same)));
    }
    return found;
  }

  private static Set<String> queries(List<TrainingRow> rows) {
    var texts = new HashSet<String>();
    rows.forEach(row -> texts.add(NormalText.of(row.query()).value()));
    return texts;
  }

  private static Set<String> passages(List<TrainingRow> rows, boolean negatives) {
    var texts = new HashSet<String>();
    rows.forEach(row -> {
      for (Passage passage : negatives ? row.negatives() : row.positives()) {
        texts.add(NormalText.of(passage.content()).value());
      }
    });
    return texts;
  }

  @Property(tries = 25)
  void nothingLeaks(@ForAll long seed, @ForAll @IntRange(min = 20, max = 2000) int texts) {
    TemporaryFolder.with(folder -> {
      for (var domain : List.of("a", "b")) {
        ImportedRows.write(
            folder.resolve("rows").resolve(domain + ".jsonl"),
            IntStream.range(0, 60)
                .mapToObj(i -> row(seed, domain, i, texts))
                .toArray(String[]::new));
      }
      var counts = split(folder, new Size.Share(0.2), seed);
      var train = read(folder.resolve("out/train"));
      var heldOut = read(folder.resolve("out/heldout"));
      assertThat(train.size() + heldOut.size()).isEqualTo(120);
      assertThat(heldOut)
          .hasSize((int) counts.values().stream().mapToLong(Counts::heldOut).sum());
      assertThat(counts.values()).allMatch(of -> of.heldOut() <= of.wanted() && of.wanted() == 12);
      var relevant = passages(heldOut, false);
      assertThat(queries(train)).noneMatch(queries(heldOut)::contains);
      assertThat(passages(train, false)).noneMatch(relevant::contains);
      assertThat(passages(train, true)).noneMatch(relevant::contains);
      return null;
    });
  }

  @Test
  void drawsTheWantedRowsAgainAndAgain() throws IOException {
    TemporaryFolder.with(folder -> {
      ImportedRows.write(
          folder.resolve("rows/a.jsonl"),
          IntStream.range(0, 50)
              .mapToObj(i -> ImportedRows.row("q" + i, "query" + i, 1, 2))
              .toArray(String[]::new));
      split(folder, new Size.Queries(7), 3);
      var first = read(folder.resolve("out/heldout"));
      assertThat(first).hasSize(7);
      split(folder, new Size.Queries(7), 3);
      assertThat(read(folder.resolve("out/heldout"))).isEqualTo(first);
      split(folder, new Size.Queries(7), 4);
      assertThat(read(folder.resolve("out/heldout"))).isNotEqualTo(first);
      return null;
    });
  }

  @Test
  void aGroupThatIsMostOfTheDomainStays() {
    TemporaryFolder.with(folder -> {
      ImportedRows.write(
          folder.resolve("rows/a.jsonl"),
          IntStream.range(0, 50)
              .mapToObj(i -> ImportedRows.row("q" + i, i < 48 ? "same" : "query" + i, 1, 0))
              .toArray(String[]::new));
      var counts = split(folder, new Size.Queries(10), 0).get("a");
      assertThat(counts.largestGroup()).isEqualTo(48);
      assertThat(counts.groups()).isEqualTo(3);
      assertThat(counts.heldOut()).isEqualTo(2);
      assertThatThrownBy(() -> split(folder, new Size.Queries(50), 0))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("domain a: has 50 rows, so 50 cannot be held out");
      return null;
    });
  }
}
