package org.tdro.evaluation.sets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/** A form in which evaluation sets are published, recognised by the names of files. */
public enum Layout {
  // In this order, since a folder of MKQA may have BEIR's corpus.jsonl.
  /** MKQA: questions in many languages over the passages of Natural Questions, judged by answers. */
  MKQA {
    @Override
    List<StoredSet> find(Folder folder, Splits splits) {
      return MkqaLayout.find(folder, splits);
    }
  },
  /** BEIR's folders, and those of MTEB's data sets. */
  BEIR {
    @Override
    List<StoredSet> find(Folder folder, Splits splits) {
      return BeirLayout.find(folder, splits);
    }
  },
  /** MIRACL: topics and judgements of a language, and its corpus in a folder beside. */
  MIRACL {
    @Override
    List<StoredSet> find(Folder folder, Splits splits) {
      return MiraclLayout.find(folder, splits);
    }
  },
  /** Topics, judgements and documents as TREC and MS MARCO publish them. */
  TREC {
    @Override
    List<StoredSet> find(Folder folder, Splits splits) {
      return TrecLayout.find(folder, splits);
    }
  };

  private static final Logger LOG = LoggerFactory.getLogger(Layout.class);

  /** Folders whose subfolders are parts of one set. */
  private static final Pattern WHOLE = Pattern.compile("(?i)cqadupstack");

  /** What lies in folders of sets and is neither a set nor a mistake. */
  private static final Pattern BESIDE =
      Pattern.compile("(?i)\\..*|readme.*|licen[cs]e.*|miracl-corpus.*");

  /** Returns the sets in a folder; none if it does not have this form. */
  abstract List<StoredSet> find(Folder folder, Splits splits);

  /**
   * Lists the set in a folder, or the sets in its subfolders in the order of their names. A subfolder with sets in its own subfolders is a
   * set whose parts are called {@code WHOLE/PART}, such as {@code cqadupstack/android}. Warns of whatever else is there.
   *
   * @throws InputException if there is none
   */
  public static List<StoredSet> list(Path folder, Splits splits) {
    var unknown = new ArrayList<String>();
    var sets = find(folder, splits, unknown);
    if (!unknown.isEmpty()) {
      LOG.warn("{}: passed over, not evaluation sets: {}", folder, String.join(", ", unknown));
    }
    return sets;
  }

  /** Lists sets as {@link #list} does, without a warning. */
  static List<StoredSet> find(Path folder, Splits splits) {
    return find(folder, splits, new ArrayList<>());
  }

  private static List<StoredSet> find(Path folder, Splits splits, List<String> unknown) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + ": no such folder");
    }
    var whole = new Folder(folder);
    var found = recognise(whole, splits);
    if (!found.isEmpty()) {
      return found;
    }
    var sets = within(whole, splits, unknown);
    if (sets.isEmpty()) {
      throw new InputException(
          folder
              + ": neither it nor a folder in it is an evaluation set: BEIR's or MTEB's (corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv, or folders of Parquet), MIRACL's, MKQA's or one of TREC's (topics, qrels, corpus); all may be .gz");
    }
    return sets;
  }

  private static List<StoredSet> within(Folder folder, Splits splits, List<String> unknown) {
    var sets = new ArrayList<StoredSet>();
    boolean parts = WHOLE.matcher(folder.name()).matches();
    for (var child : folder.children()) {
      var name = child.getFileName().toString();
      var found = Files.isDirectory(child)
          ? recognise(
              new Folder(child, parts ? Optional.of(folder.name()) : folder.whole()), splits)
          : List.<StoredSet>of();
      if (found.isEmpty() && Files.isDirectory(child) && folder.isTop()) {
        found = within(new Folder(child, Optional.of(name)), splits, new ArrayList<>());
      }
      if (found.isEmpty() && !BESIDE.matcher(name).matches()) {
        unknown.add(name);
      }
      sets.addAll(found);
    }
    return sets;
  }

  private static List<StoredSet> recognise(Folder folder, Splits splits) {
    return Stream.of(values())
        .map(layout -> layout.find(folder, splits))
        .filter(sets -> !sets.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  /**
   * Loads the sets of several folders, each as in {@link #list}.
   *
   * @throws InputException if a folder holds none, a set is wrong (see {@link StoredSet#load()}), or two have the same name
   */
  public static List<EvaluationSet> loadAll(List<Path> folders, Splits splits) {
    return load(listAll(folders, splits), Optional.empty());
  }

  /**
   * Lists the sets of several folders.
   *
   * @throws InputException if a folder holds none, or two have the same name
   */
  public static List<StoredSet> listAll(List<Path> folders, Splits splits) {
    var sets = new LinkedHashMap<String, StoredSet>();
    var problems = new Problems();
    for (var folder : folders) {
      try {
        for (var set : list(folder, splits)) {
          var other = sets.putIfAbsent(set.name(), set);
          if (other != null) {
            problems.add(set.folder() + ": there is another evaluation set " + set.name() + " in "
                + other.folder());
          }
        }
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    problems.throwIfAny();
    for (var named : splits.bySet().keySet()) {
      if (sets.keySet().stream()
          .noneMatch(set -> set.equals(named) || EvaluationSet.whole(set).equals(named))) {
        problems.add("a split is given for %s, by --split or in eval.split, but the sets are %s"
            .formatted(named, String.join(", ", sets.keySet())));
      }
    }
    problems.throwIfAny();
    return List.copyOf(sets.values());
  }

  /**
   * Loads sets.
   *
   * @param cache the folder of what is known about corpora, which are not read if they are known
   * @throws InputException with the problems of all (see {@link StoredSet#load()})
   */
  public static List<EvaluationSet> load(List<StoredSet> stored, Optional<Path> cache) {
    var sets = new ArrayList<EvaluationSet>();
    var problems = new Problems();
    Map<String, StoredSet> named = new LinkedHashMap<>();
    stored.forEach(set -> named.put(set.name(), set));
    for (var set : named.values()) {
      try {
        sets.add(set.load(cache));
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    problems.throwIfAny();
    return sets;
  }

  /**
   * A folder that may hold a set.
   *
   * @param path where it is
   * @param whole the set that sets in it are parts of, if they are
   */
  record Folder(Path path, Optional<String> whole) {
    Folder(Path path) {
      this(path, Optional.empty());
    }

    boolean isTop() {
      return whole.isEmpty();
    }

    /** Returns the name of the folder. */
    String name() {
      return path.toAbsolutePath().normalize().getFileName().toString();
    }

    /** Returns the name of a set in it that is called like the folder. */
    String setName() {
      return whole.map(set -> set + "/" + name()).orElse(name());
    }

    /** Returns what is in it, in the order of the names. */
    List<Path> children() {
      try (var entries = Files.list(path)) {
        return entries.sorted().toList();
      } catch (IOException e) {
        throw FileException.reading(path, e);
      }
    }

    Optional<Folder> folder(String name) {
      return Files.isDirectory(path.resolve(name))
          ? Optional.of(new Folder(path.resolve(name)))
          : Optional.empty();
    }

    /** Returns the file of a name, plain or compressed. */
    Optional<Path> file(String name) {
      return Stream.of(path.resolve(name), path.resolve(name + ".gz"))
          .filter(Files::isRegularFile)
          .findFirst();
    }

    /** Returns the files whose names match a pattern, in the order of their numbers and names. */
    List<Path> files(Pattern name) {
      return children().stream()
          .filter(Files::isRegularFile)
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .sorted(Comparator.comparing(Folder::ordered))
          .toList();
    }

    /** Returns a name in which numbers are as long as each other: docs-2 comes before docs-10. */
    private static String ordered(Path file) {
      return Pattern.compile("\\d+")
          .matcher(file.getFileName().toString())
          .replaceAll(number ->
              "0".repeat(Math.max(0, 18 - number.group().length())) + number.group());
    }
  }
}
