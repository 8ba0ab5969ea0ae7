package org.tdro.search;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.rows.Passage;

/**
 * A file of documents, each with an id, a text and, if it has one, a title ({@link org.tdro.rows.records.FileKind}): JSON lines, a table with
 * tabs or commas, Parquet or Arrow; or MS MARCO's collection, an id and a text separated by a tab.
 *
 * @param file texts may be compressed
 */
public record CorpusFile(Path file) implements Corpus {
  private static final TextRecords.Columns COLUMNS = new TextRecords.Columns(
      "documents",
      List.of("_id", "docid", "doc_id", "docno", "id", "pid"),
      List.of("text", "contents", "passage", "body"));

  /**
   * What reading a whole corpus finds.
   *
   * @param content a hash of the ids, titles and texts, in their order
   * @param size the number of documents
   */
  public record Facts(String content, long size) {}

  /**
   * Returns the corpus in a file, or that of a folder in the form of BEIR or of MS MARCO.
   *
   * @throws InputException if there is none
   */
  public static CorpusFile of(Path fileOrFolder) {
    return new CorpusFile(
        file(fileOrFolder, "documents", List.of("corpus.jsonl", "collection.tsv")));
  }

  /**
   * Returns a file, or the one of a folder that has one of the names, plain or compressed.
   *
   * @throws InputException if there is none
   */
  static Path file(Path fileOrFolder, String what, List<String> names) {
    if (!Files.exists(fileOrFolder)) {
      throw new InputException(fileOrFolder + ": there is no such file or folder");
    }
    if (!Files.isDirectory(fileOrFolder)) {
      return fileOrFolder;
    }
    return names.stream()
        .flatMap(name -> Stream.of("", ".gz", ".zst").map(end -> fileOrFolder.resolve(name + end)))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() -> new InputException("%s: this folder has no %s[.gz]; name a file of %s"
            .formatted(fileOrFolder, String.join("[.gz] or ", names), what)));
  }

  /**
   * Reads all documents, so that nothing is found wrong after hours of work with them.
   *
   * @throws InputException listing malformed rows and repeated ids, or if there are no documents
   */
  public Facts check() {
    var size = new AtomicLong();
    var hash = new Sha256.OfTexts();
    TextRecords.readAll(file, COLUMNS, document -> {
      size.incrementAndGet();
      hash.add(document.id());
      hash.add(document.title());
      hash.add(document.text());
    });
    return new Facts(hash.hex(), size.get());
  }

  /** Opens the documents in the order of the file; reading throws at the first that is malformed. */
  @Override
  public Stream<Passage> documents() {
    var records = TextRecords.open(file, COLUMNS);
    var documents =
        new Spliterators.AbstractSpliterator<Passage>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super Passage> action) {
            var document = records.next();
            if (document != null) {
              action.accept(new Passage(document.id(), document.title(), document.text()));
            }
            return document != null;
          }
        };
    return StreamSupport.stream(documents, false).onClose(records::close);
  }
}
