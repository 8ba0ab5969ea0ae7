package org.tdro.data.mixture;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tdro.io.CounterRandom;

/**
 * An order in which rows of the same group are as far from each other as a batch is long, so that no batch of an epoch holds two of them.
 * That is possible for groups that have no more rows than the epoch has batches; those of larger groups are distributed evenly. It is
 * a function of (seed, domain, epoch).
 *
 * <p>The groups, one behind the other in random order, are dealt to {@code s} stretches of the epoch like cards to players: row j goes to
 * stretch j mod s. Rows of a group of at most s rows are then in different stretches, and their places there differ by at most one. With
 * stretches longer than a batch, they are at least a batch apart, whichever order the stretches have, and it is random, too.
 *
 * <p>A domain takes 8 bytes a row, and 4 for each of the two epochs that are kept, since the batch at their border needs both.
 */
public final class SpreadOrder implements EpochOrder {
  private static final long STREAM = 6;
  private static final int KEPT_EPOCHS = 2;

  private final long[] sizes;
  private final Groups groups;
  private final int[] apart;
  private final long seed;
  private final Domain[] domains;

  /** Groups of rows that should not be in one batch. */
  @FunctionalInterface
  public interface Groups {
    /**
     * Returns a number for each row of a domain, the same for rows of a group; read once for each domain that is drawn.
     *
     * @param most number of rows up to which all rows of a group can be kept apart
     */
    int[] of(int domain, int most);
  }

  /**
   * Creates the orders of domains.
   *
   * @param sizes rows of each domain
   * @param apart for each domain the number of rows that a batch takes of it, at least 1
   */
  public SpreadOrder(long[] sizes, int[] apart, Groups groups, long seed) {
    this.sizes = sizes.clone();
    this.groups = groups;
    this.apart = apart.clone();
    this.seed = seed;
    this.domains = new Domain[apart.length];
  }

  @Override
  public long row(int domain, long epoch, long place) {
    return domain(domain).order(epoch)[(int) place];
  }

  private synchronized Domain domain(int domain) {
    if (domains[domain] == null) {
      domains[domain] = new Domain(domain);
    }
    return domains[domain];
  }

  /** The rows of a domain, group by group, and the order of its last epochs. */
  private final class Domain {
    private final int number;
    private final int[] rows;
    /** The first place of each group in {@link #rows}, followed by the number of rows. */
    private final int[] starts;

    private final int stretches;
    private final Map<Long, int[]> epochs = new LinkedHashMap<>();

    private Domain(int number) {
      this.number = number;
      int size = Math.toIntExact(sizes[number]);
      stretches = Math.max(1, size / (apart[number] + 1));
      // In one stretch nothing can be kept apart: each row is a group of its own.
      var group = stretches > 1
          ? groups.of(number, stretches)
          : IntStream.range(0, size).toArray();
      var sorted = IntStream.range(0, size)
          .mapToLong(row -> (long) group[row] << Integer.SIZE | row)
          .sorted()
          .toArray();
      rows = LongStream.of(sorted).mapToInt(each -> (int) each).toArray();
      starts = IntStream.rangeClosed(0, size)
          .filter(i -> i == 0 || i == size || group[rows[i]] != group[rows[i - 1]])
          .toArray();
    }

    private synchronized int[] order(long epoch) {
      var known = epochs.get(epoch);
      if (known == null) {
        known = arranged(CounterRandom.bits(seed, STREAM, number, epoch));
        epochs.put(epoch, known);
        if (epochs.size() > KEPT_EPOCHS) {
          epochs.remove(epochs.keySet().iterator().next());
        }
      }
      return known;
    }

    private int[] arranged(long key) {
      var firsts = firsts(CounterRandom.bits(key, 0));
      var drawn = shuffled(starts.length - 1, CounterRandom.bits(key, 1));
      var order = new int[rows.length];
      int dealt = 0;
      for (int group : drawn) {
        int size = starts[group + 1] - starts[group];
        for (int member : shuffled(size, CounterRandom.bits(key, 2, group))) {
          order[firsts[dealt % stretches] + dealt / stretches] = rows[starts[group] + member];
          dealt++;
        }
      }
      return order;
    }

    /** Returns the first place of each stretch; those to which a row more is dealt are longer. */
    private int[] firsts(long key) {
      var firsts = new int[stretches];
      int first = 0;
      for (int stretch : shuffled(stretches, key)) {
        firsts[stretch] = first;
        first += rows.length / stretches + (stretch < rows.length % stretches ? 1 : 0);
      }
      return firsts;
    }
  }

  private static int[] shuffled(int size, long key) {
    var values = IntStream.range(0, size).toArray();
    MixtureSampler.shuffle(values, key);
    return values;
  }
}
