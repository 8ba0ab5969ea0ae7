package org.tdro.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.rows.records.FileKind;

/**
 * A folder whose files together hold the rows of one domain: a collection with judgements (BEIR, MS MARCO), a data set that Hugging
 * Face's library saved, a file in numbered parts, or {@code train.*} beside the {@code corpus.*} whose documents it names.
 *
 * @param rows the file of judgements or triples, or the parts of the rows
 * @param queries of a collection
 * @param documents of a collection
 */
record RowFolder(
    Path folder, Kind kind, List<Path> rows, Optional<Path> queries, Optional<Path> documents) {
  /** What the files are. */
  enum Kind {
    JUDGED_BEIR,
    JUDGED_MSMARCO,
    TRIPLES_MSMARCO,
    PARTS
  }

  private static final String TEXT_ENDING = "(\\.gz|\\.zst)?";
  private static final Pattern CORPUS = pattern("corpus\\.[a-z]+" + TEXT_ENDING);
  private static final Pattern BEIR_CORPUS = pattern("corpus\\.jsonl" + TEXT_ENDING);
  private static final Pattern BEIR_QUERIES = pattern("queries\\.jsonl" + TEXT_ENDING);
  private static final Pattern BEIR_JUDGEMENTS = pattern("train\\.tsv" + TEXT_ENDING);
  private static final Pattern COLLECTION = pattern("collection\\.tsv" + TEXT_ENDING);
  private static final Pattern QUERIES = pattern("queries(\\.train.*)?\\.tsv" + TEXT_ENDING);
  private static final Pattern JUDGEMENTS = pattern("qrels(\\.train.*)?\\.tsv" + TEXT_ENDING);
  private static final Pattern TRIPLES = pattern("qidpidtriples\\..*tsv" + TEXT_ENDING);
  private static final Pattern PART = pattern("(.+)-\\d+-of-\\d+\\.[a-z]+" + TEXT_ENDING);
  private static final Pattern TRAIN = pattern("train\\.[a-z]+" + TEXT_ENDING);
  private static final String TRAIN_SPLIT = "train";

  private static Pattern pattern(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
  }

  /**
   * Returns the domain that a folder is.
   *
   * @return nothing if it is not one, but may be a folder of domains
   * @throws InputException if it is one that lacks files
   */
  static Optional<RowFolder> of(Path folder) {
    return Stream.<Function<Path, Optional<RowFolder>>>of(
            RowFolder::beir,
            RowFolder::msMarco,
            RowFolder::huggingFace,
            RowFolder::parts,
            RowFolder::byId)
        .flatMap(known -> known.apply(folder).stream())
        .findFirst();
  }

  private static Optional<RowFolder> beir(Path folder) {
    var corpus = only(folder, BEIR_CORPUS);
    var queries = only(folder, BEIR_QUERIES);
    var judgements = folder.resolve("qrels");
    if (corpus.isEmpty() || queries.isEmpty() || !Files.isDirectory(judgements)) {
      return Optional.empty();
    }
    var train = only(judgements, BEIR_JUDGEMENTS)
        .orElseThrow(() -> new InputException(folder
            + ": has no qrels/train.tsv; its other judgements are for evaluation, see eval.data"));
    return Optional.of(new RowFolder(folder, Kind.JUDGED_BEIR, List.of(train), queries, corpus));
  }

  private static Optional<RowFolder> msMarco(Path folder) {
    var collection = only(folder, COLLECTION);
    var queries = only(folder, QUERIES);
    if (collection.isEmpty() && queries.isEmpty()) {
      return Optional.empty();
    }
    if (collection.isEmpty() || queries.isEmpty()) {
      throw new InputException(folder + ": of MS MARCO's files, there is no "
          + (queries.isEmpty() ? "queries.train.tsv" : "collection.tsv"));
    }
    var triples = only(folder, TRIPLES);
    var rows = triples
        .or(() -> only(folder, JUDGEMENTS))
        .orElseThrow(() -> new InputException(folder
            + ": of MS MARCO's files, there is neither qrels.train.tsv nor qidpidtriples.*.tsv"));
    return Optional.of(new RowFolder(
        folder,
        triples.isPresent() ? Kind.TRIPLES_MSMARCO : Kind.JUDGED_MSMARCO,
        List.of(rows),
        queries,
        collection));
  }

  /** A folder that {@code Dataset.save_to_disk} wrote, or that of its split {@code train}. */
  private static Optional<RowFolder> huggingFace(Path folder) {
    if (Files.exists(folder.resolve("dataset_dict.json"))) {
      return huggingFace(folder.resolve(TRAIN_SPLIT))
          .map(train ->
              new RowFolder(folder, Kind.PARTS, train.rows, Optional.empty(), Optional.empty()))
          .or(() -> {
            throw new InputException(folder + ": is a data set without the split train");
          });
    }
    var state = folder.resolve("state.json");
    if (!Files.exists(state)) {
      return Optional.empty();
    }
    var content = Json.readLeniently(state);
    if (!content.path("_data_files").isArray()) {
      return Optional.empty();
    }
    if (content.path("_indices_files").size() > 0) {
      throw new InputException(folder
          + ": is a data set with an indices mapping; save it again after flatten_indices()");
    }
    var parts = new ArrayList<Path>();
    content
        .path("_data_files")
        .forEach(file -> parts.add(folder.resolve(file.path("filename").asText())));
    if (parts.isEmpty()) {
      throw new InputException(folder + ": is a data set without files");
    }
    return Optional.of(
        new RowFolder(folder, Kind.PARTS, parts, Optional.empty(), Optional.empty()));
  }

  /** Numbered parts such as {@code train-00000-of-00002.parquet}, in the folder or in {@code data}; those of train, if there are several. */
  private static Optional<RowFolder> parts(Path folder) {
    for (var place : List.of(folder, folder.resolve("data"))) {
      var splits = new TreeMap<String, List<Path>>();
      for (var file : list(place)) {
        var part = PART.matcher(file.getFileName().toString());
        if (part.matches() && FileKind.of(file).isPresent()) {
          splits.computeIfAbsent(part.group(1), split -> new ArrayList<>()).add(file);
        }
      }
      if (!splits.isEmpty()) {
        if (splits.size() > 1 && !splits.containsKey(TRAIN_SPLIT)) {
          throw new InputException(
              "%s: holds the parts of several files, %s; name one of them train"
                  .formatted(place, String.join(", ", splits.keySet())));
        }
        var parts = splits.getOrDefault(TRAIN_SPLIT, splits.firstEntry().getValue());
        return Optional.of(new RowFolder(
            folder, Kind.PARTS, List.copyOf(parts), Optional.empty(), Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private static Optional<RowFolder> byId(Path folder) {
    var train = only(folder, TRAIN);
    return collection(folder).isPresent()
        ? train.map(rows ->
            new RowFolder(folder, Kind.PARTS, List.of(rows), Optional.empty(), Optional.empty()))
        : Optional.empty();
  }

  /** Returns the documents that rows in a folder may name by id. */
  static Optional<Path> collection(Path folder) {
    return only(folder, CORPUS).filter(file -> FileKind.of(file).isPresent());
  }

  /** Returns whether a file holds documents rather than rows. */
  static boolean isCollection(Path file) {
    return CORPUS.matcher(file.getFileName().toString()).matches();
  }

  private static Optional<Path> only(Path folder, Pattern name) {
    var found = list(folder).stream()
        .filter(file -> name.matcher(file.getFileName().toString()).matches())
        .toList();
    if (found.size() > 1) {
      throw new InputException("%s: which of %s? Leave one".formatted(folder, found));
    }
    return found.stream().findFirst();
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** Returns all files that the rows are made from. */
  List<Path> files(RowOptions options) {
    return kind == Kind.PARTS
        ? RecordRows.files(folder, rows, options)
        : Stream.of(rows.stream(), queries.stream(), documents.stream())
            .flatMap(files -> files)
            .toList();
  }

  /** Opens the rows. */
  RowSource open(RowOptions options) {
    check(options);
    return switch (kind) {
      case PARTS -> RecordRows.open(folder, rows, options);
      case JUDGED_BEIR ->
        JudgedRows.open(
            rows.get(0),
            Documents.of(queries.orElseThrow()),
            Documents.of(documents.orElseThrow()));
      case JUDGED_MSMARCO ->
        JudgedRows.open(
            rows.get(0),
            Documents.ofTabs(queries.orElseThrow()),
            Documents.ofTabs(documents.orElseThrow()));
      case TRIPLES_MSMARCO ->
        TripleRows.ofIds(
            rows.get(0),
            Documents.ofTabs(queries.orElseThrow()),
            Documents.ofTabs(documents.orElseThrow()));
    };
  }

  private void check(RowOptions options) {
    var isBeir = kind == Kind.JUDGED_BEIR;
    options.format().ifPresent(format -> {
      var fits = switch (format) {
        case BEIR -> isBeir;
        case MSMARCO -> kind == Kind.JUDGED_MSMARCO || kind == Kind.TRIPLES_MSMARCO;
        default -> kind == Kind.PARTS;
      };
      if (!fits) {
        throw new InputException(
            "%s: its files are not those of the form %s".formatted(folder, format));
      }
    });
  }
}
