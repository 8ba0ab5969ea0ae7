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
import org.tdro.rows.records.Records;
import org.tdro.search.texts.RecordTexts;
import org.tdro.search.texts.TextFormat;

/**
 * BEIR's layout (Thakur et al. 2021): {@code corpus.jsonl}, {@code queries.jsonl} and {@code qrels/SPLIT.tsv}, each plain or {@code .gz}; and
 * that of MTEB's data sets, which may have folders {@code corpus}, {@code queries} and {@code qrels} (or {@code default}, {@code data}) of
 * JSON lines or Parquet ({@link SplitFiles}), {@code LANG-corpus} or {@code corpus-LANG} and so on for each language, and instructions that
 * are added to the queries.
 */
final class BeirLayout {
  private static final Logger LOG = LoggerFactory.getLogger(BeirLayout.class);
  static final String CORPUS = "corpus.jsonl";
  static final String QUERIES = "queries.jsonl";
  private static final RecordTexts DOCUMENT_TEXTS =
      new RecordTexts(List.of("_id", "id"), List.of("text"));
  private static final RecordTexts QUERY_TEXTS =
      new RecordTexts(DOCUMENT_TEXTS.ids(), DOCUMENT_TEXTS.texts(), Optional.of("instruction"));
  private static final Pattern TREC = Pattern.compile("(?i).*(?:qrels|topics).*");
  private static final Pattern LANGUAGE =
      Pattern.compile("(?<before>.+)-corpus|corpus-(?<after>.+)");

  private BeirLayout() {}

  static List<StoredSet> find(Folder folder, Splits splits) {
    var name = folder.setName();
    var whole = new Files(folder, name, "", "", splits.ofSet(name));
    if (whole.isSet()) {
      return List.of(whole.set());
    }
    return folder.children().stream()
        .map(child -> LANGUAGE.matcher(child.getFileName().toString()))
        .filter(Matcher::matches)
        .map(language -> part(folder, language.group("before"), language.group("after"), splits))
        .filter(language -> language.has("queries"))
        .map(Files::set)
        .toList();
  }

  /** Returns the files of a language, whose code stands before or after the name of each subfolder. */
  private static Files part(Folder folder, String before, String after, Splits splits) {
    boolean first = before != null;
    var name = EvaluationSet.whole(folder.setName()) + "/" + (first ? before : after);
    return new Files(
        folder, name, first ? before + "-" : "", first ? "" : "-" + after, splits.ofSet(name));
  }

  /**
   * The files of one set.
   *
   * @param before the start of the names of subfolders
   * @param after their end
   */
  private record Files(Folder folder, String name, String before, String after, String split) {
    /** Returns whether there are at least a corpus, or queries and judgements, and no topics of TREC. */
    boolean isSet() {
      boolean documents = has("corpus");
      boolean queries = has("queries");
      boolean qrels = folder.folder("qrels").isPresent();
      return documents ? queries || qrels || folder.files(TREC).isEmpty() : queries && qrels;
    }

    boolean isWhole() {
      return before.isEmpty() && after.isEmpty();
    }

    boolean has(String kind) {
      return (isWhole() && folder.file(kind + ".jsonl").isPresent())
          || !within(kind).isEmpty();
    }

    private SplitFiles within(String kind) {
      return folder.folder(subfolder(kind)).map(SplitFiles::of).orElse(SplitFiles.NONE);
    }

    private String subfolder(String kind) {
      return before + kind + after;
    }

    /** Returns the files of documents, queries or instructions: one, or those of the split in a folder, or of the only split there. */
    private List<Path> of(String kind, List<String> missing) {
      var single = isWhole() ? folder.file(kind + ".jsonl") : Optional.<Path>empty();
      if (single.isPresent()) {
        return List.of(single.get());
      }
      var splits = within(kind);
      var only = splits.names().stream().filter(name -> splits.names().size() == 1);
      var files = Stream.concat(Stream.of(split, kind), only)
          .map(splits::of)
          .filter(found -> !found.isEmpty())
          .findFirst()
          .orElse(List.of());
      if (files.isEmpty() && !splits.isEmpty()) {
        missing.add("%s: has no split %s, only %s"
            .formatted(
                folder.path().resolve(subfolder(kind)), split, String.join(", ", splits.names())));
      }
      addMissing(files, missing);
      return files;
    }

    private static void addMissing(List<Path> parts, List<String> missing) {
      var problem = SplitFiles.missing(parts);
      if (!problem.isEmpty()) {
        missing.add(problem);
      }
    }

    private Stream<Map<String, List<Path>>> judgements() {
      return Stream.of("qrels", "default", "data").map(kind -> within(kind).bySplit());
    }

    StoredSet set() {
      var missing = new ArrayList<String>();
      var corpus = of("corpus", missing);
      var queries = of("queries", missing);
      if (!has("corpus")) {
        missing.add(absent("corpus", CORPUS));
      }
      if (!has("queries")) {
        missing.add(absent("queries", QUERIES));
      }
      var qrels = judgements()
          .filter(splits -> splits.containsKey(split))
          .map(splits -> splits.get(split))
          .findFirst()
          .orElse(List.of());
      if (qrels.isEmpty()) {
        missing.add(noJudgements());
      }
      addMissing(qrels, missing);
      if (folder.folder(subfolder("top_ranked")).isPresent()) {
        LOG.warn(
            "{}: top_ranked is not read: all documents are ranked, not those of a first ranking",
            folder.path());
      }
      var instructions = Stream.of("instruction", "instructions")
          .flatMap(kind -> of(kind, missing).stream())
          .toList();
      return new StoredSet(
          name,
          folder.path(),
          split,
          new StoredSet.Source(
              queries,
              instructions.isEmpty() ? QUERY_TEXTS : new Instructed(QUERY_TEXTS, instructions)),
          new StoredSet.Source(corpus, DOCUMENT_TEXTS),
          StoredSet.Judged.qrels(qrels),
          EvaluationSet.OwnDocument.LEFT_OUT,
          missing);
    }

    private String absent(String kind, String file) {
      return isWhole()
          ? "%s: no such file, nor %s.gz or a folder %s of JSON lines or Parquet"
              .formatted(folder.path().resolve(file), Path.of(file).getFileName(), subfolder(kind))
          : folder.path().resolve(subfolder(kind)) + ": no such folder of JSON lines or Parquet";
    }

    private String noJudgements() {
      var splits = new TreeSet<String>();
      judgements().forEach(found -> splits.addAll(found.keySet()));
      return splits.isEmpty()
          ? absent("qrels", "qrels/" + split + ".tsv")
          : "%s: there are no judgements of %s, only of %s: choose one by eval.split in a configuration, or by --split"
              .formatted(folder.path(), split, String.join(", ", splits));
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
                  query.place(),
                  query.id(),
                  "",
                  RecordTexts.instructed(query.text(), byQuery.get(query.id())));
        }

        @Override
        public void close() {
          reader.close();
        }
      };
    }

    private Map<String, String> read() {
      var byQuery = new HashMap<String, String>();
      try (var rows = Records.open(instructions)) {
        for (var row = rows.next(); row != null; row = rows.next()) {
          var object = row.value();
          if (!object.path("query-id").isTextual()
              || !object.path("instruction").isTextual()) {
            throw new InputException(
                row.place() + ": needs the strings 'query-id' and 'instruction'");
          }
          byQuery.put(
              object.get("query-id").textValue(), object.get("instruction").textValue());
        }
      }
      return byQuery;
    }
  }
}
