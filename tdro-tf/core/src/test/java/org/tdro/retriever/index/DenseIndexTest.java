package org.tdro.retriever.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.retriever.DenseRanker;
import org.tdro.retriever.ProductScorer.Precision;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.search.CorpusFile;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.Query;
import org.tdro.text.TextKind;

class DenseIndexTest {
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
    return IndexBuild.of(
        folder.resolve("index"), retriever, models.resolve("a"), task, CorpusFile.of(corpus));
  }

  private DenseIndex index() {
    return DenseIndex.open(folder.resolve("index"));
  }

  private static Embeddings queries(String... texts) {
    return retriever.encode(TextKind.QUERY, "", List.of(texts));
  }

  @Test
  void findsWhatADenseRankerFinds() throws IOException {
    int documents = IndexBuild.SHARD + 904;
    var corpus = corpus(documents);
    build(corpus, "").run(false);
    var index = index();
    assertThat(index.size()).isEqualTo(documents);
    assertThat(index.facts().shards())
        .extracting(IndexFacts.Shard::documents)
        .containsExactly(4096L, 904L);
    var run = new DenseRanker(retriever, "")
        .rank(
            List.of(new Query("q", "text 77"), new Query("p", "t4500")), CorpusFile.of(corpus), 20);
    for (var precision : Precision.values()) {
      var found = index.search(queries("text 77", "t4500"), 20, precision);
      assertThat(found.get(0))
          .extracting(ExactSearch.Hit::document)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(run.of("q"));
      assertThat(found.get(1))
          .extracting(ExactSearch.Hit::document)
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(run.of("p"));
      assertThat(found.get(1))
          .allSatisfy(hit -> assertThat(index.document(hit.row()).id())
              .isEqualTo(hit.document().id()));
    }
    assertThat(index.document(4500).title()).isEqualTo("t4500");
  }

  @Test
  void anIndexOfNothingFindsNothing() throws IOException {
    build(corpus(0), "").run(false);
    assertThat(index().size()).isZero();
    assertThat(index().search(queries("a", "b"), 3, Precision.FLOAT32))
        .containsExactly(List.of(), List.of());
  }

  @Test
  void queriesOfAnotherSizeAreRefused() throws IOException {
    build(corpus(3), "").run(false);
    assertThatThrownBy(() ->
            index().search(new Embeddings(1, 2, new float[] {1, 0}), 3, Precision.FLOAT32))
        .hasMessage("the index has embeddings of size 16, the queries of size 2");
  }

  @Test
  void aModelThatHasChangedIsRefused() throws IOException {
    build(corpus(3), "").run(false);
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
    build(corpus(3), "trivia").run(false);
    assertThat(index().facts().model().task()).isEqualTo("trivia");
    index().check(retriever, models.resolve("a"));
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    build(corpus(IndexBuild.SHARD + 1), "").run(false);
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
  void aFolderThatIsNoIndexIsNeitherReadNorReplaced() throws IOException {
    assertThatThrownBy(this::index).hasMessageContaining("is not the folder of an index");
    Files.createDirectories(folder.resolve("index"));
    var build = build(corpus(3), "");
    assertThatThrownBy(() -> build.run(true))
        .hasMessage(folder.resolve("index")
            + ": exists and is not an index, so it is not replaced; name another folder");
  }

  @Test
  void anIndexIsReplacedOnlyIfThatIsAllowed() throws IOException {
    build(corpus(3), "").run(false);
    var next = build(corpus(5), "");
    assertThatThrownBy(() -> next.run(false)).hasMessageContaining("exists; name another folder");
    next.run(true);
    assertThat(index().size()).isEqualTo(5);
    assertThat(folder).isDirectoryContaining("glob:**/index");
    assertThat(folder).isDirectoryNotContaining("glob:**/index.*");
  }

  @Test
  void aBuildGoesOnAfterItsCompleteShardsAndOnlyIfItIsTheSame() throws IOException {
    int documents = 2 * IndexBuild.SHARD + 10;
    var corpus = corpus(documents);
    var first = build(corpus, "");
    first.run(false);
    var expected = Files.readAllBytes(folder.resolve("index/shards/00002.arrow"));
    // As a killed build leaves it: the last shard is half written.
    var building = folder.resolve("index.building");
    Files.move(folder.resolve("index"), building);
    Json.write(building.resolve("plan.json"), first.facts());
    Files.delete(building.resolve("index.json"));
    Files.write(
        building.resolve("shards/00002.arrow"), Arrays.copyOf(expected, expected.length / 2));
    assertThatThrownBy(this::index)
        .hasMessageContaining("is not complete; give the command that began it again");
    var kept = Files.getLastModifiedTime(building.resolve("shards/00001.arrow"));
    assertThat(build(corpus, "").encoded()).isEqualTo(2 * IndexBuild.SHARD);
    Files.writeString(folder.resolve("other.jsonl"), "{\"id\": 1, \"text\": \"other\"}\n");
    var other = build(folder.resolve("other.jsonl"), "");
    assertThat(other.encoded()).isZero();
    assertThatThrownBy(() -> other.run(false))
        .hasMessageContaining("holds the beginning of an index of other documents")
        .hasMessageContaining("--overwrite");
    build(corpus, "").run(false);
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
    assertThatThrownBy(() -> build.run(false))
        .hasMessage(corpus + ": was changed while it was read");
    assertThat(folder.resolve("index")).doesNotExist();
  }
}
