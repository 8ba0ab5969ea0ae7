package org.tdro.data.shards;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.tdro.io.CounterRandom;
import org.tdro.io.InputException;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.Fold;
import org.tdro.rows.statistics.DomainStatistics;

/** The rows of one domain in two memory-mapped files, one for each fold. Thread-safe. */
public final class Domain implements AutoCloseable {
  private final String name;
  private final ArrowShard first;
  private final ArrowShard second;
  private volatile boolean closed;

  private Domain(String name, ArrowShard first, ArrowShard second) {
    this.name = name;
    this.first = first;
    this.second = second;
  }

  /**
   * Maps a domain of a folder.
   *
   * @throws InputException if a file is missing or damaged, or if the two are from different imports
   */
  static Domain open(Path folder, String name) {
    var paths = DomainFiles.shards(folder, name);
    var first = ArrowShard.open(paths.get(Fold.FIRST));
    var second = ArrowShard.open(paths.get(Fold.SECOND));
    if (!first.facts().equals(second.facts())) {
      throw new InputException("%s and %s are from different imports; import the data again"
          .formatted(first.path(), second.path()));
    }
    return new Domain(name, first, second);
  }

  /** Returns the name of the domain. */
  public String name() {
    return name;
  }

  /** Returns the number of rows of a fold. */
  public long size(Fold fold) {
    return switch (fold) {
      case ALL -> first.rows() + second.rows();
      case FIRST -> first.rows();
      case SECOND -> second.rows();
    };
  }

  /** Returns whether its rows, all of them, have a teacher's scores. */
  public boolean hasScores() {
    return counts().scoredRows() > 0;
  }

  /** Returns the counts of both folds together. */
  public RowCounts counts() {
    return first.counts().plus(second.counts());
  }

  /** Returns the SHA-256 of the file of rows that it was imported from. */
  public String source() {
    return facts().source();
  }

  /** Returns the facts that the rows follow from. */
  ImportFacts facts() {
    return first.facts();
  }

  /**
   * Returns a row as token ids. In {@link Fold#ALL} the rows of the first fold come before those of the second.
   *
   * @throws IndexOutOfBoundsException if the fold has no such row
   */
  public TokenizedRow row(Fold fold, long index) {
    return inSecond(fold, index) ? second.row(index - skipped(fold)) : first.row(index);
  }

  /** Returns the id of a row's query. */
  public String queryId(Fold fold, long index) {
    return inSecond(fold, index) ? second.queryId(index - skipped(fold)) : first.queryId(index);
  }

  /** Ends reading; the files are unmapped by the garbage collector. */
  /** Returns statistics of the rows, in tokens. */
  DomainStatistics statistics() {
    var tally = new DomainStatistics.Tally();
    for (var fold : List.of(Fold.FIRST, Fold.SECOND)) {
      for (long i = 0; i < size(fold); i++) {
        var row = row(fold, i);
        tally.add(
            fold, texts(new int[][] {row.query()}), texts(row.positives()), texts(row.negatives()));
      }
    }
    return tally.statistics(name());
  }

  private static DomainStatistics.Texts texts(int[][] texts) {
    return new DomainStatistics.Texts(
        Arrays.stream(texts).mapToLong(Domain::hash).toArray(),
        Arrays.stream(texts).mapToInt(tokens -> tokens.length).toArray());
  }

  private static long hash(int[] tokens) {
    return CounterRandom.bits(
        tokens.length, Arrays.stream(tokens).asLongStream().toArray());
  }

  @Override
  public void close() {
    closed = true;
  }

  private boolean inSecond(Fold fold, long index) {
    if (closed) {
      throw new IllegalStateException("domain " + name + " is closed");
    }
    return fold == Fold.SECOND || (fold == Fold.ALL && index >= first.rows());
  }

  private long skipped(Fold fold) {
    return fold == Fold.ALL ? first.rows() : 0;
  }
}
