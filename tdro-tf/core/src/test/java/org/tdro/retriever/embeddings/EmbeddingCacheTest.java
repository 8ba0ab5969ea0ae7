package org.tdro.retriever.embeddings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.EmbeddingShards;
import org.tdro.search.Query;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;

class EmbeddingCacheTest {
  private static final List<Passage> PASSAGES = IntStream.range(0, 300)
      .mapToObj(i -> new Passage("d" + i, "", "text " + i))
      .toList();

  @TempDir
  Path folder;

  private Retriever retriever;
  private int encoded;

  @BeforeEach
  void load() {
    SmallRetriever.write(
        folder.resolve("model"), SmallRetriever.staticOf(SmallRetriever.VOCABULARY));
    retriever = StoredRetrievers.load(folder.resolve("model"));
    retriever.onEncoded(count -> encoded += count);
  }

  @AfterEach
  void close() {
    retriever.close();
  }

  private EmbeddingShards passages(Retriever encoder, String task, String content) {
    return new EmbeddingCache(folder.resolve("cache"))
        .of(encoder, TextKind.PASSAGE, task, content, PASSAGES::stream);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(folder.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(".arrow")).toList();
    }
  }

  @Test
  void ranksAsWithoutACacheAndEncodesOnce() {
    var queries = List.of(new Query("a", "text 7"), new Query("b", "other"));
    Corpus corpus = PASSAGES::stream;
    var expected = new DenseRanker(retriever, "").rank(queries, corpus, 10);
    encoded = 0;
    var ranker = new DenseRanker(new StoredEmbeddings(
        retriever, "", new EmbeddingCache(folder.resolve("cache")), "content"));
    for (int i = 0; i < 2; i++) {
      var run = ranker.rank(queries, corpus, 10);
      assertThat(run.of("a")).isEqualTo(expected.of("a"));
      assertThat(run.of("b")).isEqualTo(expected.of("b"));
      assertThat(encoded).isEqualTo(302);
    }
  }

  @Test
  void whatTheEmbeddingsFollowFromTellsThemApart() throws IOException {
    passages(retriever, "", "content");
    passages(retriever, "", "other content");
    var settings = retriever.settings();
    var folderOfModel = StoredRetrievers.of(folder.resolve("model"));
    try (var smaller =
            Retriever.load(folderOfModel, settings.cut(4), ConfigProto.getDefaultInstance());
        var shorter = Retriever.load(
            folderOfModel,
            settings.toBuilder().lengths(32, 9).build(),
            ConfigProto.getDefaultInstance())) {
      assertThat(passages(smaller, "", "content").dimension()).isEqualTo(4);
      passages(shorter, "", "content");
    }
    assertThat(files()).hasSize(4);
    // Passages have no prompt of their own, so the task changes nothing.
    passages(retriever, "trivia", "content");
    assertThat(files()).hasSize(4);
    assertThat(retriever.fingerprint(TextKind.QUERY, "trivia"))
        .isNotEqualTo(retriever.fingerprint(TextKind.QUERY, ""));
  }

  @Test
  void whatIsDamagedIsMadeAgain() throws IOException {
    var expected = passages(retriever, "", "content").embeddings().values();
    var file = files().get(0);
    var whole = Files.readAllBytes(file);
    var damages = new ArrayList<byte[]>();
    damages.add(new byte[0]);
    damages.add(Arrays.copyOf(whole, whole.length - 10));
    // A number that is another one, which only the hash tells.
    var changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    damages.add(changed);
    for (var damage : damages) {
      Files.write(file, damage);
      assertThat(passages(retriever, "", "content").embeddings().values()).isEqualTo(expected);
      assertThat(file).hasBinaryContent(whole);
    }
    assertThat(encoded).isEqualTo(4 * 300);
    Files.writeString(file.resolveSibling("embeddings.json"), "{\"kind\":");
    assertThat(passages(retriever, "", "content").rows()).isEqualTo(300);
    assertThat(encoded).isEqualTo(5 * 300);
  }

  @Test
  void twoWhoNeedTheSameMakeItOnce() throws InterruptedException {
    var opened = new AtomicInteger();
    var cache = new EmbeddingCache(folder.resolve("cache"));
    var threads = Stream.generate(() ->
            new Thread(() -> cache.of(retriever, TextKind.PASSAGE, "", "content", () -> {
              opened.incrementAndGet();
              return PASSAGES.stream();
            })))
        .limit(3)
        .toList();
    threads.forEach(Thread::start);
    for (var thread : threads) {
      thread.join();
    }
    assertThat(opened).hasValue(1);
  }
}
