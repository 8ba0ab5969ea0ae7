package org.tdro.evaluation.sets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Layout.Folder;
import org.tdro.search.texts.RecordTexts;
import org.tdro.search.texts.TsvTexts;

/**
 * MIRACL's layout (Zhang et al., TACL 2023): {@code topics/topics.miracl-v1.0-LANG-SPLIT.tsv}, {@code
 * qrels/qrels.miracl-v1.0-LANG-SPLIT.tsv} and, here or beside, {@code miracl-corpus-v1.0-LANG/docs-N.jsonl.gz}. The sets are called {@code
 * miracl/LANG}.
 */
final class MiraclLayout {
  private static final String WHOLE = "miracl";
  private static final Pattern FILE =
      Pattern.compile("(topics|qrels)\\.miracl-v(\\d\\.\\d)-([a-z]+)-(.+)\\.tsv(?:\\.gz)?");
  private static final Pattern DOCUMENTS = Pattern.compile("docs-\\d+\\.jsonl(?:\\.gz)?");

  private static final RecordTexts TEXTS = new RecordTexts(List.of("docid"), List.of("text"));

  private MiraclLayout() {}

  static List<StoredSet> find(Folder folder, Splits splits) {
    var files = Stream.of("topics", "qrels")
        .flatMap(name -> folder.folder(name).stream())
        .flatMap(sub -> sub.files(FILE).stream())
        .toList();
    var languages = new TreeSet<String>();
    files.forEach(file -> languages.add(matched(file).group(3)));
    return languages.stream()
        .map(language -> set(folder, files, language, splits))
        .toList();
  }

  private static Matcher matched(Path file) {
    var matcher = FILE.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(file + " was found by this pattern");
    }
    return matcher;
  }

  private static StoredSet set(Folder folder, List<Path> files, String language, Splits splits) {
    var name = WHOLE + "/" + language;
    var split = splits.ofSet(name);
    var version = matched(files.get(0)).group(2);
    var missing = new ArrayList<String>();
    var topics = file(files, "topics", language, split);
    var qrels = file(files, "qrels", language, split);
    for (var kind : List.of("topics", "qrels")) {
      if (file(files, kind, language, split).isEmpty()) {
        missing.add("%s: no such file, nor with .gz; there are the splits %s: choose one by --split"
            .formatted(
                folder
                    .path()
                    .resolve("%s/%s.miracl-v%s-%s-%s.tsv"
                        .formatted(kind, kind, version, language, split)),
                String.join(", ", splitsOf(files, kind, language))));
      }
    }
    var corpus = "miracl-corpus-v" + version + "-" + language;
    var shards = corpus(folder.path().toAbsolutePath().normalize(), corpus);
    if (shards.isEmpty()) {
      missing.add("%s: no such folder with docs-0.jsonl.gz and so on, neither here nor beside %s"
          .formatted(folder.path().resolve(corpus), folder.path()));
    }
    return new StoredSet(
        name,
        folder.path(),
        split,
        topics
            .map(file -> new StoredSet.Source(List.of(file), TsvTexts.PLAIN))
            .orElse(StoredSet.Source.NONE),
        new StoredSet.Source(shards, TEXTS),
        StoredSet.Judged.qrels(qrels.stream().toList()),
        EvaluationSet.OwnDocument.RANKED,
        missing);
  }

  private static Optional<Path> file(List<Path> files, String kind, String language, String split) {
    return files.stream()
        .filter(file -> matched(file).group(1).equals(kind)
            && matched(file).group(3).equals(language)
            && matched(file).group(4).equals(split))
        .findFirst();
  }

  private static Set<String> splitsOf(List<Path> files, String kind, String language) {
    var splits = new TreeSet<String>();
    files.stream()
        .map(MiraclLayout::matched)
        .filter(file -> file.group(1).equals(kind) && file.group(3).equals(language))
        .forEach(file -> splits.add(file.group(4)));
    return splits;
  }

  /** Finds the corpus here, beside this folder, or in {@code miracl-corpus} beside the folder of all languages. */
  private static List<Path> corpus(Path folder, String name) {
    var beside = Optional.ofNullable(folder.getParent());
    return Stream.of(
            Optional.of(folder.resolve(name)),
            beside.map(parent -> parent.resolve(name)),
            Optional.of(folder.resolve("miracl-corpus").resolve(name)),
            beside.map(parent -> parent.resolve("miracl-corpus").resolve(name)),
            beside
                .flatMap(parent -> Optional.ofNullable(parent.getParent()))
                .map(above -> above.resolve("miracl-corpus").resolve(name)))
        .flatMap(Optional::stream)
        .filter(java.nio.file.Files::isDirectory)
        .map(found -> new Folder(found).files(DOCUMENTS))
        .filter(found -> !found.isEmpty())
        .findFirst()
        .orElse(List.of());
  }
}
