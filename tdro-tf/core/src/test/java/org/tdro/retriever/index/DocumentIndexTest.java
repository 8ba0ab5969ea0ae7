package org.tdro.retriever.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.embeddings.EncodedTexts;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.retriever.ranking.HnswRanker;
import org.tdro.retriever.ranking.ProductScorer.Precision;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.Passage;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.Fusion;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.search.lucene.Bm25;
import org.tdro.search.lucene.Bm25Ranker;
import org.tdro.search.lucene.Hnsw;
import org.tdro.search.texts.CorpusFile;
import org.tdro.text.TextKind;

class DocumentIndexTest {
  @TempDir
  static Path models;

  @TempDir
  Path folder;

  private static Retriever retriever;

  @BeforeAll
  static void load() {
    SmallRetriever.write(models.resolve("a"), SmallRetriever.staticOf(SmallRetriever.VOCABULARY));
    retriever = StoredRetrievers.load(models.resolve("a"));
  }

  @AfterAll
  static void close() {
    retriever.close();
  }

  private Path corpus(int documents) throws IOException {
    return Files.write(
        folder.resolve("corpus.jsonl"),
        IntStream.range(0, documents)
            .mapToObj(i -> "{\"_id\": \"doc %d\", \"title\": \"t%d\", \"text\": \"text %d\"}"
                .formatted(i, i, i % 4999))
            .toList());
  }

  private IndexBuild build(Path corpus, String task) {
    return build(corpus, task, Optional.empty(), Optional.empty());
  }

  private IndexBuild build(Path corpus, String task, Optional<Hnsw> hnsw, Optional<Bm25> bm25) {
    var model = new IndexBuild.Parts.Model(retriever, models.resolve("a"), task);
    return IndexBuild.of(
        folder.resolve("index"),
        CorpusFile.of(corpus),
        new IndexBuild.Parts(Optional.of(model), hnsw, bm25));
  }

  private static void run(IndexBuild build, boolean anew) {
    build.run(anew, new Steps());
  }

  /** Keeps what a build tells. */
  private static final class Steps implements IndexBuild.Listener {
    private final Map<IndexBuild.Step, Long> done = new EnumMap<>(IndexBuild.Step.class);
    private long added;

    @Override
    public void begins(IndexBuild.Step step, long already, long documents) {
      done.put(step, already);
    }

    @Override
    public void adds(int documents) {
      added += documents;
    }
  }

  private DocumentIndex index() {
    return DocumentIndex.open(folder.resolve("index"));
  }

  private static Embeddings queries(String... texts) {
    return retriever.encode(TextKind.QUERY, "", List.of(texts));
  }

  @Test
  void findsWhatADenseRankerFinds() throws IOException {
    int documents = IndexBuild.SHARD + 904;
    var corpus = corpus(documents);
    run(build(corpus, ""), false);
    var index = index();
    assertThat(index.size()).isEqualTo(documents);
    assertThat(index.facts().files())
        .extracting(IndexFacts.StoredFile::file)
        .containsExactly("shards/00000.arrow", "shards/00001.arrow");
    var run = new DenseRanker(retriever, "")
        .rank(
            List.of(new Query("q", "text 77"), new Query("p", "t4500")), CorpusFile.of(corpus), 20);
    for (var precision : Precision.values()) {
      var found = index.dense(queries("text 77", "t4500"), 20, precision);
      assertThat(found.get(0))
          .extracting(ExactSearch.Hit::document)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(run.of("q"));
      assertThat(found.get(1))
          .extracting(ExactSearch.Hit::document)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(run.of("p"));
      assertThat(found.get(1))
          .allSatisfy(hit ->
              assertThat(index.document(hit).id()).isEqualTo(hit.document().id()));
    }
    assertThat(index
            .document(index.dense(queries("t4500"), 1, Precision.FLOAT32).get(0).get(0))
            .title())
        .isEqualTo("t4500");
  }

  @Test
  void graphWordsAndFusionFindWhatTheirRankersFind() throws IOException {
    var corpus = corpus(300);
    run(build(corpus, "", Optional.of(Hnsw.DEFAULT), Optional.of(new Bm25(1.2, 0.75))), false);
    var texts = List.of("text 77", "t250", "nothing");
    var asked =
        IntStream.range(0, 3).mapToObj(i -> new Query("q" + i, texts.get(i))).toList();
    var source = new EncodedTexts(retriever, "");
    var graph = new HnswRanker(source, Hnsw.DEFAULT).rank(asked, CorpusFile.of(corpus), 20);
    var words = new Bm25Ranker(new Bm25(1.2, 0.75)).rank(asked, CorpusFile.of(corpus), 20);
    var dense = new DenseRanker(source).rank(asked, CorpusFile.of(corpus), 20);
    var fusion = Fusion.ReciprocalRank.DEFAULT;
    var fused = fusion.fuse(List.of(dense, words), 20);
    try (var index = index()) {
      index.verify();
      var embedded = queries(texts.toArray(String[]::new));
      var byWords = index.bm25(texts, 20);
      assertFound(index, index.hnsw(embedded, 20), graph);
      assertFound(index, byWords, words);
      assertThat(byWords.get(2)).isEmpty();
      assertFound(
          index,
          DocumentIndex.fuse(
              fusion, List.of(index.dense(embedded, 20, Precision.FLOAT32), byWords), 20),
          fused);
    }
  }

  private static void assertFound(DocumentIndex index, List<List<ExactSearch.Hit>> found, Run run) {
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).extracting(ExactSearch.Hit::document).isEqualTo(run.of("q" + i));
      assertThat(found.get(i))
          .allSatisfy(hit ->
              assertThat(index.document(hit).id()).isEqualTo(hit.document().id()));
    }
  }

  @Test
  void wordsNeedNoModel() throws IOException {
    var parts = new IndexBuild.Parts(Optional.empty(), Optional.empty(), Optional.of(Bm25.DEFAULT));
    run(
        IndexBuild.of(folder.resolve("index"), CorpusFile.of(corpus(IndexBuild.SHARD + 5)), parts),
        false);
    try (var index = index()) {
      assertThat(index.facts().model()).isNull();
      var found = index.bm25(List.of("t4099"), 3).get(0);
      assertThat(found).hasSize(1);
      assertThat(index.document(found.get(0)))
          .isEqualTo(new Passage("doc 4099", "t4099", "text 4099"));
      assertThat(index.sample(2)).extracting(Passage::id).containsExactly("doc 0", "doc 2050");
    }
  }

  /** As a kill leaves it after the first shard, and before the end. */
  @Test
  void whatIsCompleteIsNotMadeAgain() throws IOException {
    var corpus = corpus(IndexBuild.SHARD + 10);
    var small = new Hnsw(4, 8, 8, Hnsw.Quantization.NONE);
    var build = build(corpus, "", Optional.of(small), Optional.of(Bm25.DEFAULT));
    run(build, false);
    for (boolean complete : new boolean[] {false, true}) {
      List<IndexFacts.StoredFile> files;
      try (var index = index()) {
        files = index.facts().files();
      }
      int left = complete ? files.size() : 1;
      var building = folder.resolve("index.building");
      Files.move(folder.resolve("index"), building);
      Files.delete(building.resolve("index.json"));
      Json.write(building.resolve("plan.json"), build.facts().with(files.subList(0, left)));
      var steps = new Steps();
      build.run(false, steps);
      long done = Math.min(left * (long) IndexBuild.SHARD, IndexBuild.SHARD + 10);
      long parts = complete ? IndexBuild.SHARD + 10 : 0;
      assertThat(steps.done)
          .containsEntry(IndexBuild.Step.DOCUMENTS, done)
          .containsEntry(IndexBuild.Step.WORDS, parts)
          .containsEntry(IndexBuild.Step.GRAPH, parts);
      assertThat(steps.added).isEqualTo(3L * (IndexBuild.SHARD + 10) - done - 2 * parts);
      try (var index = index()) {
        index.verify();
        assertThat(index.facts().files().subList(0, 2)).isEqualTo(files.subList(0, 2));
      }
    }
  }

  @Test
  void queriesOfAnotherSizeAreRefused() throws IOException {
    run(build(corpus(3), ""), false);
    assertThatThrownBy(() ->
            index().dense(new Embeddings(1, 2, new float[] {1, 0}), 3, Precision.FLOAT32))
        .hasMessage("the index has embeddings of size 16, the queries of size 2");
  }

  @Test
  void aModelThatHasChangedIsRefused() throws IOException {
    run(build(corpus(3), ""), false);
    index().check(retriever, models.resolve("a"));
    var other = models.resolve("b");
    SmallRetriever.write(other, SmallRetriever.mini());
    try (var changed = StoredRetrievers.load(other)) {
      assertThatThrownBy(() -> index().check(changed, other))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll(
              "was made with another model than " + other + " holds now",
              "(dimension was 16 and is 12)",
              "make the index again with tdro index");
    }
  }

  /** The model's prompt for queries is part of what is compared. */
  @Test
  void theTaskIsKept() throws IOException {
    run(build(corpus(3), "trivia"), false);
    assertThat(index().facts().model().task()).isEqualTo("trivia");
    index().check(retriever, models.resolve("a"));
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    run(build(corpus(IndexBuild.SHARD + 1), ""), false);
    var shards = folder.resolve("index/shards");
    var whole = Files.readAllBytes(shards.resolve("00000.arrow"));
    Files.write(shards.resolve("00000.arrow"), Arrays.copyOf(whole, 100));
    Files.delete(shards.resolve("00001.arrow"));
    assertThatThrownBy(this::index)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "00000.arrow: is damaged: has 100 of " + whole.length + " bytes",
            "00001.arrow: is damaged: it is missing",
            "make the index again with tdro index");
  }

  @Test
  void changedBytesAreFoundWhereTheyAreAskedFor() throws IOException {
    run(build(corpus(20), ""), false);
    var shard = folder.resolve("index/shards/00000.arrow");
    var bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    try (var index = index()) {
      assertThatThrownBy(index::verify)
          .isInstanceOf(InputException.class)
          .hasMessage(
              shard
                  + ": is damaged: its content has changed; make the index again with tdro index --overwrite");
    }
    Files.writeString(folder.resolve("index/index.json"), "{\"version\": 2");
    assertThatThrownBy(this::index)
        .hasMessage(folder.resolve("index/index.json")
            + ": is damaged; make the index again with tdro index --overwrite");
    Files.writeString(folder.resolve("index/index.json"), "{\"version\": 1}");
    assertThatThrownBy(this::index)
        .hasMessageContaining("is of version 1, and only 2 is read here; make the index again");
  }

  @Test
  void aFolderInTheWayIsNotTakenOver() throws IOException {
    var building = Files.createDirectories(folder.resolve("index.building"));
    Files.writeString(building.resolve("thesis.tex"), "");
    var build = build(corpus(3), "");
    assertThatThrownBy(() -> run(build, true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("index.building: is in the way");
    assertThat(building).isDirectoryContaining("glob:**/thesis.tex");
    Files.delete(building.resolve("thesis.tex"));
    Files.writeString(building.resolve("plan.json"), "{");
    assertThatThrownBy(() -> run(build, false))
        .hasMessage(building.resolve("plan.json") + ": is damaged; add --overwrite to begin anew");
    run(build, true);
    assertThat(index().size()).isEqualTo(3);
    assertThat(building).doesNotExist();
  }

  @Test
  void aLinkToAnIndexStays() throws IOException {
    Files.createSymbolicLink(folder.resolve("index"), Path.of("elsewhere"));
    run(build(corpus(3), ""), false);
    assertThat(folder.resolve("index")).isSymbolicLink();
    assertThat(folder.resolve("elsewhere/index.json")).isRegularFile();
    run(build(corpus(4), ""), true);
    assertThat(index().size()).isEqualTo(4);
    assertThat(folder.resolve("index")).isSymbolicLink();
  }

  @Test
  void aFolderThatIsNoIndexIsNeitherReadNorReplaced() throws IOException {
    assertThatThrownBy(this::index).hasMessageContaining("is not the folder of an index");
    Files.createDirectories(folder.resolve("index/mine"));
    var build = build(corpus(3), "");
    assertThatThrownBy(() -> run(build, true))
        .hasMessage(folder.resolve("index")
            + ": exists and is not an index, so it is not replaced; name another folder");
  }

  @Test
  void anIndexIsReplacedOnlyIfThatIsAllowed() throws IOException {
    run(build(corpus(3), ""), false);
    var next = build(corpus(5), "");
    assertThatThrownBy(() -> run(next, false)).hasMessageContaining("exists; name another folder");
    run(next, true);
    assertThat(index().size()).isEqualTo(5);
    assertThat(folder).isDirectoryContaining("glob:**/index");
    assertThat(folder).isDirectoryNotContaining("glob:**/index.*");
  }

  @Test
  void aBuildGoesOnAfterItsCompleteShardsAndOnlyIfItIsTheSame() throws IOException {
    int documents = 2 * IndexBuild.SHARD + 10;
    var corpus = corpus(documents);
    var first = build(corpus, "");
    run(first, false);
    var expected = Files.readAllBytes(folder.resolve("index/shards/00002.arrow"));
    var written = index().facts().files();
    // As a killed build leaves it: the last shard is half written.
    var building = folder.resolve("index.building");
    Files.move(folder.resolve("index"), building);
    Json.write(building.resolve("plan.json"), first.facts().with(written));
    Files.delete(building.resolve("index.json"));
    Files.write(
        building.resolve("shards/00002.arrow"), Arrays.copyOf(expected, expected.length / 2));
    assertThatThrownBy(this::index)
        .hasMessageContaining("is not complete; give the command that began it again");
    var kept = Files.getLastModifiedTime(building.resolve("shards/00001.arrow"));
    Files.writeString(folder.resolve("other.jsonl"), "{\"id\": 1, \"text\": \"other\"}\n");
    var other = build(folder.resolve("other.jsonl"), "");
    assertThatThrownBy(() -> run(other, false))
        .hasMessageContaining("holds the beginning of another index (of " + corpus)
        .hasMessageContaining("--overwrite");
    var steps = new Steps();
    build(corpus, "").run(false, steps);
    assertThat(steps.done).containsEntry(IndexBuild.Step.DOCUMENTS, 2L * IndexBuild.SHARD);
    assertThat(folder.resolve("index/shards/00002.arrow")).hasBinaryContent(expected);
    assertThat(Files.getLastModifiedTime(folder.resolve("index/shards/00001.arrow")))
        .isEqualTo(kept);
    assertThat(folder.resolve("index")).isDirectoryNotContaining("glob:**/plan.json");
  }

  @Test
  void aCorpusThatChangesMeanwhileIsFound() throws IOException {
    var corpus = corpus(20);
    var build = build(corpus, "");
    Files.writeString(corpus, Files.readString(corpus).replace("text 19", "text 18"));
    assertThatThrownBy(() -> run(build, false))
        .hasMessage(corpus + ": was changed while it was read");
    assertThat(folder.resolve("index")).doesNotExist();
  }
}
