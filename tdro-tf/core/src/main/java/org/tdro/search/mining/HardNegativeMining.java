package org.tdro.search.mining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowSource;
import org.tdro.rows.RowWriter;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.NormalText;

/**
 * Mines hard negatives for the rows of domains: the passages of each domain are ranked for its queries, and those that pass the filters of
 * {@link MiningOptions} become the rows' negatives.
 *
 * @param ranker makes what ranks the passages of a domain
 * @param teacher makes what scores positives and negatives, for distillation, if anything does
 */
public record HardNegativeMining(
    MiningOptions options,
    Function<PassagePool, PoolRanker> ranker,
    Optional<Function<PassagePool, PoolRanker>> teacher) {
  /** Rows that are ranked together and written to one file: what a kill loses at most. */
  static final int PART_ROWS = 2048;

  private static final String ROWS = ".jsonl";
  private static final String COUNTS = ".json";

  /**
   * Mines a domain in parts. Parts that are there are not mined again.
   *
   * @param parts a folder of this domain and these options alone
   * @param mined is told how many rows were mined, or found mined, since it was last called
   * @throws org.tdro.io.InputException naming what is wrong with the rows
   */
  public MiningCounts mine(DomainRows rows, String domain, Path parts, LongConsumer mined)
      throws IOException {
    Files.createDirectories(parts);
    try (var pool = PassagePool.create(parts.resolve("passages"))) {
      var positives = new HashMap<Long, int[]>();
      rows.read(domain, row -> NormalText.of(row.query()).hash(), (row, query) -> {
        var numbers = row.positives().stream().mapToInt(pool::add).toArray();
        row.negatives().forEach(pool::add);
        positives.merge(query, numbers, HardNegativeMining::union);
      });
      pool.complete();
      try (var domainParts = new Parts(parts, pool, positives, mined)) {
        rows.read(domain, row -> row, (row, same) -> domainParts.add(row));
        return domainParts.finish();
      }
    }
  }

  private static int[] union(int[] left, int[] right) {
    return IntStream.concat(Arrays.stream(left), Arrays.stream(right))
        .distinct()
        .toArray();
  }

  /**
   * Writes the rows of a domain that is mined, in the order of its file.
   *
   * @param complete whether rows without a negative are left out
   */
  public static void join(Path parts, boolean complete, RowWriter output) throws IOException {
    for (int part = 0; Files.exists(parts.resolve(part + COUNTS)); part++) {
      try (var rows = RowSource.open(parts.resolve(part + ROWS))) {
        for (var chunks = rows.chunks(PART_ROWS); chunks.hasNext(); ) {
          for (var unparsed : chunks.next()) {
            var row = unparsed.parse();
            if (!complete || !row.negatives().isEmpty()) {
              output.write(row);
            }
          }
        }
      }
    }
  }

  /** The parts of a domain: what ranks its passages is only made if one is missing. Owns it. */
  private final class Parts implements AutoCloseable {
    private final Path folder;
    private final PassagePool pool;
    private final Map<Long, int[]> positives;
    private final LongConsumer mined;
    private final List<TrainingRow> waiting = new ArrayList<>();
    private int part;
    private MiningCounts counts = MiningCounts.NONE;
    private PoolRanker opened;
    private PoolRanker openedTeacher;

    private Parts(Path folder, PassagePool pool, Map<Long, int[]> positives, LongConsumer mined) {
      this.folder = folder;
      this.pool = pool;
      this.positives = positives;
      this.mined = mined;
    }

    private void add(TrainingRow row) throws IOException {
      waiting.add(row);
      if (waiting.size() == PART_ROWS) {
        mineWaiting();
      }
    }

    private MiningCounts finish() throws IOException {
      if (!waiting.isEmpty()) {
        mineWaiting();
      }
      return counts;
    }

    private void mineWaiting() throws IOException {
      // The counts are written last, so a part that has them is complete.
      var counted = folder.resolve(part + COUNTS);
      if (!Files.exists(counted)) {
        var rows = miner().mine(waiting);
        var file = folder.resolve(part + ROWS);
        AtomicWrite.file(file, beside -> {
          try (var writer = RowWriter.open(beside, file)) {
            for (var row : rows.rows()) {
              writer.write(row);
            }
          }
        });
        Json.write(counted, rows.counts());
      }
      counts = counts.plus(Json.read(counted, MiningCounts.class));
      part++;
      mined.accept(waiting.size());
      waiting.clear();
    }

    private RowMiner miner() {
      if (opened == null) {
        opened = ranker.apply(pool);
        teacher.ifPresent(scorer -> openedTeacher = scorer.apply(pool));
      }
      return new RowMiner(options, pool, positives, opened, Optional.ofNullable(openedTeacher));
    }

    @Override
    public void close() {
      try {
        if (openedTeacher != null) {
          openedTeacher.close();
        }
      } finally {
        if (opened != null) {
          opened.close();
        }
      }
    }
  }
}
