package org.tdro.rows.duplicates;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.tdro.io.CounterRandom;
import org.tdro.rows.DomainRows;
import org.tdro.rows.HashNumbers;
import org.tdro.rows.Passage;
import org.tdro.rows.RowOutput;
import org.tdro.rows.TrainingRow;

/**
 * Takes rows out of training data: those whose query is an evaluation query, those with a positive that is an evaluation document, and
 * those that repeat an earlier row.
 *
 * @param queries evaluation queries
 * @param documents evaluation documents
 * @param within how near queries of two rows that share a positive must be for the second to be taken out; empty to keep all such rows
 */
public record Deduplication(KnownTexts queries, KnownTexts documents, Optional<Within> within) {
  /** The folder of the rows that were taken out. */
  public static final String REMOVED = "removed";

  private static final String KEY = "duplicate";

  /**
   * The search for rows that repeat others.
   *
   * @param nearness of their queries; empty if they must be equal
   */
  public record Within(Optional<Nearness> nearness) {}

  /** What of a row is known. */
  public enum Part {
    QUERY,
    POSITIVE,
    ROW;

    /** Returns the name in files and tables. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Why a row was taken out, as it is written beside it.
   *
   * @param part {@code query}, {@code positive} or {@code row}
   * @param set the evaluation set or, for a repeated row, the domain of the earlier one
   * @param id of the query or document there
   * @param text of the query or document there
   * @param exact whether the texts are equal after normalisation
   * @param jaccard their similarity, part of their shingles that they share
   */
  public record Duplicate(
      String part, String set, String id, String text, boolean exact, double jaccard) {
    static Duplicate of(Part part, Match match) {
      var text = match.text();
      return new Duplicate(
          part.toString(), text.set(), text.id(), text.text(), match.exact(), match.jaccard());
    }
  }

  /**
   * Numbers of rows of a domain.
   *
   * @param rows that were read
   * @param kept that were written
   * @param equal taken out for an equal text, by {@link Part}
   * @param near taken out for a near text, by {@link Part}
   * @param bySet taken out for a text of each evaluation set, or of the rows of a domain
   */
  public record Counts(
      long rows,
      long kept,
      SortedMap<String, Long> equal,
      SortedMap<String, Long> near,
      SortedMap<String, Long> bySet) {}

  /**
   * Writes rows that are kept to {@code folder/DOMAIN.jsonl[.gz]}, in their order, and the others, each with its {@link Duplicate}, to
   * {@code folder/removed/DOMAIN.jsonl}.
   *
   * @param record is asked what to record of the counts
   * @throws org.tdro.io.InputException naming rows that cannot be read; nothing is written then
   */
  public SortedMap<String, Counts> write(
      DomainRows rows, Path folder, Function<SortedMap<String, Counts>, Object> record) {
    var counts = new TreeMap<String, Counts>();
    RowOutput.write(folder, beside -> {
      var earlier = new EarlierRows(rows);
      rows.forEachDomain(domain -> counts.put(domain, write(rows, domain, beside, earlier)));
      return record.apply(counts);
    });
    return counts;
  }

  /** What was found of a row without knowing which earlier rows are kept. */
  private record Candidate(Optional<Duplicate> evaluated, List<KnownTexts.Found> earlier) {}

  private Counts write(DomainRows rows, String domain, Path folder, EarlierRows earlier)
      throws IOException {
    var tally = new Tally();
    try (var kept = RowOutput.open(folder, domain, rows.files().get(domain));
        var removed = RowOutput.open(folder.resolve(REMOVED), domain, Path.of(""))) {
      rows.read(domain, row -> candidate(row, earlier), (row, candidate) -> {
        var duplicate = candidate
            .evaluated()
            .or(() -> earlier.addUnlessRepeated(domain, row, candidate.earlier()));
        tally.add(duplicate);
        if (duplicate.isPresent()) {
          removed.write(row, KEY, duplicate.get());
        } else {
          kept.write(row);
        }
      });
    }
    return tally.counts();
  }

  private Candidate candidate(TrainingRow row, EarlierRows earlier) {
    var evaluated = queries
        .find(row.query())
        .map(match -> Duplicate.of(Part.QUERY, match))
        .or(() -> row.positives().stream()
            .flatMap(passage -> documents.find(passage.content()).stream())
            .findFirst()
            .map(match -> Duplicate.of(Part.POSITIVE, match)));
    return new Candidate(evaluated, evaluated.isPresent() ? List.of() : earlier.find(row));
  }

  /** The rows that were kept so far, by query and positive. */
  private final class EarlierRows {
    /** The queries of all rows, earlier or not. */
    private final KnownTexts all;
    /** Hashes of a query's number and a positive of rows that were kept, and those rows. */
    private final HashNumbers pairs = new HashNumbers();

    private final List<KnownText> kept = new ArrayList<>();

    EarlierRows(DomainRows rows) {
      var builder = new KnownTexts.Builder();
      if (within.isPresent()) {
        var unseen = rows.unseen();
        unseen.forEachDomain(domain -> unseen.read(
            domain,
            row -> new KnownText(domain, row.queryId(), row.query()),
            (row, query) -> builder.add(query)));
      }
      this.all = builder.build(within.flatMap(Within::nearness));
    }

    List<KnownTexts.Found> find(TrainingRow row) {
      return within.isPresent() ? all.findAll(row.query()) : List.of();
    }

    /** Returns the earlier row that a row repeats; remembers a row that repeats none. */
    Optional<Duplicate> addUnlessRepeated(
        String domain, TrainingRow row, List<KnownTexts.Found> queries) {
      var positives = row.positives().stream()
          .map(Passage::content)
          .mapToLong(text -> NormalText.of(text).hash())
          .toArray();
      for (var query : queries) {
        for (long positive : positives) {
          int pair = pairs.find(CounterRandom.bits(query.number(), positive));
          if (pair >= 0) {
            var match = query.match();
            return Optional.of(
                Duplicate.of(Part.ROW, new Match(kept.get(pair), match.exact(), match.jaccard())));
          }
        }
      }
      if (!queries.isEmpty()) {
        var text = new KnownText(domain, row.queryId(), row.query());
        // The first is the row's own query, which is equal.
        for (long positive : positives) {
          if (pairs.isNew(CounterRandom.bits(queries.get(0).number(), positive))) {
            kept.add(text);
          }
        }
      }
      return Optional.empty();
    }
  }

  /** The counts of the rows so far. */
  private static final class Tally {
    private long rows;
    private long kept;
    private final SortedMap<String, Long> equal = new TreeMap<>();
    private final SortedMap<String, Long> near = new TreeMap<>();
    private final SortedMap<String, Long> bySet = new TreeMap<>();

    void add(Optional<Duplicate> found) {
      rows++;
      if (found.isEmpty()) {
        kept++;
        return;
      }
      var duplicate = found.get();
      (duplicate.exact() ? equal : near).merge(duplicate.part(), 1L, Long::sum);
      bySet.merge(duplicate.set(), 1L, Long::sum);
    }

    Counts counts() {
      return new Counts(rows, kept, equal, near, bySet);
    }
  }
}
