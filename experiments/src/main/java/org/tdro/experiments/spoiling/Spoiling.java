package org.tdro.experiments.spoiling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Checks;
import org.tdro.io.CounterRandom;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.TemporaryFolder;
import org.tdro.io.TextLines;
import org.tdro.rows.RowFormat;
import org.tdro.rows.RowOptions;
import org.tdro.rows.RowSource;

/**
 * Junk planted in a file of training rows. Which rows are spoiled, and by what, follows from the seed and the places of the rows
 * alone. Other rows stay as they are, letter by letter; spoiled ones keep their ids and all fields that do not make them junk. Texts
 * are not kept in memory.
 *
 * @param kind the kind of junk
 * @param share the probability with which a row is spoiled, above 0 and at most 1
 * @param seed of all choices
 * @param from the file of another domain from which {@link Junk#OFF_TOPIC} takes passages; empty for the other kinds
 */
public record Spoiling(Junk kind, double share, long seed, Optional<Path> from) {
  private static final String QUERY = "query";
  private static final String POSITIVES = "positive_passages";
  private static final String NEGATIVES = "negative_passages";
  private static final String SCORE = "score";
  private static final int CHUNK_ROWS = 256;

  /** What a random number is for, so that the choices of a row do not depend on each other. */
  private static final int SPOILED = 0;

  private static final int SOURCE = 1;

  /**
   * What was done to a file.
   *
   * @param rows all of its rows
   * @param spoiled those that are junk now
   */
  public record Counts(int rows, int spoiled) {}

  /** Junk of a kind; checks that the values fit together. */
  public Spoiling {
    new Checks()
        .that(share > 0 && share <= 1, "share must be above 0 and at most 1, was " + share)
        .that(
            from.isPresent() == (kind == Junk.OFF_TOPIC),
            "from must be given for off-topic, and for no other kind")
        .done();
  }

  /**
   * Writes a file again with junk among its rows.
   *
   * @param output compressed if its name ends in {@code .gz}; replaced when the new one is complete
   * @return the numbers of rows
   * @throws InputException naming files and lines of rows that cannot be read or spoiled
   */
  public Counts write(Path input, Path output) {
    check(input, kind == Junk.SWAPPED);
    from.ifPresent(file -> check(file, false));
    return TemporaryFolder.with(folder -> {
      try (var spool = new Spool(folder.resolve("texts"))) {
        var counts = collect(input, spool);
        AtomicWrite.file(output, beside -> {
          try (var out = TextLines.writer(beside, output)) {
            write(input, spool, out);
          }
        });
        return counts;
      } catch (IOException e) {
        throw FileException.writing(output, e);
      }
    });
  }

  private boolean isSpoiled(int row) {
    return (CounterRandom.bits(seed, SPOILED, row) >>> 11) * 0x1p-53 < share;
  }

  /** Checks rows as an import does, and that those to be swapped have a negative. */
  private void check(Path file, boolean swapped) {
    var problems = new Problems();
    int row = 0;
    try (var rows = RowSource.open(file, RowOptions.of(RowFormat.TEVATRON))) {
      for (var chunks = rows.chunks(CHUNK_ROWS); chunks.hasNext(); ) {
        for (var unparsed : chunks.next()) {
          try {
            if (unparsed.parse().negatives().isEmpty() && swapped && isSpoiled(row)) {
              problems.add(
                  unparsed.place()
                      + ": has no negative passage that could take the place of its positive; choose another kind of junk");
            }
          } catch (InputException e) {
            problems.addAll(e.problems());
          }
          row++;
        }
      }
    }
    problems.throwIfAny();
  }

  /** Counts the rows and spools the texts that spoiled rows may get. */
  private Counts collect(Path input, Spool spool) throws IOException {
    int rows = 0;
    int spoiled = 0;
    try (var lines = TextLines.open(input)) {
      for (var line = lines.next(); line != null; line = lines.next()) {
        boolean isSpoiled = isSpoiled(rows++);
        spoiled += isSpoiled ? 1 : 0;
        if (kind == Junk.SHUFFLED && isSpoiled) {
          spool.add(line.object().path(POSITIVES).toString());
        } else if (kind == Junk.COPIES && !isSpoiled) {
          spool.add(line.text());
        }
      }
    }
    if (from.isPresent()) {
      try (var lines = TextLines.open(from.get())) {
        for (var line = lines.next(); line != null; line = lines.next()) {
          spool.add(line.object().path(POSITIVES).toString());
        }
      }
    }
    int needed = kind == Junk.SHUFFLED ? 2 : 1;
    if (spoiled < needed || (kind != Junk.SWAPPED && spool.size() == 0)) {
      throw new InputException(
          "%s: %d of its %d rows would be spoiled, with %d to draw from; choose another share or seed"
              .formatted(input, spoiled, rows, spool.size()));
    }
    return new Counts(rows, spoiled);
  }

  private void write(Path input, Spool spool, Writer out) throws IOException {
    int[] next = kind == Junk.SHUFFLED ? cycle(spool.size()) : new int[0];
    int row = 0;
    int spoiled = 0;
    try (var lines = TextLines.open(input)) {
      for (var line = lines.next(); line != null; line = lines.next(), row++) {
        if (!isSpoiled(row)) {
          out.append(line.text()).append('\n');
          continue;
        }
        var node = (ObjectNode) line.object();
        long bits = CounterRandom.bits(seed, SOURCE, row);
        switch (kind) {
          case SHUFFLED -> replacePositives(node, passages(spool.get(next[spoiled])));
          case OFF_TOPIC ->
            replacePositives(node, passages(spool.get(CounterRandom.below(spool.size(), bits))));
          case SWAPPED -> {
            var negatives = node.withArray(NEGATIVES);
            var chosen = negatives.get(CounterRandom.below(negatives.size(), bits));
            replacePositives(node, node.arrayNode().add(chosen.deepCopy()));
          }
          case COPIES -> copy(spool.get(CounterRandom.below(spool.size(), bits)), node);
        }
        spoiled++;
        out.append(Json.line(node)).append('\n');
      }
    }
  }

  /** Returns for each of some numbers its successor on a circle through all of them in random order: none is its own. */
  private int[] cycle(int count) {
    var order = IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingLong(i -> CounterRandom.bits(seed, SOURCE, i)))
        .toList();
    var next = new int[count];
    for (int i = 0; i < count; i++) {
      next[order.get(i)] = order.get((i + 1) % count);
    }
    return next;
  }

  private static JsonNode passages(String text) {
    return Json.object("{\"" + POSITIVES + "\":" + text + "}", POSITIVES).path(POSITIVES);
  }

  /**
   * Replaces a row's positives. Where one of the new ones is among the negatives, an old one takes its place there, so that no passage is
   * labelled both. Scores of a teacher stay at their places, for the teacher is thought to have believed the labels.
   */
  private static void replacePositives(ObjectNode row, JsonNode positives) {
    var replaced = row.withArray(POSITIVES).deepCopy();
    var old = new ArrayDeque<JsonNode>();
    replaced.forEach(old::add);
    for (int i = 0; i < positives.size(); i++) {
      takeScore((ObjectNode) positives.get(i), replaced.get(Math.min(i, replaced.size() - 1)));
    }
    var contents = new HashSet<String>();
    positives.forEach(passage -> contents.add(content(passage)));
    row.set(POSITIVES, positives);
    if (row.path(NEGATIVES) instanceof ArrayNode negatives) {
      var kept = row.arrayNode();
      for (var negative : negatives) {
        if (!contents.contains(content(negative))) {
          kept.add(negative);
        } else if (!old.isEmpty()) {
          var passage = (ObjectNode) old.remove();
          takeScore(passage, negative);
          kept.add(passage);
        }
      }
      row.set(NEGATIVES, kept);
    }
  }

  private static void takeScore(ObjectNode passage, JsonNode from) {
    if (from.has(SCORE)) {
      passage.set(SCORE, from.get(SCORE));
    } else {
      passage.remove(SCORE);
    }
  }

  private static String content(JsonNode passage) {
    return passage.path("title").asText("") + "\n" + passage.path("text").asText("");
  }

  /** Makes a row say what another one says. */
  private static void copy(String line, ObjectNode row) {
    var other = Json.object(line, "copy");
    for (var key : List.of(QUERY, POSITIVES, NEGATIVES)) {
      if (other.has(key)) {
        row.set(key, other.get(key));
      } else {
        row.remove(key);
      }
    }
  }
}
