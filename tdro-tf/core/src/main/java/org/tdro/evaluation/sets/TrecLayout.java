package org.tdro.evaluation.sets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Layout.Folder;
import org.tdro.io.TextLines;
import org.tdro.search.texts.RecordTexts;
import org.tdro.search.texts.TextFormat;
import org.tdro.search.texts.TsvTexts;

/**
 * TREC's and MS MARCO's files, told by their names: topics ({@code topics.SPLIT.txt}, {@code queries.SPLIT.tsv}), judgements ({@code
 * qrels.SPLIT.txt}) and documents ({@code corpus}, {@code collection}, {@code docs} or {@code documents}: a file, or a folder of files).
 * The split is what a name has besides; a test of one file needs none. What a file holds is told by its first line: JSON lines, tags
 * ({@link TrecMarkup}) or tabs.
 */
final class TrecLayout {
  private static final Pattern QRELS = Pattern.compile("(?i).*qrels.*");
  private static final Pattern TOPICS = Pattern.compile("(?i).*(?:topics|queries).*");
  private static final Pattern DOCUMENTS =
      Pattern.compile("(?i)(?:corpus|collection|docs|documents)\\b.*");
  private static final Pattern ANY = Pattern.compile("[^.].*");
  private static final Pattern ENDING =
      Pattern.compile("(?i)(?:\\.(?:gz|tsv|txt|xml|sgml|trec|jsonl|test))+$");
  /** The names of splits that are not the test's; another word of a file's name is taken for that of the collection. */
  private static final Pattern OTHER =
      Pattern.compile("(?i)(?:train|dev|development|val|valid|validation)(?:\\W.*)?");

  private static final Pattern WORD = Pattern.compile("(?i)[._-]?(?:qrels|topics|queries)[._-]?");

  private TrecLayout() {}

  static List<StoredSet> find(Folder folder, Splits splits) {
    var qrels = files(folder, "qrels", QRELS);
    var topics = files(folder, "topics", TOPICS);
    var documents = documents(folder);
    return qrels.isEmpty() || (topics.isEmpty() && documents.isEmpty())
        ? List.of()
        : List.of(set(folder, splits.ofSet(folder.setName()), qrels, topics, documents));
  }

  private static List<Path> files(Folder folder, String subfolder, Pattern names) {
    return Stream.concat(
            folder.files(names).stream(),
            folder.folder(subfolder).stream().flatMap(sub -> sub.files(ANY).stream()))
        .filter(file ->
            names != TOPICS || !QRELS.matcher(file.getFileName().toString()).matches())
        .toList();
  }

  private static List<Path> documents(Folder folder) {
    var files = folder.files(DOCUMENTS);
    return !files.isEmpty()
        ? files
        : folder.children().stream()
            .filter(child -> DOCUMENTS.matcher(child.getFileName().toString()).matches())
            .filter(java.nio.file.Files::isDirectory)
            .flatMap(child -> new Folder(child).files(ANY).stream())
            .toList();
  }

  /** Returns what the name of a file says besides what it holds: {@code dev.small} of {@code qrels.dev.small.tsv}. */
  private static String split(Path file) {
    var name = ENDING.matcher(file.getFileName().toString()).replaceAll("");
    return WORD.matcher(name)
        .replaceAll(word -> word.start() == 0 || word.end() == name.length() ? "" : "-");
  }

  private static StoredSet set(
      Folder folder, String split, List<Path> qrels, List<Path> topics, List<Path> documents) {
    var missing = new ArrayList<String>();
    var judged = of(split, qrels)
        .or(() -> split.equals(EvaluationSet.TEST) && qrels.size() == 1
            ? qrels.stream()
                .filter(only -> !OTHER.matcher(split(only)).matches())
                .findFirst()
            : Optional.empty());
    if (judged.isEmpty()) {
      missing.add("%s: there are no judgements of %s; there are %s: choose one by --split"
          .formatted(
              folder.path(),
              split,
              qrels.stream().map(TrecLayout::split).collect(Collectors.joining(", "))));
    }
    var asked = of(judged.map(TrecLayout::split).orElse(split), topics)
        .or(() -> of("", topics))
        .or(() -> topics.size() == 1 ? Optional.of(topics.get(0)) : Optional.empty());
    if (judged.isPresent() && asked.isEmpty()) {
      missing.add("%s: there are no topics of %s%s"
          .formatted(
              folder.path(),
              judged.get().getFileName(),
              topics.isEmpty()
                  ? ": no file is called topics or queries"
                  : "; there are "
                      + topics.stream()
                          .map(file -> file.getFileName().toString())
                          .collect(Collectors.joining(", "))));
    }
    if (documents.isEmpty()) {
      missing.add(
          folder.path()
              + ": there are no documents: no file or folder is called corpus, collection, docs or documents");
    }
    return new StoredSet(
        folder.setName(),
        folder.path(),
        judged.map(TrecLayout::split).filter(text -> !text.isEmpty()).orElse(split),
        asked
            .map(file -> new StoredSet.Source(List.of(file), new Told(TrecMarkup.TOPICS)))
            .orElse(StoredSet.Source.NONE),
        new StoredSet.Source(documents, new Told(TrecMarkup.DOCUMENTS)),
        StoredSet.Judged.qrels(judged.stream().toList()),
        EvaluationSet.OwnDocument.RANKED,
        missing);
  }

  private static Optional<Path> of(String split, List<Path> files) {
    return files.stream().filter(file -> split(file).equals(split)).findFirst();
  }

  /** The form that the first line of a file tells. */
  private record Told(TrecMarkup markup) implements TextFormat {
    @Override
    public Reader open(Path file) {
      String first;
      try (var lines = TextLines.open(file)) {
        var line = lines.next();
        first = line == null ? "" : line.text().strip();
      }
      return first.startsWith("{")
          ? (markup == TrecMarkup.TOPICS ? RecordTexts.QUERIES : RecordTexts.DOCUMENTS)
              .openLines(file)
          : (first.startsWith("<") ? markup : TsvTexts.PLAIN).open(file);
    }
  }
}
