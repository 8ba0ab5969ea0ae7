package org.tdro.evaluation.sets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Judgements;
import org.tdro.evaluation.Qrels;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.Sha256;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.Query;
import org.tdro.search.texts.TextFormat;
import org.tdro.search.texts.TsvTexts;

/**
 * An evaluation set on disk that a {@link Layout} has found, and not yet read.
 *
 * @param name tells it from others; {@code WHOLE/PART} of a part
 * @param folder where it was found
 * @param split the name of its judgements
 * @param missing what keeps it from being read: the files that are not there
 */
public record StoredSet(
    String name,
    Path folder,
    String split,
    Source queries,
    Source documents,
    Judged judged,
    EvaluationSet.OwnDocument ownDocument,
    List<String> missing) {
  private static final Logger LOG = LoggerFactory.getLogger(StoredSet.class);

  /** Files of texts and their form. */
  record Source(List<Path> files, TextFormat format) {
    static final Source NONE = new Source(List.of(), TsvTexts.PLAIN);

    Source {
      files = List.copyOf(files);
    }
  }

  /** Judgements on disk, and how they are read. */
  record Judged(List<Path> files, Supplier<Judgements> read) {
    /** Judgements in files that are parts of one; {@link #NONE} if there are none. */
    static Judged qrels(List<Path> files) {
      return files.isEmpty() ? NONE : new Judged(files, () -> Qrels.read(files));
    }

    static final Judged NONE = new Judged(List.of(), () -> Qrels.of(Map.of()));
  }

  public StoredSet {
    missing = List.copyOf(missing);
  }

  /** Returns the same set, or part of a set, where the whole is called otherwise. */
  StoredSet as(String whole) {
    var part = name.substring(EvaluationSet.whole(name).length());
    return new StoredSet(
        whole + part, folder, split, queries, documents, judged, ownDocument, missing);
  }

  /**
   * Loads queries and judgements, and reads the corpus once, so that nothing is found wrong after hours of encoding.
   *
   * @throws InputException with all problems of its files: those missing, malformed lines, repeated ids, judged queries
   *     without text (the first 20 worded)
   */
  public EvaluationSet load() {
    return load(Optional.empty());
  }

  /**
   * Loads the set as {@link #load()} does, but does not read a corpus that is known to a cache.
   *
   * @param cache the folder of what is known about corpora
   */
  EvaluationSet load(Optional<Path> cache) {
    files();
    var problems = new Problems();
    var asked = new ArrayList<Query>();
    Judgements judgements = null;
    try {
      judgements = judged.read().get();
      asked.addAll(queries(judgements, problems));
    } catch (InputException e) {
      problems.addAll(e.problems());
    }
    var place = cache.map(kept -> CorpusFacts.place(kept, documents));
    var known = place.flatMap(CorpusFacts::read);
    var judging = judgements;
    var facts = known.orElseGet(() -> facts(problems, judging));
    problems.throwIfAny();
    if (known.isEmpty()) {
      // Not if a file was written to while it was read.
      cache
          .map(kept -> CorpusFacts.place(kept, documents))
          .filter(now -> place.filter(now::equals).isPresent())
          .ifPresent(unchanged -> Json.write(unchanged, facts));
    }
    var content = EvaluationSet.Content.of(split, asked, facts.content(), judgements);
    return new EvaluationSet(
        name, content, asked, new Documents(documents, facts.size()), judgements, ownDocument);
  }

  /** Reads the whole corpus. */
  private CorpusFacts facts(Problems problems, Judgements judgements) {
    var absent = judgements != null && judgements.areComplete()
        ? new TreeSet<>(judgements.relevant())
        : new TreeSet<String>();
    int relevant = absent.size();
    var hash = new Sha256.OfTexts();
    var count = new AtomicLong();
    readAll(documents, problems, document -> {
      count.incrementAndGet();
      absent.remove(document.id());
      hash.add(document.id());
      hash.add(document.title());
      hash.add(document.text());
    });
    if (count.get() == 0 && problems.isEmpty()) {
      problems.add(documents.files().get(0) + ": has no documents");
    }
    if (!absent.isEmpty() && problems.isEmpty()) {
      LOG.warn(
          "{}: {} of {} relevant documents are not in the corpus, such as {}; nothing can find them",
          name,
          absent.size(),
          relevant,
          absent.first());
    }
    return new CorpusFacts(hash.hex(), count.get());
  }

  /**
   * Returns the queries that have judgements, without reading the corpus.
   *
   * @throws InputException as {@link #load()} does
   */
  public List<Query> judgedQueries() {
    files();
    var problems = new Problems();
    var asked = queries(judged.read().get(), problems);
    problems.throwIfAny();
    return asked;
  }

  /**
   * Returns the files that the set is read from.
   *
   * @throws InputException naming all that are missing
   */
  public List<Path> files() {
    if (!missing.isEmpty()) {
      throw new InputException(missing);
    }
    return Stream.of(documents.files(), queries.files(), judged.files())
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  private List<Query> queries(Judgements judgements, Problems problems) {
    var asked = new ArrayList<Query>();
    var unseen = new LinkedHashSet<>(judgements.queries());
    readAll(queries, problems, query -> {
      unseen.remove(query.id());
      if (judgements.queries().contains(query.id())) {
        asked.add(new Query(query.id(), query.text()));
      }
    });
    var file = queries.files().get(0);
    unseen.forEach(
        id -> problems.add(file + ": query '" + id + "' is judged in " + split + " but not here"));
    return asked;
  }

  private static void readAll(Source source, Problems problems, Consumer<TextFormat.Text> texts) {
    Set<String> ids = new HashSet<>();
    for (var file : source.files()) {
      try (var reader = source.format().open(file)) {
        reader.forEach(ids, problems, texts);
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
  }

  /** The corpus as a stream, and its size. Reading throws at the first malformed line. */
  private record Documents(Source source, long size) implements Corpus {
    @Override
    public Stream<Passage> documents() {
      var texts = new Texts(source);
      return StreamSupport.stream(texts, false).onClose(texts::close);
    }
  }

  /** The documents of several files in their order. */
  private static final class Texts extends Spliterators.AbstractSpliterator<Passage> {
    private final Source source;
    private int opened;
    private TextFormat.Reader reader;

    Texts(Source source) {
      super(Long.MAX_VALUE, Spliterator.ORDERED);
      this.source = source;
    }

    @Override
    public boolean tryAdvance(Consumer<? super Passage> action) {
      while (true) {
        var next = reader == null ? null : reader.next();
        if (next != null) {
          action.accept(new Passage(next.id(), next.title(), next.text()));
          return true;
        }
        if (opened == source.files().size()) {
          return false;
        }
        close();
        reader = source.format().open(source.files().get(opened));
        opened++;
      }
    }

    void close() {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }
  }
}
