package org.tdro.data.shards;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.io.Problems;
import org.tdro.rows.Fold;
import org.tdro.rows.Passage;
import org.tdro.rows.RowOptions;
import org.tdro.rows.RowSource;
import org.tdro.rows.TrainingRow;
import org.tdro.text.Tokenizer;

/** The import of one domain: its rows are tokenised, in parallel and in order, into one Arrow file for each fold. */
final class DomainImport {
  private static final int CHUNK_ROWS = 128;
  private static final int MAX_SEEN = 1 << 15;
  /** Longer texts are rarely repeated, and would fill the memory. */
  private static final int MAX_SEEN_LENGTH = 1 << 14;

  private final Tokenizer tokenizer;
  private final ImportFacts facts;
  private final int threads;
  /** Ids of passages seen before: mined negatives are passages of other rows, so most passages are repeated. */
  private final ConcurrentHashMap<String, int[]> seen = new ConcurrentHashMap<>();

  private record Row(String place, String queryId, TokenizedRow tokens) {}

  private record Chunk(List<Row> rows, List<String> problems) {}

  DomainImport(Tokenizer tokenizer, ImportFacts facts, int threads) {
    this.tokenizer = tokenizer;
    this.facts = facts;
    this.threads = threads;
  }

  /**
   * Imports the rows of a source into the files of the folds.
   *
   * @throws InputException listing the first problems found
   */
  RowCounts run(Path source, RowOptions options, Path first, Path second) {
    var problems = new Problems();
    try (var reader = RowSource.open(source, options);
        var firstWriter = new ShardWriter(first, facts);
        var secondWriter = new ShardWriter(second, facts)) {
      OrderedParallel.forEach(reader.chunks(CHUNK_ROWS), threads, this::tokenize, chunk -> {
        problems.fill(chunk.problems());
        if (problems.isFull()) {
          problems.throwIfAny();
        }
        if (!problems.isEmpty()) {
          return;
        }
        for (var row : chunk.rows()) {
          var writer = Fold.of(row.queryId()) == Fold.FIRST ? firstWriter : secondWriter;
          writer.add(row.queryId(), row.tokens());
        }
      });
      problems.throwIfAny();
      var counts = firstWriter.finish().plus(secondWriter.finish());
      if (counts.rows() == 0) {
        throw new InputException(source + ": holds no rows");
      }
      return counts;
    }
  }

  private Chunk tokenize(List<RowSource.Unparsed> unparsed) {
    var rows = new ArrayList<Row>(unparsed.size());
    var problems = new ArrayList<String>();
    for (var each : unparsed) {
      try {
        var row = each.parse();
        rows.add(new Row(each.place(), row.queryId(), tokenize(row)));
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    return new Chunk(rows, problems);
  }

  private TokenizedRow tokenize(TrainingRow row) {
    return new TokenizedRow(
        tokenizer.encode(facts.queryPrompts().apply(row.query()), facts.maxQueryLength()),
        passages(row.positives()),
        passages(row.negatives()),
        row.scores());
  }

  private int[][] passages(List<Passage> passages) {
    return passages.stream().map(passage -> passage(passage.content())).toArray(int[][]::new);
  }

  private int[] passage(String text) {
    var known = seen.get(text);
    if (known != null) {
      return known;
    }
    var ids = tokenizer.encode(facts.passagePrompts().apply(text), facts.maxPassageLength());
    if (seen.size() >= MAX_SEEN) {
      seen.clear();
    }
    if (text.length() <= MAX_SEEN_LENGTH) {
      seen.put(text, ids);
    }
    return ids;
  }
}
