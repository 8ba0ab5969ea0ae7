package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.rows.Passage;

class EmbeddingShardsTest {
  private static final int DIMENSION = 5;

  @TempDir
  private Path folder;

  private final Embeddings corpus = HostileVectors.of(300, DIMENSION, new SplittableRandom(1));
  private final List<String> ids = HostileVectors.ids(300, 2);

  /** Writes rows as {@code tdro encode} does, in record batches of several sizes. */
  private Path write(String name, int from, int to) throws IOException {
    var file = folder.resolve(name);
    try (var writer = EmbeddingFormat.ARROW.open(file, DIMENSION)) {
      for (int at = from; at < to; ) {
        int end = Math.min(to, at + 1 + at % 50);
        writer.write(ids.subList(at, end), HostileVectors.part(corpus, at, end));
        at = end;
      }
      writer.finish();
    }
    return file;
  }

  @Test
  void aSearchOverShardsFindsWhatOneOverMemoryFinds() throws IOException {
    write("b.arrow", 120, 120);
    write("a.arrow", 0, 120);
    write("c.arrow", 120, 300);
    var shards = EmbeddingShards.open(folder);
    assertThat(shards.rows()).isEqualTo(300);
    assertThat(shards.dimension()).isEqualTo(DIMENSION);
    assertThat(shards.embeddings().values()).isEqualTo(corpus.values());
    var queries = HostileVectors.of(12, DIMENSION, new SplittableRandom(3));
    var search = new ExactSearch(queries, 20);
    shards.search(search);
    for (int query = 0; query < queries.rows(); query++) {
      assertThat(search.best(query))
          .isEqualTo(HostileVectors.best(queries.row(query), corpus, ids, 20));
      assertThat(search.hits(query))
          .allSatisfy(hit ->
              assertThat(ids.get((int) hit.row())).isEqualTo(hit.document().id()));
    }
  }

  @Test
  void passagesReadBackAsTheyWere() {
    var passages = List.of(
        new Passage("a b", "Ein Titel", "ein Text mit Ümlauten\nund 日本語 😀"),
        new Passage("", "", ""),
        new Passage("c", "", "text"));
    var file = folder.resolve("texts.arrow");
    EmbeddingShard.write(file, passages, HostileVectors.part(corpus, 0, 3));
    var shards = EmbeddingShards.open(file);
    for (int row = 0; row < passages.size(); row++) {
      assertThat(shards.passage(row)).isEqualTo(passages.get(row));
    }
  }

  @Test
  void embeddingsWithoutTextsHaveNoPassages() throws IOException {
    var file = write("a.arrow", 0, 3);
    var shards = EmbeddingShards.open(file);
    assertThatThrownBy(() -> shards.passage(0))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": holds embeddings without their texts");
  }

  @Test
  void everyDamagedFileIsNamed() throws IOException {
    var whole = Files.readAllBytes(write("a.arrow", 0, 100));
    Files.write(folder.resolve("b.arrow"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(folder.resolve("c.arrow"), new byte[0]);
    Files.writeString(folder.resolve("d.arrow"), "{\"_id\": \"a\"}\n");
    assertThatThrownBy(() -> EmbeddingShards.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(Stream.of("b", "c", "d")
            .map(
                name -> folder.resolve(name + ".arrow")
                    + ": cannot be read as an Arrow file; it is damaged or was not completed: write it again")
            .collect(Collectors.joining("\n")));
  }

  /** Wherever bytes of a file are wrong, it is refused or its numbers are others: nothing else happens. */
  @Test
  void damageAnywhereIsAnInputExceptionAtMost() throws IOException {
    var whole = Files.readAllBytes(write("a.arrow", 0, 60));
    var random = new SplittableRandom(5);
    var query = HostileVectors.part(corpus, 0, 1);
    for (int i = 0; i < 200; i++) {
      var damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      var file = Files.write(folder.resolve("damaged.arrow"), damaged);
      try {
        EmbeddingShards.open(file).search(new ExactSearch(query, 100));
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("damaged.arrow");
      }
    }
  }

  @Test
  void embeddingsOfAnotherSizeAreNamed() throws IOException {
    write("a.arrow", 0, 10);
    try (var writer = EmbeddingFormat.ARROW.open(folder.resolve("b.arrow"), 2)) {
      writer.write(List.of("x"), new Embeddings(1, 2, new float[2]));
      writer.finish();
    }
    assertThatThrownBy(() -> EmbeddingShards.open(folder))
        .hasMessageContaining("b.arrow: has embeddings of size 2, but")
        .hasMessageContaining("a.arrow of size 5");
  }

  @Test
  void aVectorThatIsNotFiniteIsNamedWithItsFile() throws IOException {
    var file = folder.resolve("a.arrow");
    try (var writer = EmbeddingFormat.ARROW.open(file, 1)) {
      writer.write(List.of("x", "y"), new Embeddings(2, 1, new float[] {1, Float.NaN}));
      writer.finish();
    }
    assertThatThrownBy(() -> EmbeddingShards.open(file)
            .search(new ExactSearch(new Embeddings(1, 1, new float[] {1}), 1)))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": the vector of document 'y' (row 1) holds NaN at 0");
  }

  @Test
  void aFolderWithoutEmbeddingsIsRefused() {
    assertThatThrownBy(() -> EmbeddingShards.open(folder))
        .hasMessage(folder + ": holds no file of embeddings (*.arrow)");
    assertThatThrownBy(() -> EmbeddingShards.open(folder.resolve("none.arrow")))
        .hasMessageContaining("there is no such file");
  }
}
