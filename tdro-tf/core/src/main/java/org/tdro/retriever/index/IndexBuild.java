package org.tdro.retriever.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.keras.Prefetcher;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.index.IndexFacts.StoredFile;
import org.tdro.rows.Passage;
import org.tdro.search.EmbeddingShard;
import org.tdro.search.EmbeddingShards;
import org.tdro.search.Embeddings;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Index;
import org.tdro.search.lucene.Hnsw;
import org.tdro.search.lucene.HnswIndex;
import org.tdro.search.texts.CorpusFile;
import org.tdro.text.TextKind;

/**
 * Makes an index, shard by shard, in a folder beside its place: {@code NAME.building}. A build that was killed goes on there after its last
 * complete shard, and does not make again an index of words or a graph that is complete. The folder is moved when all is.
 *
 * @param folder the place of the index
 * @param facts what the index is made from
 * @param retriever encodes the documents; empty for words alone
 */
public record IndexBuild(
    Path folder, CorpusFile corpus, IndexFacts facts, Optional<Retriever> retriever) {
  /** Documents of a shard: what a killed build loses at most of their encoding. */
  static final int SHARD = 4096;

  private static final String PLAN = "plan.json";

  /**
   * What an index is to hold.
   *
   * @param model for embeddings
   * @param hnsw for a graph of neighbours, which needs embeddings
   * @param bm25 for words
   */
  public record Parts(Optional<Model> model, Optional<Hnsw> hnsw, Optional<Bm25> bm25) {
    /**
     * What encodes documents.
     *
     * @param from the folder of the retriever
     * @param task whose prompts are put around the documents
     */
    public record Model(Retriever retriever, Path from, String task) {}
  }

  /** A part of the work. */
  public enum Step {
    /** Documents are encoded, or only stored, and written to shards. */
    DOCUMENTS,
    /** Their words are indexed. */
    WORDS,
    /** The graph of neighbours is built. */
    GRAPH
  }

  /** Follows the work; may throw to end it. */
  public interface Listener {
    /**
     * A step begins.
     *
     * @param done documents of it that an earlier build has finished
     */
    void begins(Step step, long done, long documents);

    /** Some more documents are finished. */
    void adds(int documents);
  }

  /**
   * Plans an index.
   *
   * @throws InputException listing the problems of the corpus
   */
  public static IndexBuild of(Path folder, CorpusFile corpus, Parts parts) {
    var facts = new IndexFacts(
        IndexFacts.VERSION,
        IndexFacts.Documents.of(corpus, corpus.check()),
        parts
            .model()
            .map(model -> IndexFacts.Model.of(model.retriever(), model.from(), model.task()))
            .orElse(null),
        parts.hnsw().orElse(null),
        parts.bm25().map(IndexFacts.Words::of).orElse(null),
        List.of());
    return new IndexBuild(folder, corpus, facts, parts.model().map(Parts.Model::retriever));
  }

  /** Returns the folder in which an index is made. */
  private static Path building(Path folder) {
    var place = AtomicWrite.target(folder);
    return place.resolveSibling(place.getFileName() + ".building");
  }

  /** Whether an index was begun that is not complete. */
  static boolean isBegun(Path folder) {
    return Files.exists(building(folder).resolve(PLAN));
  }

  /**
   * Makes the index, or what is left of it.
   *
   * @param anew whether an index in its place, and an incomplete one of other documents or another model, are replaced
   * @throws InputException if one of these is there and is not to be replaced, or the corpus changes
   * @throws IllegalStateException if another process is making it
   */
  public void run(boolean anew, Listener listener) {
    var building = building(folder);
    checkReplaced(anew);
    checkOurs(building);
    FolderLock.whileHeld(building, "making an index in", () -> {
      try {
        // Another process may have finished it meanwhile.
        checkReplaced(anew);
        new Work(building, listener).run(anew);
        AtomicWrite.move(building, folder);
        Files.deleteIfExists(folder.resolve(PLAN));
        Files.deleteIfExists(folder.resolve(FolderLock.FILE));
        return null;
      } catch (IOException e) {
        throw FileException.writing(folder, e);
      }
    });
  }

  private void checkReplaced(boolean anew) {
    AtomicWrite.settle(folder);
    if (Files.exists(folder) && !DocumentIndex.isOne(folder) && !isEmpty(folder)) {
      throw new InputException(
          folder + ": exists and is not an index, so it is not replaced; name another folder");
    }
    if (Files.exists(folder) && !anew && !isEmpty(folder)) {
      throw new InputException(folder + ": exists; name another folder or replace it");
    }
  }

  private static boolean isEmpty(Path folder) {
    var files = folder.toFile().list();
    return files != null && files.length == 0;
  }

  /** Checks that the folder in which the index is made was made by a build. */
  private static void checkOurs(Path building) {
    if (!Files.exists(building) || Files.exists(building.resolve(PLAN))) {
      return;
    }
    var files = building.toFile().list();
    // A build that was killed at once leaves its lock, or the half of a plan.
    if (files == null || List.of(files).stream().anyMatch(file -> !file.startsWith("."))) {
      throw new InputException(
          building
              + ": is in the way: the index is made in this folder, but it holds something else; move it away, or name another folder for the index");
    }
  }

  /** The work in a folder that this process holds. */
  private final class Work {
    private final Path building;
    private final Listener listener;
    private final List<StoredFile> files = new ArrayList<>();

    Work(Path building, Listener listener) {
      this.building = building;
      this.listener = listener;
    }

    void run(boolean anew) throws IOException {
      prepare(anew);
      documents();
      var shards = DocumentIndex.shards(building, facts.with(files));
      if (facts.bm25() != null) {
        words(shards);
      }
      if (facts.hnsw() != null) {
        graph(shards);
      }
      Json.write(building.resolve(DocumentIndex.FACTS), facts.with(files));
    }

    private void prepare(boolean anew) throws IOException {
      var plan = building.resolve(PLAN);
      if (Files.exists(plan)) {
        try {
          resume(IndexFacts.read(plan, "add --overwrite to begin anew"));
        } catch (InputException e) {
          if (!anew) {
            throw e;
          }
          files.clear();
        }
      }
      if (files.isEmpty()) {
        for (var part : List.of(DocumentIndex.SHARDS, DocumentIndex.GRAPH, DocumentIndex.WORDS)) {
          AtomicWrite.delete(building.resolve(part));
        }
      }
      // First of all: it tells later builds whose folder this is.
      record();
      Files.createDirectories(building.resolve(DocumentIndex.SHARDS));
    }

    /** Takes over the files of an earlier build that are as it wrote them, up to the first shard that is not. */
    private void resume(IndexFacts earlier) {
      if (!earlier.isSame(facts)) {
        throw new InputException(
            "%s: holds the beginning of another index (of %s%s); add --overwrite to begin anew, or name another folder"
                .formatted(
                    building,
                    earlier.corpus().path(),
                    earlier.model() == null ? "" : " with " + earlier.model().path()));
      }
      var shards = earlier.files(DocumentIndex.SHARDS);
      shards.stream().takeWhile(file -> file.isWhole(building)).forEach(files::add);
      if (files.size() == shards.size()) {
        for (var part : List.of(DocumentIndex.WORDS, DocumentIndex.GRAPH)) {
          var written = earlier.files(part);
          if (written.stream().allMatch(file -> file.isWhole(building))) {
            files.addAll(written);
          }
        }
      }
    }

    /** Writes down what is complete. */
    private void record() {
      Json.write(building.resolve(PLAN), facts.with(files));
    }

    private void documents() {
      long all = facts.corpus().documents();
      long shards = facts.with(files).files(DocumentIndex.SHARDS).size();
      long done = Math.min(all, shards * SHARD);
      listener.begins(Step.DOCUMENTS, done, all);
      retriever.ifPresent(present -> present.onEncoded(listener::adds));
      var content = new Sha256.OfTexts();
      try (var stream = corpus.documents()) {
        var documents = stream.peek(document -> add(document, content)).iterator();
        for (long i = 0; i < done && documents.hasNext(); i++) {
          documents.next();
        }
        // While a chunk is encoded, the next one is read and tokenised.
        try (var ahead = new Prefetcher<>(number -> chunk(documents), 1, 1)) {
          var chunk = ahead.get(0);
          for (long next = 1; !chunk.documents().isEmpty(); next++) {
            write(
                chunk, building.resolve("%s/%05d.arrow".formatted(DocumentIndex.SHARDS, shards++)));
            chunk = ahead.get(next);
          }
        }
      }
      if (!content.hex().equals(facts.corpus().content())) {
        throw new InputException(corpus.file() + ": was changed while it was read");
      }
    }

    private void write(Chunk chunk, Path file) {
      var embeddings = encode(chunk);
      embeddings.firstNotFinite().ifPresent(row -> {
        throw new IllegalStateException(
            "the model gives document %s an embedding that is not finite, with which nothing can be compared: its weights are damaged or overflow"
                .formatted(chunk.documents().get(row).id()));
      });
      EmbeddingShard.write(file, chunk.documents(), embeddings);
      files.add(StoredFile.of(building, file));
      record();
    }

    private Embeddings encode(Chunk chunk) {
      if (retriever.isPresent()) {
        return retriever.get().encode(TextKind.PASSAGE, chunk.tokens());
      }
      listener.adds(chunk.documents().size());
      return new Embeddings(chunk.documents().size(), 0, new float[0]);
    }

    private void words(EmbeddingShards shards) {
      if (begins(Step.WORDS, DocumentIndex.WORDS)) {
        var folder = building.resolve(DocumentIndex.WORDS);
        Bm25Index.write(
            folder,
            () -> LongStream.range(0, shards.rows())
                .mapToObj(shards::passage)
                .peek(document -> listener.adds(1)));
        addAll(folder);
      }
    }

    private void graph(EmbeddingShards shards) {
      if (begins(Step.GRAPH, DocumentIndex.GRAPH)) {
        var folder = building.resolve(DocumentIndex.GRAPH);
        try (var blocks = shards.blocks()) {
          HnswIndex.write(
              folder, blocks.peek(block -> listener.adds(block.ids().size())), facts.hnsw());
        }
        addAll(folder);
      }
    }

    private boolean begins(Step step, String part) {
      boolean isLeft = facts.with(files).files(part).isEmpty();
      long all = facts.corpus().documents();
      listener.begins(step, isLeft ? 0 : all, all);
      return isLeft;
    }

    private void addAll(Path part) {
      try (var written = Files.list(part)) {
        written.sorted().forEach(file -> files.add(StoredFile.of(building, file)));
      } catch (IOException e) {
        throw FileException.reading(part, e);
      }
      record();
    }
  }

  private static void add(Passage document, Sha256.OfTexts content) {
    content.add(document.id());
    content.add(document.title());
    content.add(document.text());
  }

  /** Documents that were read and, for a model, tokenised. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Chunk(List<Passage> documents, int[][] tokens) {}

  private Chunk chunk(Iterator<Passage> documents) {
    var chunk = new ArrayList<Passage>();
    while (chunk.size() < SHARD && documents.hasNext()) {
      chunk.add(documents.next());
    }
    return new Chunk(
        chunk,
        retriever
            .map(present -> present.tokenize(
                TextKind.PASSAGE,
                facts.model().task(),
                chunk.stream().map(Passage::content).toList()))
            .orElse(new int[0][]));
  }
}
