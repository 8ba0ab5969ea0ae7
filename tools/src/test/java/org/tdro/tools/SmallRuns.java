package org.tdro.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.TrainingTexts;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.WordCounts;

/** Three domains of invented words in {@code data/} of a folder, and arguments of runs over them that take seconds. */
final class SmallRuns {
  static final List<String> DOMAINS = List.of("alpha", "beta", "gamma");
  private static final int ROWS = 60;
  private static final int NEGATIVES = 4;

  private SmallRuns() {}

  /** Writes the domains. */
  static void writeData(Path folder) throws IOException {
    var random = new SplittableRandom(11);
    for (var domain : DOMAINS) {
      var rows = new ArrayList<String>();
      for (int i = 0; i < ROWS; i++) {
        rows.add(row(random, domain + i, NEGATIVES));
      }
      write(folder, domain, rows);
    }
  }

  /** Writes a tokenizer of that many ids, learned from the domains. */
  static void writeTokenizer(Path file, int vocabulary, Path folder) {
    var counts = new WordCounts(true);
    var sources =
        DomainFiles.sources(List.of(folder.resolve("data")), skipped -> {}).values();
    TrainingTexts.count(sources, counts, 1);
    new BytePairTrainer(vocabulary).train(counts).write(file);
  }

  /** Replaces a domain's rows. */
  static Path write(Path folder, String domain, List<String> rows) throws IOException {
    var data = Files.createDirectories(folder.resolve("data"));
    return Files.write(data.resolve(domain + ".jsonl"), rows);
  }

  /** A row whose positive passage repeats its query. */
  static String row(SplittableRandom random, String id, int negatives) {
    var query = words(random, 4);
    var passages = new ArrayList<String>();
    for (int i = 0; i < negatives; i++) {
      passages.add("{\"docid\": \"%s-%d\", \"text\": \"%s\"}".formatted(id, i, words(random, 8)));
    }
    return "{\"query_id\": \"%s\", \"query\": \"%s\", \"positive_passages\": [{\"docid\": \"%s\", \"title\": \"on\", \"text\": \"%s %s\"}], \"negative_passages\": [%s]}"
        .formatted(id, query, id, query, words(random, 4), String.join(", ", passages));
  }

  private static String words(SplittableRandom random, int count) {
    var words = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      words.add("w" + random.nextInt(150));
    }
    return String.join(" ", words);
  }

  /** {@code tdro train} of one stage into {@code output}; later arguments win. */
  static List<String> train(String stage, String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "train",
        "stage=" + stage,
        "output=" + output,
        "data=data",
        "data.cache=cache",
        "data.vocabulary=400",
        "data.passages-per-query=3",
        "model=static",
        "model.hidden=32",
        "train.batch-size=16",
        "train.steps=10",
        "train.progress=none"));
    arguments.addAll(List.of(further));
    return arguments;
  }
}
