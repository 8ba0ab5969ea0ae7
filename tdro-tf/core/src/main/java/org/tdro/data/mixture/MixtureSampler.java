package org.tdro.data.mixture;

import java.util.Arrays;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;

/**
 * A sampler that decides which rows each batch holds, by the seed, the schedule and the index of the batch alone. Thread-safe.
 *
 * <p>Batches form blocks. A block draws every domain by its weight in the schedule, exact up to rounding ({@link BlockCounts}), in an
 * order that follows from (seed, block). The {@code j}-th row drawn of a domain is at the place {@code j mod size} of its epoch
 * {@code j / size} ({@link EpochOrder}), so every row of a domain is seen once before any is seen again. The number of rows of each domain drawn before a block
 * is computed without counting: sums over the past stages of the schedule, and a formula for the present one.
 *
 * <p>Weights are shares of rows. Where batches of one domain have sizes of their own, a domain is drawn by its weight ÷ size.
 */
public final class MixtureSampler {
  /**
   * Version of the rule by which rows are drawn and compared, kept in the record of a run: a run that another version began would not
   * go on to the bits of an uninterrupted one. It changes whenever a step may get other rows or negatives. Version 1 drew each row by
   * itself; 2 draws exact counts in blocks; since 3, equal texts of a batch are not each other's negatives.
   */
  public static final int VERSION = 3;

  private static final long COUNT_STREAM = 1;
  private static final long ORDER_STREAM = 4;

  private final long[] sizes;
  private final MixtureBatches batches;
  private final EpochOrder order;
  private final long seed;
  private volatile Plan plan;

  /** The way batches mix domains. */
  public enum Batching {
    /** All rows of a batch come from one domain, and so do its in-batch negatives. */
    HOMOGENEOUS,
    /** Rows are drawn one by one from all domains. */
    MIXED
  }

  /**
   * Reference to a row that was drawn.
   *
   * @param domain position in the list of domains
   * @param row position in the domain's fold
   * @param epoch number of times that the whole domain was drawn before
   */
  public record RowRef(int domain, long row, long epoch) {}

  /**
   * Creates a sampler over domains whose epochs are in random order.
   *
   * @param sizes rows of each domain
   * @param schedule weights of each domain
   * @throws InputException if a domain without rows has a positive weight
   */
  public MixtureSampler(long[] sizes, MixtureSchedule schedule, MixtureBatches batches, long seed) {
    this(sizes, schedule, batches, EpochOrder.shuffled(sizes.clone(), seed), seed);
  }

  /**
   * Creates a sampler over domains whose epochs are in a given order.
   *
   * @param sizes rows of each domain
   * @param schedule weights of each domain
   * @throws InputException if a domain without rows has a positive weight
   */
  public MixtureSampler(
      long[] sizes, MixtureSchedule schedule, MixtureBatches batches, EpochOrder order, long seed) {
    this.sizes = sizes.clone();
    this.batches = batches;
    this.order = order;
    this.seed = seed;
    follow(schedule);
  }

  /** Returns the current schedule. */
  public MixtureSchedule schedule() {
    return plan.schedule;
  }

  /**
   * Follows another schedule from now on, such as an open one of which a further block is decided.
   *
   * @throws InputException if a domain without rows has a positive weight
   */
  public void follow(MixtureSchedule schedule) {
    if (schedule.domains() != sizes.length) {
      throw new IllegalArgumentException("%d domains, but the schedule has %d weights"
          .formatted(sizes.length, schedule.domains()));
    }
    for (var stage : schedule.stages()) {
      for (int domain = 0; domain < sizes.length; domain++) {
        double weight = stage.weights().get(domain);
        if (weight > 0 && sizes[domain] < 1) {
          throw new InputException("domain %d has weight %s but no rows".formatted(domain, weight));
        }
      }
    }
    plan = new Plan(schedule);
  }

  /** Returns whether the block of a batch is decided. */
  public boolean decides(long batchIndex) {
    return batchIndex / batches.block() < plan.schedule.decided();
  }

  /**
   * Returns the rows of a batch, in order.
   *
   * @throws IllegalStateException if the schedule is open and has not decided the block of the batch
   */
  public RowRef[] rows(long batchIndex) {
    if (batchIndex < 0) {
      throw new IllegalArgumentException("batch index must be at least 0, was " + batchIndex);
    }
    var block = plan.block(batchIndex / batches.block());
    int first = (int) (batchIndex % batches.block()) * batches.drawsOfBatch();
    var drawn = block.drawnBefore(first);
    int rowsOfDraw = batches.rowsOfDraw(block.domains[first]);
    var rows = new RowRef[batches.drawsOfBatch() * rowsOfDraw];
    for (int slot = 0; slot < rows.length; slot++) {
      int domain = block.domains[first + slot / rowsOfDraw];
      long occurrence = drawn[domain]++;
      long epoch = occurrence / sizes[domain];
      rows[slot] = new RowRef(domain, order.row(domain, epoch, occurrence % sizes[domain]), epoch);
    }
    return rows;
  }

  /** A schedule with the numbers that follow from it. */
  private final class Plan {
    private final MixtureSchedule schedule;
    private final BlockCounts[] counts;
    /** Draws of each domain before each stage, less those that the stage's formula gives for the blocks before it. */
    private final long[][] corrections;
    /** The block of the last call; batches are usually asked for in order. */
    private volatile Block last;

    private Plan(MixtureSchedule schedule) {
      this.schedule = schedule;
      int draws = batches.block() * batches.drawsOfBatch();
      var stages = schedule.stages();
      counts = new BlockCounts[stages.size()];
      corrections = new long[stages.size()][];
      var correction = new long[sizes.length];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new BlockCounts(
            batches.ofDraws(stages.get(i).weights()),
            draws,
            CounterRandom.bits(seed, COUNT_STREAM));
        if (i > 0) {
          long first = stages.get(i).firstBlock();
          correction = sum(correction, counts[i - 1].before(first), 1);
          correction = sum(correction, counts[i].before(first), -1);
        }
        corrections[i] = correction;
      }
    }

    private Block block(long number) {
      var present = last;
      if (present == null || present.number != number) {
        if (number >= schedule.decided()) {
          throw new IllegalStateException("block %d is not decided yet, only %d blocks are"
              .formatted(number, schedule.decided()));
        }
        present = new Block(number);
        last = present;
      }
      return present;
    }

    private int stage(long block) {
      var firsts = schedule.stages().stream()
          .mapToLong(MixtureSchedule.Stage::firstBlock)
          .toArray();
      int found = Arrays.binarySearch(firsts, block);
      return found >= 0 ? found : -found - 2;
    }

    /** The draws of a block in order. */
    private final class Block {
      private final long number;
      private final int[] domains;
      private final long[] before;

      private Block(long number) {
        this.number = number;
        int stage = stage(number);
        before = sum(corrections[stage], counts[stage].before(number), 1);
        domains = new int[batches.block() * batches.drawsOfBatch()];
        var inBlock = counts[stage].in(number);
        int from = 0;
        for (int domain = 0; domain < inBlock.length; domain++) {
          int to = from + (int) inBlock[domain];
          Arrays.fill(domains, from, to, domain);
          from = to;
        }
        shuffle(domains, CounterRandom.bits(seed, ORDER_STREAM, number));
      }

      /** Returns the number of rows of each domain drawn before the {@code draw}-th draw of this block. */
      private long[] drawnBefore(int draw) {
        var drawn = before.clone();
        for (int i = 0; i < draw; i++) {
          drawn[domains[i]]++;
        }
        for (int domain = 0; domain < drawn.length; domain++) {
          drawn[domain] *= batches.rowsOfDraw(domain);
        }
        return drawn;
      }
    }
  }

  private static long[] sum(long[] a, long[] b, int sign) {
    var sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += sign * b[i];
    }
    return sum;
  }

  /** Shuffles values by the method of Fisher and Yates. */
  static void shuffle(int[] values, long key) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = CounterRandom.below(i + 1, CounterRandom.bits(key, i));
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }
}
