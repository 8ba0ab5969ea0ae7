package org.tdro.evaluation.sets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;

/**
 * What reading a whole corpus has found, kept in a cache folder by the content of its files, so that an unchanged corpus is not read only
 * to be checked.
 *
 * @param content hash of ids, titles and texts, in the order of the files
 * @param size number of documents
 */
record CorpusFacts(String content, long size) {
  /** Counted up when documents are read or hashed in another way. */
  private static final int VERSION = 2;

  /** Returns the place of the facts of files as they are now. */
  static Path place(Path cache, StoredSet.Source corpus) {
    var content = Stream.concat(
        Stream.of(corpus.format().toString()), corpus.files().stream().map(Sha256::of));
    return cache.resolve("corpus-%d-%s.json".formatted(VERSION, Sha256.of(content)));
  }

  /** Returns the facts in a place; empty if they are not there or are damaged. */
  static Optional<CorpusFacts> read(Path place) {
    try {
      return Files.exists(place)
          ? Optional.of(Json.read(place, CorpusFacts.class))
          : Optional.empty();
    } catch (InputException e) {
      return Optional.empty();
    }
  }
}
