package org.tdro.rows.selection;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.tdro.io.Checks;
import org.tdro.io.CounterRandom;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOutput;
import org.tdro.rows.RowWriter;
import org.tdro.rows.TrainingRow;

/**
 * A sample of each domain's rows: those with the smallest random numbers, which follow from the seed and the row's query id. So rows that
 * are added elsewhere change nothing about a row, and a larger sample holds every smaller one of the same seed.
 *
 * @param size how much of a domain is drawn
 */
public record RowSample(Size size, long seed) {
  /** The stream of random numbers that samples are drawn by. */
  private static final long SAMPLE = 0x726f77732d73616dL;

  /** How much of a domain is drawn. */
  public sealed interface Size {
    /** At most so many rows of each domain. */
    record Rows(long rows) implements Size {
      public Rows {
        new Checks().atLeast(1, "rows", rows).done();
      }
    }

    /** Each row with this probability, above 0 and at most 1. */
    record Share(double share) implements Size {
      public Share {
        new Checks()
            .that(share > 0 && share <= 1, "share must be above 0 and at most 1, was " + share)
            .done();
      }
    }
  }

  /** Numbers of rows of a domain: those that were read and those that were drawn. */
  public record Counts(long rows, long drawn) {}

  /**
   * The last row of a sample.
   *
   * @param number the random number of its query id
   * @param position its place in the file, which orders rows of the same query id
   */
  private record Limit(long number, long position) {
    private static final Comparator<Limit> ORDER =
        Comparator.comparingLong(Limit::number).thenComparingLong(Limit::position);

    /** Returns whether a row is in the sample. */
    boolean includes(long number, long position) {
      return number < this.number || (number == this.number && position <= this.position);
    }
  }

  /** Returns the random number of a row, from 0 on: 63 bits. */
  private long number(TrainingRow row) {
    long id = CounterRandom.fnv1a(row.queryId().getBytes(StandardCharsets.UTF_8));
    return CounterRandom.bits(seed, SAMPLE, id) >>> 1;
  }

  /**
   * Finds the last row of the sample of some files together. Reads them unless a share is drawn; then about 50 bytes a drawn row are
   * needed.
   *
   * @param domains of {@code rows}, in the order of their rows
   */
  private Limit limit(DomainRows rows, List<String> domains) {
    if (size instanceof Size.Share part) {
      // The largest long has no neighbour to be below of.
      long end = part.share() == 1 ? Long.MAX_VALUE : (long) (part.share() * 0x1p63) - 1;
      return new Limit(end, Long.MAX_VALUE);
    }
    long most = ((Size.Rows) size).rows();
    var drawn = new PriorityQueue<Limit>(Limit.ORDER.reversed());
    long[] position = new long[1];
    var unseen = rows.unseen();
    for (var domain : domains) {
      unseen.read(domain, this::number, (row, number) -> {
        var candidate = new Limit(number, position[0]++);
        if (drawn.size() < most) {
          drawn.add(candidate);
        } else if (drawn.peek().includes(candidate.number(), candidate.position())) {
          drawn.poll();
          drawn.add(candidate);
        }
      });
    }
    return drawn.peek();
  }

  /**
   * Writes the sample of some files together, rows in their order.
   *
   * @param domains of {@code rows}, in the order in which they are read
   * @throws org.tdro.io.InputException naming rows that cannot be read
   */
  public Counts write(DomainRows rows, List<String> domains, RowWriter out) {
    var limit = limit(rows, domains);
    long[] counts = new long[2];
    for (var domain : domains) {
      rows.read(domain, this::number, (row, number) -> {
        if (limit.includes(number, counts[0]++)) {
          counts[1]++;
          out.write(row);
        }
      });
    }
    return new Counts(counts[0], counts[1]);
  }

  /**
   * Writes the sample to {@code folder/DOMAIN.jsonl[.gz]}, rows in their order.
   *
   * @param record is asked what to record of the counts
   * @throws org.tdro.io.InputException naming rows that cannot be read; nothing is written then
   */
  public SortedMap<String, Counts> write(
      DomainRows rows, Path folder, Function<SortedMap<String, Counts>, Object> record) {
    var counts = new TreeMap<String, Counts>();
    RowOutput.write(folder, beside -> {
      rows.forEachDomain(domain -> {
        try (var drawn = RowOutput.open(beside, domain, rows.files().get(domain))) {
          counts.put(domain, write(rows, List.of(domain), drawn));
        }
      });
      return record.apply(counts);
    });
    return counts;
  }
}
