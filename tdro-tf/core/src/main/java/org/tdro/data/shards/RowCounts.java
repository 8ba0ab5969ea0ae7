package org.tdro.data.shards;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts of imported rows, kept in the metadata of the footer of their Arrow file.
 *
 * @param rows number of queries
 * @param positives number of relevant passages
 * @param negatives number of irrelevant passages
 * @param rowsWithoutNegatives number of queries without an irrelevant passage
 * @param scoredRows number of queries whose passages a teacher has scored
 * @param tokens number of tokens in queries and passages
 * @param maxTokenId the highest id, or −1 without rows
 */
public record RowCounts(
    long rows,
    long positives,
    long negatives,
    long rowsWithoutNegatives,
    long scoredRows,
    long tokens,
    int maxTokenId) {
  /** The counts of no rows. */
  public static final RowCounts NONE = new RowCounts(0, 0, 0, 0, 0, 0, -1);

  /** Returns the counts of both together. */
  RowCounts plus(RowCounts other) {
    return new RowCounts(
        rows + other.rows,
        positives + other.positives,
        negatives + other.negatives,
        rowsWithoutNegatives + other.rowsWithoutNegatives,
        scoredRows + other.scoredRows,
        tokens + other.tokens,
        Math.max(maxTokenId, other.maxTokenId));
  }

  /** Returns the counts with one more row. */
  RowCounts plus(TokenizedRow row) {
    var highest = maxTokenId;
    var added = row.query().length;
    for (var id : row.query()) {
      highest = Math.max(highest, id);
    }
    for (var passages : new int[][][] {row.positives(), row.negatives()}) {
      for (var passage : passages) {
        added += passage.length;
        for (var id : passage) {
          highest = Math.max(highest, id);
        }
      }
    }
    return new RowCounts(
        rows + 1,
        positives + row.positives().length,
        negatives + row.negatives().length,
        rowsWithoutNegatives + (row.negatives().length == 0 ? 1 : 0),
        scoredRows + (row.scores().isPresent() ? 1 : 0),
        tokens + added,
        highest);
  }

  /** Returns the metadata, sorted so that the same import writes the same bytes in every process. */
  SortedMap<String, String> toMetadata() {
    return new TreeMap<>(Map.of(
        "tdro.rows", Long.toString(rows),
        "tdro.positives", Long.toString(positives),
        "tdro.negatives", Long.toString(negatives),
        "tdro.rows-without-negatives", Long.toString(rowsWithoutNegatives),
        "tdro.scored-rows", Long.toString(scoredRows),
        "tdro.tokens", Long.toString(tokens),
        "tdro.max-token-id", Integer.toString(maxTokenId)));
  }

  /** Reads the counts of a file. */
  static RowCounts fromMetadata(ShardMetadata metadata) {
    return new RowCounts(
        metadata.number("tdro.rows"),
        metadata.number("tdro.positives"),
        metadata.number("tdro.negatives"),
        metadata.number("tdro.rows-without-negatives"),
        metadata.number("tdro.scored-rows"),
        metadata.number("tdro.tokens"),
        Math.toIntExact(metadata.number("tdro.max-token-id")));
  }
}
