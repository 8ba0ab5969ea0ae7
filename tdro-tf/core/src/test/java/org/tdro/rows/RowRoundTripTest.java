package org.tdro.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.tdro.io.Json;
import org.tdro.io.TemporaryFolder;
import org.tdro.io.TextLines;

/** Rows of any texts, quotes, tabs and line ends included, are the same in every form that can hold them. */
class RowRoundTripTest {
  private static final int NEGATIVES = 2;

  @Provide
  Arbitrary<List<TrainingRow>> rows() {
    var texts = Arbitraries.strings()
        .withCharRange(' ', '~')
        .withChars('"', '\'', ',', '\t', '\n', '\r', 'é', '浮', '\u2028', '\uFEFF')
        .ofMinLength(1)
        .ofMaxLength(12)
        .filter(text -> !text.isBlank());
    var passages = texts.map(text -> new Passage("", "", text));
    return Combinators.combine(texts, passages, passages.list().ofMaxSize(NEGATIVES))
        .as((query, positive, negatives) -> new TrainingRow(
            RowParser.idOf(query), query, List.of(positive), negatives, Optional.empty()))
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 60)
  void rowsAreTheSameInEveryForm(@ForAll("rows") List<TrainingRow> rows) {
    TemporaryFolder.with(folder -> {
      try {
        assertThat(
                read(lines(folder.resolve("pos.jsonl.gz"), rows, RowRoundTripTest::flagEmbedding)))
            .isEqualTo(rows);
        assertThat(read(lines(folder.resolve("st.jsonl"), rows, RowRoundTripTest::columns)))
            .isEqualTo(rows);
        assertThat(read(list(folder.resolve("dpr.json.zst"), rows))).isEqualTo(rows);
        assertThat(read(table(folder.resolve("table.csv"), ',', rows))).isEqualTo(rows);
        assertThat(read(table(folder.resolve("table.tsv.gz"), '\t', rows))).isEqualTo(rows);
        return null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private interface Form {
    Map<String, Object> of(TrainingRow row);
  }

  private static Map<String, Object> flagEmbedding(TrainingRow row) {
    return Map.of(
        "query", row.query(), "pos", texts(row.positives()), "neg", texts(row.negatives()));
  }

  private static Map<String, Object> columns(TrainingRow row) {
    var columns = new LinkedHashMap<String, Object>();
    columns.put("anchor", row.query());
    columns.put("positive", row.positives().get(0).text());
    IntStream.range(0, row.negatives().size())
        .forEach(i -> columns.put("negative_" + (i + 1), row.negatives().get(i).text()));
    return columns;
  }

  private static Map<String, Object> dpr(TrainingRow row) {
    return Map.of(
        "question",
        row.query(),
        "positive_ctxs",
        contexts(row.positives()),
        "hard_negative_ctxs",
        contexts(row.negatives()));
  }

  private static List<Map<String, Object>> contexts(List<Passage> passages) {
    return passages.stream()
        .map(passage -> Map.<String, Object>of("title", "", "text", passage.text(), "score", 3.5))
        .toList();
  }

  private static List<String> texts(List<Passage> passages) {
    return passages.stream().map(Passage::text).toList();
  }

  private static Path lines(Path file, List<TrainingRow> rows, Form form) throws IOException {
    try (var out = TextLines.writer(file, file)) {
      for (var row : rows) {
        out.write(Json.line(form.of(row)) + "\n");
      }
    }
    return file;
  }

  private static Path list(Path file, List<TrainingRow> rows) throws IOException {
    try (var out = TextLines.writer(file, file)) {
      out.write(Json.pretty(rows.stream().map(RowRoundTripTest::dpr).toList()));
    }
    return file;
  }

  private static Path table(Path file, char separator, List<TrainingRow> rows) throws IOException {
    try (Writer out = TextLines.writer(file, file);
        var table = new CSVPrinter(
            out, CSVFormat.RFC4180.builder().setDelimiter(separator).get())) {
      table.printRecord("query", "answer", "negative_1", "negative_2");
      for (var row : rows) {
        var values = new ArrayList<String>();
        values.add(row.query());
        values.add(row.positives().get(0).text());
        values.addAll(texts(row.negatives()));
        while (values.size() < 2 + NEGATIVES) {
          values.add("");
        }
        table.printRecord(values);
      }
    }
    assertThat(Files.size(file)).isPositive();
    return file;
  }

  private static List<TrainingRow> read(Path file) {
    var rows = new ArrayList<TrainingRow>();
    try (var source = RowSource.open(file)) {
      source.chunks(4).forEachRemaining(chunk -> chunk.forEach(row -> rows.add(row.parse())));
    }
    return rows;
  }
}
