package org.tdro.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tdro.data.shards.TrainingData;
import org.tdro.data.shards.TrainingDataImport;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.Tokenizer;
import org.tdro.text.WordCounts;

/** Small rows and a tokenizer for tests: without merges, each byte of a text is a token. */
public final class ImportedRows {
  private ImportedRows() {}

  public static Tokenizer byteTokenizer(Path folder) {
    var counts = new WordCounts(false);
    new BytePairTrainer(258).train(counts).write(folder.resolve("tokenizer.json"));
    return Tokenizer.load(folder.resolve("tokenizer.json"));
  }

  /** A row whose passages are named after it: {@code p0, p1, …} and {@code n0, n1, …} behind the query. */
  public static String row(String id, String query, int positives, int negatives) {
    return "{\"query_id\": \"%s\", \"query\": \"%s\", \"positive_passages\": [%s], \"negative_passages\": [%s]}"
        .formatted(id, query, passages(query + "p", positives), passages(query + "n", negatives));
  }

  /** The same with scores: those of positives are 10, 11, … times {@code scale}, of negatives 20, 21, …. */
  public static String scoredRow(
      String id, String query, int positives, int negatives, double scale) {
    var row = row(id, query, positives, negatives);
    for (int i = 0; i < positives; i++) {
      row = scored(row, query + "p" + i, scale * (10 + i));
    }
    for (int i = 0; i < negatives; i++) {
      row = scored(row, query + "n" + i, scale * (20 + i));
    }
    return row;
  }

  /** The row with a score for the passage of that name. */
  public static String scored(String row, String passage, Object score) {
    var text = "\"text\": \"%s\"".formatted(passage);
    return row.replace(text, text + ", \"score\": " + score);
  }

  public static Path write(Path file, String... lines) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static TrainingData imported(Path folder, Path source) {
    try (var tokenizer = byteTokenizer(folder)) {
      new TrainingDataImport(tokenizer, TrainingDataImport.Options.of(64, 64))
          .run(List.of(source), folder.resolve("arrow"));
    }
    return TrainingData.open(folder.resolve("arrow"));
  }

  private static String passages(String name, int count) {
    var passages = new StringBuilder();
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        passages.append(", ");
      }
      passages.append("{\"docid\": \"%s%d\", \"text\": \"%s%d\"}".formatted(name, i, name, i));
    }
    return passages.toString();
  }
}
