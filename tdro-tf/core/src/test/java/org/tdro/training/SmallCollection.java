package org.tdro.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ResolvedConfig;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

/** Three domains of capitals, sums and colours, of different sizes, and an evaluation set of the first: written in milliseconds. */
final class SmallCollection {
  private static final String ROW = """
      {"query_id": "%1$s-q%2$d", "query": "%3$s", "positive_passages": [{"docid": "%1$s-d%2$d", "text": "%4$s"}], \
      "negative_passages": [{"docid": "%1$s-n%2$d", "text": "%5$s"}, {"docid": "%1$s-m%2$d", "text": "%6$s"}]}""";

  private SmallCollection() {}

  static void write(Path folder) throws IOException {
    domain(folder, "capitals", 90, "the capital of land %d", "land %d is governed from town %1$d");
    domain(folder, "sums", 60, "what is %d plus one", "adding one to %d is easy");
    domain(folder, "colours", 30, "colour number %d", "paint %d dries slowly");
    var set = Files.createDirectories(folder.resolve("eval").resolve("capitals_test"));
    var corpus = new ArrayList<String>();
    var queries = new ArrayList<String>();
    var qrels = new ArrayList<>(List.of("query-id\tcorpus-id\tscore"));
    for (int i = 0; i < 120; i++) {
      corpus.add(
          "{\"_id\": \"d%d\", \"title\": \"\", \"text\": \"land %d is governed from town %d\"}"
              .formatted(i, i, i));
      if (i >= 90) {
        queries.add("{\"_id\": \"q%d\", \"text\": \"the capital of land %d\"}".formatted(i, i));
        qrels.add("q%d\td%d\t1".formatted(i, i));
      }
    }
    Files.write(set.resolve("corpus.jsonl"), corpus);
    Files.write(set.resolve("queries.jsonl"), queries);
    Files.write(Files.createDirectories(set.resolve("qrels")).resolve("test.tsv"), qrels);
  }

  /** Returns the configuration of a small run on the collection in {@code folder}, changed by further arguments. */
  static ResolvedConfig<RunConfig> config(Path folder, String... settings) {
    var arguments = new ArrayList<>(List.of(
        "data=" + folder.resolve("train"),
        "data.vocabulary=400",
        "data.cache=" + folder.resolve("cache"),
        "data.passages-per-query=3",
        "model.hidden=16",
        "train.batch-size=8"));
    arguments.addAll(List.of(settings));
    return new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")))
        .composeForRun(arguments);
  }

  private static void domain(Path folder, String name, int rows, String query, String passage)
      throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < rows; i++) {
      lines.add(ROW.formatted(
          name,
          i,
          query.formatted(i),
          passage.formatted(i),
          passage.formatted((i + 1) % rows),
          passage.formatted((i + 7) % rows)));
    }
    Files.write(Files.createDirectories(folder.resolve("train")).resolve(name + ".jsonl"), lines);
  }
}
