package org.tdro.rows.duplicates;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.tdro.io.CounterRandom;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;

/**
 * Rows of a domain that repeat others, in the same domain or in another one. Texts are equal if they are after
 * {@linkplain NormalText normalisation}. Near-duplicates are not found.
 *
 * @param rows number of rows
 * @param copies number of rows that have the query and all positives of an earlier row of the domain
 * @param overlaps number of rows whose query is a query of another domain, or one of whose positives is a positive there, by the name of that
 *     domain; those without any are left out
 */
public record RepeatedRows(long rows, long copies, SortedMap<String, Long> overlaps) {
  /** Hashes of the texts of a row, of which those of queries never equal those of positives. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Hashes(long query, long[] positives) {
    /** Returns a hash of the query and its positives in any order. */
    long pair() {
      return CounterRandom.bits(query, Arrays.stream(positives).sorted().toArray());
    }

    LongStream texts() {
      return LongStream.concat(LongStream.of(query), Arrays.stream(positives));
    }
  }

  /** A comparison of the rows of all domains. Memory for about six numbers a row is needed. */
  public static final class Comparison {
    private final SortedMap<String, List<Hashes>> rows = new TreeMap<>();

    /** Begins without rows. */
    public Comparison() {}

    /**
     * Adds a row.
     *
     * @param query hash of the query, see {@link NormalText#hash}
     * @param positives those of its relevant passages
     */
    public void add(String domain, long query, long[] positives) {
      rows.computeIfAbsent(domain, name -> new ArrayList<>())
          .add(new Hashes(
              CounterRandom.bits(query, 0),
              Arrays.stream(positives)
                  .map(positive -> CounterRandom.bits(positive, 1))
                  .toArray()));
    }

    /** Returns what the rows of each domain repeat. */
    public SortedMap<String, RepeatedRows> result() {
      var texts = new TreeMap<String, long[]>();
      rows.forEach((domain, hashes) -> texts.put(
          domain,
          hashes.stream().flatMapToLong(Hashes::texts).sorted().distinct().toArray()));
      var found = new TreeMap<String, RepeatedRows>();
      rows.forEach((domain, hashes) -> {
        var overlaps = new TreeMap<String, Long>();
        texts.forEach((other, known) -> {
          long shared = other.equals(domain)
              ? 0
              : hashes.stream()
                  .filter(
                      row -> row.texts().anyMatch(text -> Arrays.binarySearch(known, text) >= 0))
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
  }

  /**
   * Compares the rows of all domains.
   *
   * @param files the file of each domain
   * @throws org.tdro.io.InputException naming what cannot be read
   */
  public static SortedMap<String, RepeatedRows> of(SortedMap<String, Path> files, int threads) {
    var comparison = new Comparison();
    var rows = new DomainRows(files, RowOptions.RECOGNISE, threads, read -> {});
    rows.forEachDomain(domain -> rows.read(
        domain,
        row -> new Hashes(
            NormalText.of(row.query()).hash(),
            row.positives().stream()
                .mapToLong(passage -> NormalText.of(passage.content()).hash())
                .toArray()),
        (row, hashes) -> comparison.add(domain, hashes.query(), hashes.positives())));
    return comparison.result();
  }

  /** Returns the share of the rows that are copies. */
  public double copyShare() {
    return rows == 0 ? 0 : copies / (double) rows;
  }
}
