package org.tdro.data.shards;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.io.Sha256;
import org.tdro.rows.Passage;
import org.tdro.text.PromptTemplate;
import org.tdro.text.PromptVariants;
import org.tdro.text.Tokenizer;

/**
 * The documents of a collection as token ids, memory-mapped. They are made once and kept in a folder under a name that follows from
 * their ingredients, so all who encode the same documents alike share them.
 *
 * <p>The file is a {@link ArrowShard} whose rows have no passages: a document is the query of its row.
 */
public final class TokenizedDocuments {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizedDocuments.class);
  private static final int CHUNK_DOCUMENTS = 128;
  private static final int NAME_LENGTH = 32;
  private static final int[][] NO_PASSAGES = {};

  private final ArrowShard shard;

  private TokenizedDocuments(ArrowShard shard) {
    this.shard = shard;
  }

  /**
   * The way from a text to token ids.
   *
   * @param prompt put around every document
   * @param maxLength longer documents are cut, in tokens including special ones
   */
  public record Form(Tokenizer tokenizer, PromptTemplate prompt, int maxLength) {
    int[] ids(Passage document) {
      return tokenizer.encode(prompt.apply(document.content()), maxLength);
    }

    private ImportFacts facts(String content) {
      var drawn = PromptVariants.Drawn.always(prompt);
      return new ImportFacts(content, tokenizer.fingerprint(), maxLength, maxLength, drawn, drawn);
    }
  }

  /**
   * Opens the documents in a folder, after tokenising them on all processors if they are not there. Processes that need the same ones at
   * the same time wait for the first.
   *
   * @param content a hash of the documents and their order
   * @param documents opens the documents; called only if they are not in the folder
   * @throws InputException if the documents cannot be read
   */
  public static TokenizedDocuments in(
      Path folder, String content, Form form, Supplier<Stream<Passage>> documents) {
    var facts = form.facts(content);
    var name = Sha256.of(facts.toMetadata().toString()).substring(0, NAME_LENGTH);
    var file = folder.resolve(name + ".arrow");
    return present(file)
        .orElseGet(() -> FolderLock.whenFree(folder, () -> {
          // Another process may have made it in the meantime.
          var made = present(file);
          if (made.isPresent()) {
            return made.get();
          }
          AtomicWrite.file(file, beside -> write(beside, facts, form, documents));
          return new TokenizedDocuments(ArrowShard.open(file));
        }));
  }

  /** Returns the documents in a file; empty if it is missing or damaged. */
  private static Optional<TokenizedDocuments> present(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TokenizedDocuments(ArrowShard.open(file)));
    } catch (InputException e) {
      LOG.info("making {} again: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // on its way to the file, never compared
  private record Ids(String id, int[] tokens) {}

  private static void write(
      Path file, ImportFacts facts, Form form, Supplier<Stream<Passage>> source) {
    try (var documents = source.get();
        var writer = new ShardWriter(file, facts)) {
      OrderedParallel.forEach(
          chunks(documents.iterator()),
          Runtime.getRuntime().availableProcessors(),
          chunk -> chunk.stream()
              .map(document -> new Ids(document.id(), form.ids(document)))
              .toList(),
          chunk -> chunk.forEach(document -> writer.add(
              document.id(), new TokenizedRow(document.tokens(), NO_PASSAGES, NO_PASSAGES))));
      writer.finish();
    }
  }

  private static Iterator<List<Passage>> chunks(Iterator<Passage> documents) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return documents.hasNext();
      }

      @Override
      public List<Passage> next() {
        var chunk = new ArrayList<Passage>();
        while (chunk.size() < CHUNK_DOCUMENTS && documents.hasNext()) {
          chunk.add(documents.next());
        }
        return chunk;
      }
    };
  }

  /** Returns the number of documents. */
  public long size() {
    return shard.rows();
  }

  /** Returns the ids of the documents from position {@code from} to before {@code to}. */
  public List<String> ids(long from, long to) {
    return LongStream.range(from, to).mapToObj(shard::queryId).toList();
  }

  /** Returns the token ids of the documents from position {@code from} to before {@code to}. */
  public int[][] tokens(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(document -> shard.row(document).query())
        .toArray(int[][]::new);
  }
}
