package org.tdro.search;

import java.util.stream.Stream;
import org.tdro.rows.Passage;

/** A collection of documents that is read as a stream, any number of times, and may be larger than memory. */
@FunctionalInterface
public interface Corpus {
  /** Opens the documents, always in the same order; the caller closes the stream. */
  Stream<Passage> documents();

  /** Returns the number of documents; reads them, unless it is known. */
  default long size() {
    try (var documents = documents()) {
      return documents.count();
    }
  }
}
