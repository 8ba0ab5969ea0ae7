package org.tdro.mixing.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.tdro.io.CounterRandom;
import org.tdro.io.OrderedParallel;
import org.tdro.rows.Passage;
import org.tdro.rows.RowSource;
import org.tdro.rows.TrainingRow;

/**
 * Rows of a domain that repeat others, in the same domain or in another one. Texts are equal if they have the same letters and digits in the same
 * words, whatever their case, punctuation and white space. Near-duplicates are not found.
 *
 * @param rows number of rows
 * @param copies number of rows that have the query and all positives of an earlier row of the domain
 * @param overlaps number of rows whose query is a query of another domain, or one of whose positives is a positive there, by the name of that
 *     domain; those without any are left out
 */
public record RepeatedRows(long rows, long copies, SortedMap<String, Long> overlaps) {
  private static final int CHUNK_ROWS = 256;
  private static final Pattern SEPARATORS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  /** Hashes of the texts of a row, of which those of queries never equal those of positives. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Hashes(long query, long[] positives) {
    static Hashes of(TrainingRow row) {
      return new Hashes(
          CounterRandom.bits(hash(row.query()), 0),
          row.positives().stream()
              .map(Passage::content)
              .mapToLong(text -> CounterRandom.bits(hash(text), 1))
              .toArray());
    }

    private static long hash(String text) {
      var words =
          SEPARATORS.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
      return CounterRandom.nameHash(words.isEmpty() ? text.strip() : words);
    }

    /** Returns a hash of the query and its positives in any order. */
    long pair() {
      return CounterRandom.bits(query, Arrays.stream(positives).sorted().toArray());
    }

    LongStream texts() {
      return LongStream.concat(LongStream.of(query), Arrays.stream(positives));
    }
  }

  /**
   * Compares the rows of all domains. Memory for about six numbers a row is needed.
   *
   * @param files the file of each domain
   * @throws org.tdro.io.InputException naming what cannot be read
   */
  public static SortedMap<String, RepeatedRows> of(SortedMap<String, Path> files, int threads) {
    var rows = new TreeMap<String, List<Hashes>>();
    files.forEach((domain, file) -> rows.put(domain, read(file, threads)));
    var texts = new TreeMap<String, long[]>();
    rows.forEach((domain, hashes) -> texts.put(
        domain, hashes.stream().flatMapToLong(Hashes::texts).sorted().distinct().toArray()));
    var found = new TreeMap<String, RepeatedRows>();
    rows.forEach((domain, hashes) -> {
      var overlaps = new TreeMap<String, Long>();
      texts.forEach((other, known) -> {
        long shared = other.equals(domain)
            ? 0
            : hashes.stream()
                .filter(row -> row.texts().anyMatch(text -> Arrays.binarySearch(known, text) >= 0))
                .count();
        if (shared > 0) {
          overlaps.put(other, shared);
        }
      });
      long distinct = hashes.stream().mapToLong(Hashes::pair).distinct().count();
      found.put(domain, new RepeatedRows(hashes.size(), hashes.size() - distinct, overlaps));
    });
    return found;
  }

  private static List<Hashes> read(Path file, int threads) {
    var hashes = new ArrayList<Hashes>();
    try (var source = RowSource.open(file)) {
      OrderedParallel.forEach(
          source.chunks(CHUNK_ROWS),
          threads,
          rows -> rows.stream().map(row -> Hashes.of(row.parse())).toList(),
          hashes::addAll);
    }
    return hashes;
  }

  /** Returns the share of the rows that are copies. */
  public double copyShare() {
    return rows == 0 ? 0 : copies / (double) rows;
  }
}
