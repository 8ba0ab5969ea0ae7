package org.tdro.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tdro.io.InputException;
import org.tdro.io.JsonLines;
import org.tdro.io.Problems;

/**
 * An evaluation set in the folder form of BEIR (Thakur et al. 2021): {@code corpus.jsonl}, {@code queries.jsonl} (each plain
 * or {@code .gz}) and {@code qrels/SPLIT.tsv} (likewise).
 *
 * @param folder gives the set its name
 * @param split the judgements to use, usually {@code test}
 */
public record BeirDataset(Path folder, String split) {
  /** The split that is evaluated where none is named. */
  public static final String TEST = "test";

  /** @throws InputException naming all files that are missing */
  public BeirDataset {
    var problems = new Problems();
    for (var file : List.of("corpus.jsonl", "queries.jsonl", "qrels/" + split + ".tsv")) {
      if (find(folder, file).isEmpty()) {
        problems.add(folder.resolve(file) + ": no such file, nor " + file + ".gz");
      }
    }
    problems.throwIfAny();
  }

  /**
   * The set in a folder, or the sets in its subfolders in the order of their names. A subfolder counts as a set if it has a
   * corpus.
   *
   * @throws InputException if there is none, or one lacks a file
   */
  public static List<BeirDataset> list(Path folder) {
    if (find(folder, "corpus.jsonl").isPresent()) {
      return List.of(new BeirDataset(folder, TEST));
    }
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": no such folder");
    }
    var sets = new ArrayList<BeirDataset>();
    var problems = new Problems();
    for (var subfolder : subfolders(folder)) {
      if (find(subfolder, "corpus.jsonl").isPresent()) {
        try {
          sets.add(new BeirDataset(subfolder, TEST));
        } catch (InputException e) {
          e.problems().forEach(problems::add);
        }
      }
    }
    problems.throwIfAny();
    if (sets.isEmpty()) {
      throw new InputException(folder + ": neither it nor a folder in it has a corpus.jsonl[.gz]");
    }
    return List.copyOf(sets);
  }

  private static List<Path> subfolders(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> find(Path folder, String file) {
    return Stream.of(folder.resolve(file), folder.resolve(file + ".gz"))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private Path file(String name) {
    return find(folder, name)
        .orElseThrow(() -> new InputException(folder.resolve(name) + ": no such file"));
  }

  /** The name of the folder. */
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /**
   * The judgements of the split.
   *
   * @throws InputException as {@link Qrels#read}
   */
  public Qrels qrels() {
    return Qrels.read(file("qrels/" + split + ".tsv"));
  }

  /**
   * The queries that have judgements, in the order of the file.
   *
   * @throws InputException with all malformed lines, repeated ids and judged queries without text (the first 20
   *     worded)
   */
  public List<BeirQuery> queries() {
    var judged = qrels().queries();
    var queries = new ArrayList<BeirQuery>();
    var missing = new LinkedHashSet<>(judged);
    var problems = new Problems();
    var file = file("queries.jsonl");
    readAll(file, problems, BeirDataset::query, query -> {
      missing.remove(query.id());
      if (judged.contains(query.id())) {
        queries.add(query);
      }
    });
    missing.forEach(
        id -> problems.add(file + ": query '" + id + "' is judged in " + split + " but not here"));
    problems.throwIfAny();
    return List.copyOf(queries);
  }

  /**
   * The documents in the order of the file, read as they are asked for; to be closed.
   *
   * <p>Reading throws an {@link InputException} at the first malformed line or repeated id; {@link #check} finds
   * them all before.
   */
  public Stream<BeirDocument> corpus() {
    var lines = new JsonLines(file("corpus.jsonl"));
    var documents =
        new Spliterators.AbstractSpliterator<BeirDocument>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super BeirDocument> action) {
            var next = document(lines);
            if (next == null) {
              return false;
            }
            action.accept(next);
            return true;
          }
        };
    return StreamSupport.stream(documents, false).onClose(lines::close);
  }

  /**
   * Reads everything once, to fail before anything is encoded.
   *
   * @throws InputException with all problems of all three files (the first 20 of each worded)
   */
  public void check() {
    var problems = new Problems();
    try {
      queries();
    } catch (InputException e) {
      e.problems().forEach(problems::add);
    }
    readAll(file("corpus.jsonl"), problems, BeirDataset::document, document -> {});
    problems.throwIfAny();
  }

  private interface Row<T> {
    /** The next row, or null at the end. */
    T read(JsonLines lines);
  }

  private static <T> void readAll(Path file, Problems problems, Row<T> row, Consumer<T> rows) {
    try (var lines = new JsonLines(file)) {
      boolean more = true;
      while (more) {
        try {
          var next = row.read(lines);
          more = next != null;
          if (more) {
            rows.accept(next);
          }
        } catch (InputException e) {
          e.problems().forEach(problems::add);
        }
      }
    }
  }

  private static BeirQuery query(JsonLines lines) {
    var object = lines.next();
    return object == null
        ? null
        : new BeirQuery(lines.text(object, "_id", null), lines.text(object, "text", null));
  }

  private static BeirDocument document(JsonLines lines) {
    var object = lines.next();
    return object == null
        ? null
        : new BeirDocument(
            lines.text(object, "_id", null),
            lines.text(object, "title", ""),
            lines.text(object, "text", null));
  }
}
