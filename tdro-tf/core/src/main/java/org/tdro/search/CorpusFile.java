package org.tdro.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.Sha256;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;

/**
 * A file of documents, one JSON object a line: {@code _id}, {@code docid} or {@code id}, {@code title} if there is one, and {@code text}.
 *
 * @param file decompressed if its name ends in {@code .gz}
 */
public record CorpusFile(Path file) implements Corpus {
  private static final List<String> IDS = List.of("_id", "docid", "id");

  /**
   * What reading a whole corpus finds.
   *
   * @param content a hash of the ids, titles and texts, in their order
   * @param size the number of documents
   */
  public record Facts(String content, long size) {}

  /**
   * Returns the corpus in a file, or that of a folder in BEIR's form.
   *
   * @throws InputException if there is none
   */
  public static CorpusFile of(Path fileOrFolder) {
    if (!Files.exists(fileOrFolder)) {
      throw new InputException(fileOrFolder + ": there is no such file or folder");
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return new CorpusFile(fileOrFolder);
    }
    return Stream.of("corpus.jsonl", "corpus.jsonl.gz")
        .map(fileOrFolder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .map(CorpusFile::new)
        .orElseThrow(() -> new InputException(
            fileOrFolder + ": this folder has no corpus.jsonl[.gz]; name a file of documents"));
  }

  /**
   * Reads all documents, so that nothing is found wrong after hours of work with them.
   *
   * @throws InputException listing malformed lines and repeated ids
   */
  public Facts check() {
    var problems = new Problems();
    var ids = new HashSet<String>();
    var hash = new Sha256.OfTexts();
    try (var lines = TextLines.open(file)) {
      for (boolean more = true; more; ) {
        try {
          var line = lines.next();
          more = line != null;
          if (more) {
            var document = document(line);
            if (!ids.add(document.id())) {
              problems.add(line.place() + ": id '" + document.id() + "' was there before");
            }
            hash.add(document.id());
            hash.add(document.title());
            hash.add(document.text());
          }
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      }
    }
    problems.throwIfAny();
    return new Facts(hash.hex(), ids.size());
  }

  /** Opens the documents in the order of the file; reading throws at the first malformed line. */
  @Override
  public Stream<Passage> documents() {
    var lines = TextLines.open(file);
    var documents =
        new Spliterators.AbstractSpliterator<Passage>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super Passage> action) {
            var line = lines.next();
            if (line != null) {
              action.accept(document(line));
            }
            return line != null;
          }
        };
    return StreamSupport.stream(documents, false).onClose(lines::close);
  }

  private static Passage document(TextLines.Line line) {
    var row = line.object();
    return new Passage(
        id(line, row), string(line, row, "title", ""), string(line, row, "text", null));
  }

  private static String id(TextLines.Line line, JsonNode row) {
    for (var key : IDS) {
      var value = row.path(key);
      if (value.isTextual() || value.isIntegralNumber()) {
        return value.asText();
      }
      if (!value.isMissingNode() && !value.isNull()) {
        throw new InputException("%s: %s is %s, expected a string or a whole number"
            .formatted(line.place(), key, Json.describe(value)));
      }
    }
    throw new InputException(line.place() + ": has no id: expected " + String.join(" or ", IDS));
  }

  private static String string(TextLines.Line line, JsonNode row, String key, String otherwise) {
    var value = row.path(key);
    if (value.isTextual()) {
      return value.textValue();
    }
    if (otherwise != null && (value.isMissingNode() || value.isNull())) {
      return otherwise;
    }
    throw new InputException(
        value.isMissingNode()
            ? line.place() + ": has no " + key
            : "%s: %s is %s, expected a string".formatted(line.place(), key, Json.describe(value)));
  }
}
