package org.tdro.retriever.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Sha256;
import org.tdro.keras.Prefetcher;
import org.tdro.retriever.Retriever;
import org.tdro.rows.Passage;
import org.tdro.search.CorpusFile;
import org.tdro.search.EmbeddingShard;
import org.tdro.text.TextKind;

/**
 * Makes an index, shard by shard, in a folder beside its place: {@code NAME.building}. A build that was killed goes on there after its last
 * complete shard. The folder is renamed when the index is complete.
 *
 * @param folder the place of the index
 * @param retriever encodes the documents
 * @param facts what the index is made from
 */
public record IndexBuild(Path folder, Retriever retriever, CorpusFile corpus, IndexFacts facts) {
  /** Documents of a shard: what a killed build loses at most. */
  static final int SHARD = 4096;

  private static final String PLAN = "plan.json";

  /**
   * Plans an index.
   *
   * @param from the folder of the retriever
   * @param task whose prompts are put around the documents
   * @throws InputException listing the problems of the corpus
   */
  public static IndexBuild of(
      Path folder, Retriever retriever, Path from, String task, CorpusFile corpus) {
    var documents = IndexFacts.Documents.of(corpus, corpus.check());
    var facts = new IndexFacts(
        IndexFacts.EXACT, IndexFacts.VERSION, model(retriever, from, task), documents, List.of());
    return new IndexBuild(folder, retriever, corpus, facts);
  }

  static IndexFacts.Model model(Retriever retriever, Path from, String task) {
    var settings = retriever.settings();
    return new IndexFacts.Model(
        from.toAbsolutePath().normalize().toString(),
        task,
        retriever.fingerprint(TextKind.PASSAGE, task),
        retriever.fingerprint(TextKind.QUERY, task),
        settings.prompts().of(TextKind.PASSAGE, task).template(),
        settings.maxLength(TextKind.PASSAGE),
        settings.maxLength(TextKind.QUERY),
        settings.spec().pooling().name().toLowerCase(Locale.ROOT),
        settings.spec().normalize(),
        settings.spec().dimension(),
        "float32");
  }

  /** Returns in words what settings differ between two retrievers; empty if only their weights or tokenizers do. */
  static String difference(IndexFacts.Model then, IndexFacts.Model now) {
    var differences = new ArrayList<String>();
    difference("dimension", then.dimension(), now.dimension(), differences);
    difference("pooling", then.pooling(), now.pooling(), differences);
    difference("normalize", then.normalize(), now.normalize(), differences);
    difference("passage length", then.passageLength(), now.passageLength(), differences);
    difference("query length", then.queryLength(), now.queryLength(), differences);
    difference("prompt", then.prompt(), now.prompt(), differences);
    return differences.isEmpty() ? "" : " (" + String.join(", ", differences) + ")";
  }

  private static void difference(String name, Object then, Object now, List<String> differences) {
    if (!then.equals(now)) {
      differences.add("%s was %s and is %s".formatted(name, then, now));
    }
  }

  /** Returns the folder in which an index is made. */
  static Path building(Path folder) {
    var place = folder.toAbsolutePath().normalize();
    return place.resolveSibling(place.getFileName() + ".building");
  }

  /** Returns how many documents an earlier build of this index has encoded; none if it is of another index. */
  public long encoded() {
    return planned().filter(this::isSame).isPresent()
        ? complete().stream().mapToLong(IndexFacts.Shard::documents).sum()
        : 0;
  }

  private Optional<IndexFacts> planned() {
    var plan = building(folder).resolve(PLAN);
    return Files.exists(plan) ? Optional.of(Json.read(plan, IndexFacts.class)) : Optional.empty();
  }

  private boolean isSame(IndexFacts other) {
    return other.kind().equals(facts.kind())
        && other.version() == facts.version()
        && other.model().isSame(facts.model())
        && other.corpus().content().equals(facts.corpus().content());
  }

  /**
   * Makes the index, or what is left of it.
   *
   * @param anew whether an index in its place, and an incomplete one of other documents or another model, are replaced
   * @throws InputException if one of these is there and is not to be replaced, or the corpus changes
   * @throws IllegalStateException if another process is making it
   */
  public void run(boolean anew) {
    var building = building(folder);
    checkReplaced(anew);
    FolderLock.whileHeld(building, "making an index in", () -> {
      try {
        // Another process may have finished it meanwhile.
        checkReplaced(anew);
        prepare(building, anew);
        var shards = complete();
        encode(shards);
        Json.write(building.resolve(DenseIndex.FACTS), facts.with(shards));
        put(building);
        Files.delete(folder.resolve(PLAN));
        Files.delete(folder.resolve(FolderLock.FILE));
        return null;
      } catch (IOException e) {
        throw FileException.writing(folder, e);
      }
    });
  }

  private void checkReplaced(boolean anew) {
    if (Files.exists(folder) && !DenseIndex.isOne(folder)) {
      throw new InputException(
          folder + ": exists and is not an index, so it is not replaced; name another folder");
    }
    if (Files.exists(folder) && !anew) {
      throw new InputException(folder + ": exists; name another folder or replace it");
    }
  }

  private void prepare(Path building, boolean anew) throws IOException {
    var earlier = planned();
    if (earlier.isPresent() && !isSame(earlier.get())) {
      if (!anew) {
        throw new InputException(
            "%s: holds the beginning of an index of other documents or another model (%s, %s); add --overwrite to begin anew, or name another folder"
                .formatted(
                    building,
                    earlier.get().corpus().path(),
                    earlier.get().model().path()));
      }
      AtomicWrite.delete(shards());
    }
    Files.createDirectories(shards());
    Json.write(building.resolve(PLAN), facts);
  }

  private Path shards() {
    return building(folder).resolve(DenseIndex.SHARDS);
  }

  private Path shard(int number) {
    return shards().resolve("%05d.arrow".formatted(number));
  }

  /** Returns the shards that are complete, up to the first that is not. */
  private List<IndexFacts.Shard> complete() {
    var shards = new ArrayList<IndexFacts.Shard>();
    long done = 0;
    while (done < facts.corpus().documents()) {
      var file = shard(shards.size());
      long expected = Math.min(SHARD, facts.corpus().documents() - done);
      if (!Files.exists(file) || !isWhole(file, expected)) {
        break;
      }
      shards.add(shard(file, expected));
      done += expected;
    }
    return shards;
  }

  private boolean isWhole(Path file, long documents) {
    try {
      var shard = EmbeddingShard.open(file);
      return shard.rows() == documents
          && shard.dimension() == facts.model().dimension()
          && shard.hasTexts();
    } catch (InputException e) {
      // It is written again.
      return false;
    }
  }

  private static IndexFacts.Shard shard(Path file, long documents) {
    try {
      return new IndexFacts.Shard(file.getFileName().toString(), documents, Files.size(file));
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Documents that were read and tokenised. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Chunk(List<Passage> documents, int[][] tokens) {}

  private void encode(List<IndexFacts.Shard> shards) {
    long done = shards.stream().mapToLong(IndexFacts.Shard::documents).sum();
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
          shards.add(encode(chunk, shard(shards.size())));
          chunk = ahead.get(next);
        }
      }
    }
    if (!content.hex().equals(facts.corpus().content())) {
      throw new InputException(corpus.file() + ": was changed while it was read");
    }
  }

  private static void add(Passage document, Sha256.OfTexts content) {
    content.add(document.id());
    content.add(document.title());
    content.add(document.text());
  }

  private IndexFacts.Shard encode(Chunk chunk, Path file) {
    var embeddings = retriever.encode(TextKind.PASSAGE, chunk.tokens());
    embeddings.firstNotFinite().ifPresent(row -> {
      throw new IllegalStateException(
          "the model gives document %s an embedding that is not finite, with which nothing can be compared: its weights are damaged or overflow"
              .formatted(chunk.documents().get(row).id()));
    });
    EmbeddingShard.write(file, chunk.documents(), embeddings);
    return shard(file, chunk.documents().size());
  }

  private Chunk chunk(Iterator<Passage> documents) {
    var chunk = new ArrayList<Passage>();
    while (chunk.size() < SHARD && documents.hasNext()) {
      chunk.add(documents.next());
    }
    return new Chunk(
        chunk,
        retriever.tokenize(
            TextKind.PASSAGE,
            facts.model().task(),
            chunk.stream().map(Passage::content).toList()));
  }

  /** Puts the complete index into its place. */
  private void put(Path building) throws IOException {
    var name = folder.toAbsolutePath().normalize().getFileName();
    var old = building.resolveSibling("." + name + "." + ProcessHandle.current().pid() + ".old");
    boolean replaces = Files.exists(folder);
    if (replaces) {
      AtomicWrite.delete(old);
      Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(building, folder, StandardCopyOption.ATOMIC_MOVE);
    if (replaces) {
      AtomicWrite.delete(old);
    }
  }
}
