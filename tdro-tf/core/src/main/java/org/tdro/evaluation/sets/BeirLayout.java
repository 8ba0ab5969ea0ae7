package org.tdro.evaluation.sets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Layout.Folder;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;

/**
 * BEIR's layout (Thakur et al. 2021): {@code corpus.jsonl}, {@code queries.jsonl} and {@code qrels/SPLIT.tsv}, each plain or {@code .gz}; and
 * that of MTEB's data sets, which may have folders {@code corpus}, {@code queries} and {@code qrels} (or {@code default}) of JSON lines,
 * {@code LANG-corpus} and so on for each language, and instructions that are added to the queries.
 */
final class BeirLayout {
  private static final Logger LOG = LoggerFactory.getLogger(BeirLayout.class);
  static final String CORPUS = "corpus.jsonl";
  static final String QUERIES = "queries.jsonl";
  private static final Pattern JSON = Pattern.compile("(.+)\\.jsonl(?:\\.gz)?");
  private static final Pattern QRELS = Pattern.compile("(.+?)\\.(?:tsv|jsonl)(?:\\.gz)?");
  private static final Pattern PARQUET = Pattern.compile(".+\\.parquet");
  private static final Pattern TREC = Pattern.compile("(?i).*(?:qrels|topics).*");
  private static final Pattern LANGUAGE = Pattern.compile("(.+)-corpus");

  private BeirLayout() {}

  static List<StoredSet> find(Folder folder, Splits splits) {
    var name = folder.setName();
    var files = new Files(folder, "", splits.ofSet(name));
    if (files.isSet()) {
      return List.of(files.set(name));
    }
    return folder.children().stream()
        .map(child -> LANGUAGE.matcher(child.getFileName().toString()))
        .filter(Matcher::matches)
        .map(language -> {
          var part = EvaluationSet.whole(name) + "/" + language.group(1);
          return new Files(folder, language.group(1) + "-", splits.ofSet(part)).set(part);
        })
        .filter(set -> set.missing().isEmpty() || !set.queries().files().isEmpty())
        .toList();
  }

  /**
   * The files of one set.
   *
   * @param prefix of the names of subfolders
   */
  private record Files(Folder folder, String prefix, String split) {
    /** Returns whether there are at least a corpus, or queries and judgements, and no topics of TREC. */
    boolean isSet() {
      boolean documents = !of("corpus").isEmpty() || parquet("corpus").isPresent();
      boolean queries = !of("queries").isEmpty() || parquet("queries").isPresent();
      boolean qrels = folder.folder("qrels").isPresent();
      return documents ? queries || qrels || folder.files(TREC).isEmpty() : queries && qrels;
    }

    /** Returns the files of documents, queries or instructions: one, or those of the split in a folder. */
    private List<Path> of(String kind) {
      if (prefix.isEmpty() && folder.file(kind + ".jsonl").isPresent()) {
        return folder.file(kind + ".jsonl").stream().toList();
      }
      var all = folder.folder(prefix + kind).map(sub -> sub.files(JSON)).orElse(List.of());
      var ofSplit = all.stream().filter(file -> isOf(split, file)).toList();
      var ofKind = all.stream().filter(file -> isOf(kind, file)).toList();
      return !ofSplit.isEmpty() ? ofSplit : !ofKind.isEmpty() ? ofKind : all;
    }

    private static boolean isOf(String word, Path file) {
      var name = file.getFileName().toString();
      return name.startsWith(word + ".") || name.startsWith(word + "-");
    }

    private Optional<Path> parquet(String kind) {
      return folder
          .folder(prefix + kind)
          .flatMap(sub -> sub.files(PARQUET).stream().findFirst());
    }

    private Optional<Path> judgements() {
      return Stream.of("qrels", "default", "data")
          .flatMap(name -> folder.folder(prefix + name).stream())
          .flatMap(
              sub -> Stream.of(".tsv", ".jsonl").flatMap(end -> sub.file(split + end).stream()))
          .findFirst();
    }

    StoredSet set(String name) {
      var missing = new ArrayList<String>();
      var corpus = of("corpus");
      var queries = of("queries");
      if (corpus.isEmpty()) {
        missing.add(absent("corpus", CORPUS));
      }
      if (queries.isEmpty()) {
        missing.add(absent("queries", QUERIES));
      }
      var qrels = judgements();
      if (qrels.isEmpty()) {
        missing.add(absent("qrels", prefix + "qrels/" + split + ".tsv") + otherSplits());
      }
      if (folder.folder(prefix + "top_ranked").isPresent()) {
        LOG.warn(
            "{}: top_ranked is not read: all documents are ranked, not those of a first ranking",
            folder.path());
      }
      boolean beir = folder.file(CORPUS).isPresent() && folder.file(QUERIES).isPresent();
      var form = beir ? JsonTexts.BEIR : JsonTexts.MTEB;
      var instructions = Stream.of("instruction", "instructions")
          .flatMap(kind -> of(kind).stream())
          .toList();
      return new StoredSet(
          name,
          folder.path(),
          split,
          new StoredSet.Source(
              queries, instructions.isEmpty() ? form : new Instructed(form, instructions)),
          new StoredSet.Source(corpus, form),
          qrels.map(StoredSet.Judged::qrels).orElse(StoredSet.Judged.NONE),
          EvaluationSet.OwnDocument.LEFT_OUT,
          missing);
    }

    private String absent(String kind, String file) {
      var place = folder.path().resolve(prefix.isEmpty() ? file : prefix + kind);
      return parquet(kind)
          .map(parquet -> parquet + ": Parquet is not read here; convert it to JSON lines, "
              + folder.path().resolve(prefix + kind + "/" + split + ".jsonl"))
          .orElse(place + ": no such file, nor " + place.getFileName() + ".gz");
    }

    /** Returns the splits that have judgements, for a message. */
    private String otherSplits() {
      var splits = new TreeSet<String>();
      for (var name : List.of("qrels", "default")) {
        folder.folder(prefix + name).stream()
            .flatMap(sub -> sub.files(QRELS).stream())
            .map(file -> QRELS.matcher(file.getFileName().toString()))
            .filter(Matcher::matches)
            .forEach(matcher -> splits.add(matcher.group(1)));
      }
      return splits.isEmpty()
          ? ""
          : "; there are judgements of the splits " + String.join(", ", splits)
              + ": choose one by eval.split in a configuration, or by --split";
    }
  }

  /** Queries with their instructions, which MTEB gives as rows {@code query-id, instruction}. */
  private record Instructed(TextFormat queries, List<Path> instructions) implements TextFormat {
    @Override
    public Reader open(Path file) {
      var byQuery = read();
      var reader = queries.open(file);
      return new Reader() {
        @Override
        public Text next() {
          var query = reader.next();
          return query == null || !byQuery.containsKey(query.id())
              ? query
              : new Text(
                  query.place(), query.id(), "", query.text() + " " + byQuery.get(query.id()));
        }

        @Override
        public void close() {
          reader.close();
        }
      };
    }

    private Map<String, String> read() {
      var byQuery = new HashMap<String, String>();
      for (var file : instructions) {
        try (var lines = TextLines.open(file)) {
          for (var line = lines.next(); line != null; line = lines.next()) {
            var object = line.object();
            if (!object.path("query-id").isTextual()
                || !object.path("instruction").isTextual()) {
              throw new InputException(
                  line.place() + ": needs the strings 'query-id' and 'instruction'");
            }
            byQuery.put(
                object.get("query-id").textValue(), object.get("instruction").textValue());
          }
        }
      }
      return byQuery;
    }
  }
}
