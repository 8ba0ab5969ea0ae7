package org.tdro.retriever.embeddings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.retriever.Retriever;
import org.tdro.rows.Passage;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.EmbeddingFormat;
import org.tdro.search.EmbeddingShards;
import org.tdro.text.TextKind;

/**
 * Embeddings of texts that are kept in a folder. Each has a folder of its own, named after a hash of what the embeddings follow from: the
 * texts, and the retriever's weights, tokenizer, settings, prompt and length. Files that are damaged are made again.
 */
public record EmbeddingCache(Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddingCache.class);

  /** Counted up when texts are encoded in another way, so that their embeddings have other bits. */
  private static final int VERSION = 1;

  private static final int NAME_LENGTH = 32;
  private static final String FACTS = "embeddings.json";
  private static final String EMBEDDINGS = "embeddings.arrow";

  /**
   * What stands beside embeddings.
   *
   * @param kind of the texts
   * @param retriever a hash of the retriever and the prompts
   * @param texts a hash of the texts
   * @param file a hash of the file of embeddings
   */
  private record Facts(TextKind kind, String retriever, String texts, long rows, String file) {}

  /**
   * Returns the embeddings of texts, after encoding them if they are not there. Processes that need the same ones at the same time wait
   * for the first.
   *
   * @param content a hash of the texts and their order
   * @param texts opens the texts; called only if they are to be encoded
   */
  public EmbeddingShards of(
      Retriever retriever,
      TextKind kind,
      String task,
      String content,
      Supplier<Stream<Passage>> texts) {
    var fingerprint = retriever.fingerprint(kind, task);
    var place = place(fingerprint, content);
    return present(place)
        .orElseGet(() -> FolderLock.whenFree(place, () -> {
          // Another process may have made it in the meantime.
          var made = present(place);
          if (made.isPresent()) {
            return made.get();
          }
          var file = place.resolve(EMBEDDINGS);
          var rows = new long[1];
          AtomicWrite.file(file, beside -> rows[0] = write(beside, retriever, kind, task, texts));
          Json.write(
              place.resolve(FACTS),
              new Facts(kind, fingerprint, content, rows[0], Sha256.of(file)));
          return EmbeddingShards.open(file);
        }));
  }

  /** Returns the embeddings of texts if they are there. */
  public Optional<EmbeddingShards> find(
      Retriever retriever, TextKind kind, String task, String content) {
    return present(place(retriever.fingerprint(kind, task), content));
  }

  private Path place(String fingerprint, String content) {
    var name = Sha256.of(Stream.of(Integer.toString(VERSION), fingerprint, content));
    return folder.resolve(name.substring(0, NAME_LENGTH));
  }

  /** Returns the embeddings in a folder; empty if they are missing or damaged. */
  private static Optional<EmbeddingShards> present(Path place) {
    var facts = place.resolve(FACTS);
    var file = place.resolve(EMBEDDINGS);
    if (!Files.exists(facts) || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      var expected = Json.read(facts, Facts.class);
      var found = EmbeddingShards.open(file);
      if (found.rows() == expected.rows() && Sha256.of(file).equals(expected.file())) {
        return Optional.of(found);
      }
      LOG.info("making {} again: it is damaged", file);
    } catch (InputException e) {
      LOG.info("making {} again: {}", file, e.getMessage());
    }
    return Optional.empty();
  }

  private static long write(
      Path file, Retriever retriever, TextKind kind, String task, Supplier<Stream<Passage>> source)
      throws IOException {
    long rows = 0;
    try (var blocks = new EncodedTexts(retriever, task).blocks(kind, source.get());
        var writer = EmbeddingFormat.ARROW.open(file, retriever.dimension())) {
      for (var block : (Iterable<DocumentEmbeddings>) blocks::iterator) {
        writer.write(block.ids(), block.embeddings());
        rows += block.ids().size();
      }
      writer.finish();
    }
    return rows;
  }
}
