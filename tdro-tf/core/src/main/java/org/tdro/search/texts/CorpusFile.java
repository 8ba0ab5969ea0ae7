package org.tdro.search.texts;

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
import org.tdro.search.Corpus;

/**
 * A file of documents, each with an id, a text and, if it has one, a title ({@link org.tdro.rows.records.FileKind}): JSON lines, a table with
 * tabs or commas, Parquet or Arrow; or MS MARCO's collection, an id and a text separated by a tab.
 *
 * @param file texts may be compressed
 */
public record CorpusFile(Path file) implements Corpus {
  private static final String WHAT = "documents";

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
        TextFile.find(fileOrFolder, WHAT, List.of("corpus.jsonl", "collection.tsv")));
  }

  /**
   * Reads all documents, so that nothing is found wrong after hours of work with them.
   *
   * @throws InputException listing malformed rows and repeated ids, or if there are no documents
   */
  public Facts check() {
    var size = new AtomicLong();
    var hash = new Sha256.OfTexts();
    texts().readAll(document -> {
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
    var reader = texts().open();
    var documents =
        new Spliterators.AbstractSpliterator<Passage>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super Passage> action) {
            var document = reader.next();
            if (document != null) {
              action.accept(new Passage(document.id(), document.title(), document.text()));
            }
            return document != null;
          }
        };
    return StreamSupport.stream(documents, false).onClose(reader::close);
  }

  private TextFile texts() {
    return new TextFile(file, WHAT, RecordTexts.DOCUMENTS);
  }
}
