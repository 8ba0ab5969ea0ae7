package org.tdro.rows.selection;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tdro.io.Checks;
import org.tdro.io.InputException;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOutput;
import org.tdro.rows.TrainingRow;

/**
 * Training rows split into those to train on and queries held out for evaluation, so that nothing leaks: rows with the same query or
 * with a positive in common, in any domain, directly or through other rows, all stay or all go, and a held-out positive is taken out of the
 * negatives that stay. Groups of such rows are drawn at random until each domain has its queries; a group that is too large for that
 * stays in training.
 *
 * @param size how many rows of each domain are held out
 */
public record RowSplit(Size size, long seed) {
  /** The folder of the rows to train on. */
  public static final String TRAIN = "train";

  /** How many rows of each domain are held out. */
  public sealed interface Size {
    /** So many rows. */
    record Queries(long queries) implements Size {
      public Queries {
        new Checks().atLeast(1, "queries", queries).done();
      }
    }

    /** This part of the rows, above 0 and below 1; at least one. */
    record Share(double share) implements Size {
      public Share {
        new Checks()
            .that(share > 0 && share < 1, "share must be above 0 and below 1, was " + share)
            .done();
      }
    }
  }

  /**
   * Numbers of rows of a domain.
   *
   * @param rows that were read
   * @param heldOut of these, those that were held out
   * @param wanted those that should have been
   * @param groups groups of rows that must stay together
   * @param largestGroup rows of this domain in the largest of them
   * @param negativesTakenOut negatives of the rows that stay which are held-out positives
   * @param rowsWithoutNegatives rows that had negatives and now have none
   * @param renamedQueries see {@link HeldOut#complete}
   */
  public record Counts(
      long rows,
      long heldOut,
      long wanted,
      long groups,
      long largestGroup,
      long negativesTakenOut,
      long rowsWithoutNegatives,
      long renamedQueries) {}

  /**
   * Writes rows that stay to {@code folder/train/DOMAIN.jsonl[.gz]}, in their order, and the others in a form.
   *
   * @param heldOut the name of the folder of the others
   * @param record is asked what to record of the counts
   * @throws InputException naming rows that cannot be read, or domains with too few rows; nothing is written then
   */
  public SortedMap<String, Counts> write(
      DomainRows rows,
      Path folder,
      String heldOut,
      HeldOut.Form form,
      Function<SortedMap<String, Counts>, Object> record) {
    var counts = new TreeMap<String, Counts>();
    RowOutput.write(folder, beside -> {
      var plan = new Plan(new RowGroups(rows, seed), List.copyOf(rows.files().keySet()));
      rows.forEachDomain(domain -> {
        var source = rows.files().get(domain);
        try (var train = RowOutput.open(beside.resolve(TRAIN), domain, source);
            var others = plan.heldOut(domain) == 0
                ? new Nothing()
                : form.open(beside.resolve(heldOut), domain, source)) {
          long[] negatives = new long[2];
          rows.read(domain, RowGroups.Hashes::of, (row, hashes) -> {
            boolean isHeldOut = plan.isHeldOut(hashes);
            others.add(row, isHeldOut);
            if (!isHeldOut) {
              train.write(plan.withoutHeldOut(row, hashes, negatives));
            }
          });
          counts.put(domain, plan.counts(domain, negatives[0], negatives[1], others.complete()));
        }
      });
      return record.apply(counts);
    });
    return counts;
  }

  /** A domain of which no query could be held out. */
  private static final class Nothing implements HeldOut {
    @Override
    public void add(TrainingRow row, boolean heldOut) {}

    @Override
    public long complete() {
      return 0;
    }

    @Override
    public void close() {}
  }

  /** The groups that are held out. */
  private final class Plan {
    private final RowGroups groups;
    private final List<String> domains;
    private final BitSet heldOut = new BitSet();
    private final long[] rows;
    private final long[] wanted;
    private final long[] drawn;
    private final long[] counted;
    private final long[] largest;

    Plan(RowGroups groups, List<String> domains) {
      this.groups = groups;
      this.domains = domains;
      this.rows = new long[domains.size()];
      this.wanted = new long[domains.size()];
      this.drawn = new long[domains.size()];
      this.counted = new long[domains.size()];
      this.largest = new long[domains.size()];
      draw(cells());
    }

    /** Returns for each row its group in the upper half of the bits and its domain in the lower, sorted. */
    private long[] cells() {
      var problems = new ArrayList<String>();
      var cells = new long[domains.size()][];
      for (int d = 0; d < cells.length; d++) {
        int domain = d;
        cells[d] = Arrays.stream(groups.ofRows(domains.get(d)))
            .mapToLong(group -> (long) group << Integer.SIZE | domain)
            .toArray();
        rows[d] = cells[d].length;
        wanted[d] = wanted(rows[d]);
        if (wanted[d] >= rows[d]) {
          problems.add("domain %s: has %d rows, so %d cannot be held out; choose fewer"
              .formatted(domains.get(d), rows[d], wanted[d]));
        }
      }
      if (!problems.isEmpty()) {
        throw new InputException(problems);
      }
      return Arrays.stream(cells).flatMapToLong(Arrays::stream).sorted().toArray();
    }

    private long wanted(long all) {
      return size instanceof Size.Queries number
          ? number.queries()
          : Math.max(1, Math.round(((Size.Share) size).share() * all));
    }

    private void draw(long[] cells) {
      var starts = IntStream.range(0, cells.length)
          .filter(i -> i == 0 || group(cells[i]) != group(cells[i - 1]))
          .boxed()
          .sorted(Comparator.comparingLong(i -> groups.number(group(cells[i]))))
          .toList();
      for (int start : starts) {
        var members = new TreeMap<Integer, Long>();
        for (int i = start; i < cells.length && group(cells[i]) == group(cells[start]); i++) {
          members.merge((int) cells[i], 1L, Long::sum);
        }
        boolean fits = true;
        for (var member : members.entrySet()) {
          int domain = member.getKey();
          counted[domain]++;
          largest[domain] = Math.max(largest[domain], member.getValue());
          fits &= drawn[domain] + member.getValue() <= wanted[domain];
        }
        if (fits) {
          heldOut.set(group(cells[start]));
          members.forEach((domain, number) -> drawn[domain] += number);
        }
      }
    }

    private static int group(long cell) {
      return (int) (cell >>> Integer.SIZE);
    }

    boolean isHeldOut(RowGroups.Hashes row) {
      return heldOut.get(groups.group(row));
    }

    long heldOut(String domain) {
      return drawn[domains.indexOf(domain)];
    }

    /**
     * Returns a row without the negatives that are held-out positives.
     *
     * @param counts of negatives that were taken out, and of rows that lost all; added to
     */
    TrainingRow withoutHeldOut(TrainingRow row, RowGroups.Hashes hashes, long[] counts) {
      var leaks = new boolean[hashes.negatives().length];
      int found = 0;
      for (int i = 0; i < leaks.length; i++) {
        int group = groups.groupOfPositive(hashes.negatives()[i]);
        leaks[i] = group >= 0 && heldOut.get(group);
        found += leaks[i] ? 1 : 0;
      }
      if (found == 0) {
        return row;
      }
      counts[0] += found;
      counts[1] += found == leaks.length ? 1 : 0;
      return row.withoutNegatives(i -> leaks[i]);
    }

    Counts counts(String domain, long negatives, long withoutNegatives, long renamedQueries) {
      int d = domains.indexOf(domain);
      return new Counts(
          rows[d],
          drawn[d],
          wanted[d],
          counted[d],
          largest[d],
          negatives,
          withoutNegatives,
          renamedQueries);
    }
  }

  /** Returns the form in which held-out rows are written as they are. */
  public static HeldOut.Form asRows() {
    return (folder, domain, source) -> {
      var writer = RowOutput.open(folder, domain, source);
      return new HeldOut() {
        @Override
        public void add(TrainingRow row, boolean heldOut) throws IOException {
          if (heldOut) {
            writer.write(row);
          }
        }

        @Override
        public long complete() {
          return 0;
        }

        @Override
        public void close() throws IOException {
          writer.close();
        }
      };
    };
  }
}
