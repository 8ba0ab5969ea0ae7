package org.tdro.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.io.Problems;

/**
 * The rows of several domains, worked on by several threads and handed on in their order, a bounded number of them in memory.
 *
 * @param files the file or folder of each domain
 * @param options how rows are read
 * @param progress is told how many rows have been read since it was last called
 */
public record DomainRows(
    SortedMap<String, Path> files, RowOptions options, int threads, LongConsumer progress) {
  private static final int CHUNK_ROWS = 256;

  public DomainRows {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /**
   * Finds the files of rows, see {@link DomainFiles#sources}.
   *
   * @throws InputException listing all places that are missing or hold none
   */
  public static DomainRows of(
      List<Path> places,
      RowOptions options,
      Consumer<String> skipped,
      int threads,
      LongConsumer progress) {
    return new DomainRows(
        DomainFiles.sources(places, options, skipped), options, threads, progress);
  }

  /** Returns the same rows, for a reading that does not count as progress. */
  public DomainRows unseen() {
    return new DomainRows(files, options, threads, read -> {});
  }

  /** What is done with a row and with what was found out about it. */
  @FunctionalInterface
  public interface Sink<T> {
    /** Takes the next row; called by one thread. What it throws is passed on in an {@link UncheckedIOException}. */
    void accept(TrainingRow row, T found) throws IOException;
  }

  /** What is done for a domain. */
  @FunctionalInterface
  public interface DomainBody {
    /** Works on one domain. */
    void accept(String domain) throws IOException;
  }

  private record Found<T>(List<TrainingRow> rows, List<T> found, List<String> problems) {}

  /**
   * Works on the domains in the order of their names. What is wrong with the rows of one does not keep the next from being checked.
   *
   * @throws InputException listing the first {@value Problems#SHOWN} problems of all domains
   */
  public void forEachDomain(DomainBody body) {
    var problems = new Problems();
    for (var domain : files.keySet()) {
      if (problems.isFull()) {
        break;
      }
      try {
        body.accept(domain);
      } catch (InputException e) {
        problems.fill(e.problems());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    problems.throwIfAny();
  }

  /**
   * Reads a domain: each row goes through {@code work} on any thread, then to {@code sink} in the order of the file.
   *
   * @throws InputException listing the first {@value Problems#SHOWN} problems of its rows, or because there are none
   */
  public <T> void read(String domain, Function<TrainingRow, T> work, Sink<T> sink) {
    var problems = new Problems();
    var file = files.get(domain);
    var rows = new long[1];
    try (var source = RowSource.open(file, options)) {
      OrderedParallel.forEach(
          source.chunks(CHUNK_ROWS), threads, chunk -> found(chunk, work), chunk -> {
            problems.fill(chunk.problems());
            if (problems.isFull()) {
              problems.throwIfAny();
            }
            rows[0] += chunk.rows().size();
            progress.accept(chunk.rows().size());
            if (problems.isEmpty()) {
              hand(chunk, sink);
            }
          });
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    if (rows[0] == 0 && problems.isEmpty()) {
      problems.add(file + ": holds no rows");
    }
    problems.throwIfAny();
  }

  private static <T> Found<T> found(List<RowSource.Unparsed> chunk, Function<TrainingRow, T> work) {
    var rows = new ArrayList<TrainingRow>(chunk.size());
    var found = new ArrayList<T>(chunk.size());
    var problems = new ArrayList<String>();
    for (var unparsed : chunk) {
      try {
        var row = unparsed.parse();
        found.add(work.apply(row));
        rows.add(row);
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    return new Found<>(rows, found, problems);
  }

  private static <T> void hand(Found<T> chunk, Sink<T> sink) {
    try {
      for (int i = 0; i < chunk.rows().size(); i++) {
        sink.accept(chunk.rows().get(i), chunk.found().get(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
