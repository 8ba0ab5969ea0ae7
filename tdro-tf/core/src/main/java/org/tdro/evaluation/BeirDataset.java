package org.tdro.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.Sha256;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.Query;

/**
 * A folder with an evaluation set in BEIR's form (Thakur et al. 2021): {@code corpus.jsonl}, {@code queries.jsonl} and
 * {@code qrels/SPLIT.tsv}, each plain or {@code .gz}.
 *
 * @param folder gives the set its name
 * @param split the judgements to use, usually {@code test}
 */
public record BeirDataset(Path folder, String split) {
  /** The split that is evaluated where none is named. */
  public static final String TEST = "test";

  private static final String CORPUS = "corpus.jsonl";
  private static final String QUERIES = "queries.jsonl";
  private static final Pattern SPLIT = Pattern.compile("(.+)\\.tsv(?:\\.gz)?");

  /**
   * Lists the set in a folder, or the sets in its subfolders in the order of their names. A subfolder counts as a set if it
   * has a corpus.
   *
   * @param split the judgements to use, such as {@link #TEST}
   * @throws InputException if there is none
   */
  public static List<BeirDataset> list(Path folder, String split) {
    var set = new BeirDataset(folder, split);
    if (set.find(CORPUS).isPresent()) {
      return List.of(set);
    }
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": no such folder");
    }
    try (var entries = Files.list(folder)) {
      var sets = entries
          .sorted()
          .map(subfolder -> new BeirDataset(subfolder, split))
          .filter(subset -> subset.find(CORPUS).isPresent())
          .toList();
      if (sets.isEmpty()) {
        throw new InputException(
            folder + ": neither it nor a folder in it has a corpus.jsonl[.gz]");
      }
      return sets;
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /**
   * Loads the sets of several folders, each as in {@link #list}.
   *
   * @param split the judgements to use, such as {@link #TEST}
   * @throws InputException if a folder holds none, a set is wrong (see {@link #load()}), or two have the same name
   */
  public static List<EvaluationSet> loadAll(List<Path> folders, String split) {
    return loadAll(folders, split, BeirDataset::load);
  }

  /** Loads the sets of several folders as {@link #loadAll(List, String)} does, but reads no corpus that is known to {@code cache}. */
  public static List<EvaluationSet> loadAll(List<Path> folders, String split, Path cache) {
    return loadAll(folders, split, dataset -> dataset.load(Optional.of(cache)));
  }

  private static List<EvaluationSet> loadAll(
      List<Path> folders, String split, Function<BeirDataset, EvaluationSet> load) {
    var sets = new ArrayList<EvaluationSet>();
    var names = new LinkedHashSet<String>();
    var problems = new Problems();
    for (var folder : folders) {
      try {
        for (var dataset : list(folder, split)) {
          if (!names.add(dataset.name())) {
            problems.add(dataset.folder + ": there is another evaluation set of this name");
          }
          sets.add(load.apply(dataset));
        }
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    problems.throwIfAny();
    return sets;
  }

  /** Returns whether a text can name a split: it is neither a path nor the name of a file. */
  public static boolean isSplit(String text) {
    return !text.isBlank()
        && !text.contains("/")
        && !text.contains("\\")
        && !SPLIT.matcher(text).matches();
  }

  /** Returns the name of the folder. */
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /**
   * Loads queries and judgements, and reads the corpus once, so that nothing is found wrong after hours of encoding.
   *
   * @throws InputException with all problems of the three files: those missing, malformed lines, repeated ids, judged queries
   *     without text (the first 20 worded)
   */
  public EvaluationSet load() {
    return load(Optional.empty());
  }

  private EvaluationSet load(Optional<Path> cache) {
    files();
    var problems = new Problems();
    var queries = new ArrayList<Query>();
    Qrels qrels = null;
    try {
      qrels = Qrels.read(file(judgements()));
      queries.addAll(queries(qrels, problems));
    } catch (InputException e) {
      problems.addAll(e.problems());
    }
    var corpus = file(CORPUS);
    var place = cache.map(folder -> CorpusFacts.place(folder, corpus));
    var known = place.flatMap(CorpusFacts::read);
    var facts = known.orElseGet(() -> facts(problems));
    problems.throwIfAny();
    if (known.isEmpty()) {
      // Not if the file was written to while it was read.
      cache
          .map(folder -> CorpusFacts.place(folder, corpus))
          .filter(now -> place.filter(now::equals).isPresent())
          .ifPresent(unchanged -> Json.write(unchanged, facts));
    }
    var content = EvaluationSet.Content.of(split, queries, facts.content(), qrels);
    return new EvaluationSet(name(), content, queries, new Documents(this, facts.size()), qrels);
  }

  /** Reads the whole corpus. */
  private CorpusFacts facts(Problems problems) {
    var hash = new Sha256.OfTexts();
    var count = new AtomicLong();
    readAll(file(CORPUS), problems, BeirDataset::document, document -> {
      count.incrementAndGet();
      hash.add(document.id());
      hash.add(document.title());
      hash.add(document.text());
    });
    return new CorpusFacts(hash.hex(), count.get());
  }

  /** The corpus as a stream, and its size. */
  private record Documents(BeirDataset dataset, long size) implements Corpus {
    @Override
    public Stream<Passage> documents() {
      return dataset.documents();
    }
  }

  /**
   * Returns the queries that have judgements, without reading the corpus.
   *
   * @throws InputException as {@link #load()} does
   */
  public List<Query> judgedQueries() {
    files();
    var problems = new Problems();
    var queries = queries(Qrels.read(file(judgements())), problems);
    problems.throwIfAny();
    return queries;
  }

  /**
   * Returns the files that the set is read from.
   *
   * @throws InputException naming all that are missing
   */
  public List<Path> files() {
    var problems = new Problems();
    var files = new ArrayList<Path>();
    for (var name : List.of(CORPUS, QUERIES, judgements())) {
      find(name)
          .ifPresentOrElse(
              files::add,
              () -> problems.add(folder.resolve(name) + ": no such file, nor " + name + ".gz"
                  + (name.equals(judgements()) ? otherSplits() : "")));
    }
    problems.throwIfAny();
    return files;
  }

  private String judgements() {
    return "qrels/" + split + ".tsv";
  }

  /** Returns the splits that have judgements, for a message. */
  private String otherSplits() {
    var qrels = folder.resolve("qrels");
    if (!Files.isDirectory(qrels)) {
      return "";
    }
    try (var files = Files.list(qrels)) {
      var splits = files
          .map(file -> SPLIT.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .map(name -> name.group(1))
          .distinct()
          .sorted()
          .toList();
      return splits.isEmpty()
          ? ""
          : "; there are judgements of the splits " + String.join(", ", splits)
              + ": choose one by eval.split in a configuration, or by --split";
    } catch (IOException e) {
      throw FileException.reading(qrels, e);
    }
  }

  private List<Query> queries(Qrels qrels, Problems problems) {
    var queries = new ArrayList<Query>();
    var missing = new LinkedHashSet<>(qrels.queries());
    var file = file(QUERIES);
    readAll(file, problems, BeirDataset::query, query -> {
      missing.remove(query.id());
      if (qrels.queries().contains(query.id())) {
        queries.add(query);
      }
    });
    missing.forEach(
        id -> problems.add(file + ": query '" + id + "' is judged in " + split + " but not here"));
    return queries;
  }

  /** Opens the documents in the order of the file. Reading throws at the first malformed line or repeated id. */
  Stream<Passage> documents() {
    var lines = new Rows(file(CORPUS));
    var documents =
        new Spliterators.AbstractSpliterator<Passage>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super Passage> action) {
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

  private Optional<Path> find(String name) {
    return Stream.of(folder.resolve(name), folder.resolve(name + ".gz"))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private Path file(String name) {
    return find(name)
        .orElseThrow(() -> new InputException(folder.resolve(name) + ": no such file"));
  }

  private static <T> void readAll(
      Path file, Problems problems, Function<Rows, T> read, Consumer<T> rows) {
    try (var lines = new Rows(file)) {
      boolean more = true;
      while (more) {
        try {
          var next = read.apply(lines);
          more = next != null;
          if (more) {
            rows.accept(next);
          }
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      }
    }
  }

  /** Returns the next query; null at the end. */
  private static Query query(Rows rows) {
    return rows.next() ? new Query(rows.text("_id"), rows.text("text")) : null;
  }

  /** Returns the next document; null at the end. */
  private static Passage document(Rows rows) {
    return rows.next()
        ? new Passage(rows.text("_id"), rows.text("title", ""), rows.text("text"))
        : null;
  }

  /** The JSON objects of a file, one per line, each with an {@code _id} of its own. */
  private static final class Rows implements AutoCloseable {
    private final TextLines lines;
    private final Set<String> ids = new HashSet<>();
    private TextLines.Line line;
    private JsonNode object;

    Rows(Path file) {
      lines = TextLines.open(file);
    }

    /**
     * Moves to the next object; returns false at the end.
     *
     * @throws InputException for malformed JSON, or an {@code _id} that is missing or repeated; the next call takes the line
     *     after it
     */
    boolean next() {
      line = lines.next();
      if (line == null) {
        return false;
      }
      object = line.object();
      var id = text("_id");
      if (!ids.add(id)) {
        throw problem("_id '" + id + "' was there before");
      }
      return true;
    }

    /** Returns a string of the present object. */
    String text(String key) {
      var value = object.path(key);
      if (!value.isTextual()) {
        throw problem(
            "needs a string '" + key + "'" + (value.isMissingNode() ? "" : ", was " + value));
      }
      return value.textValue();
    }

    /** Returns a string of the present object, {@code otherwise} if the key is absent or null. */
    String text(String key, String otherwise) {
      var value = object.path(key);
      return value.isMissingNode() || value.isNull() ? otherwise : text(key);
    }

    private InputException problem(String problem) {
      return new InputException(line.place() + ": " + problem);
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
