package org.tdro.retriever.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tdro.io.InputException;
import org.tdro.retriever.TextEncoder;
import org.tdro.retriever.embeddings.EmbeddingSource;
import org.tdro.retriever.embeddings.EncodedTexts;
import org.tdro.rows.Passage;
import org.tdro.search.Corpus;
import org.tdro.search.Embeddings;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;
import org.tdro.search.lucene.Hnsw;
import org.tdro.text.TextKind;

/** {@link Reranker} and {@link HnswRanker}, with texts that are the numbers of their embeddings. */
class RerankerTest {
  private static final List<Query> QUERIES =
      List.of(new Query("up", "1"), new Query("down", "-1"), new Query("new", "1"));
  private static final Corpus CORPUS =
      () -> IntStream.range(1, 9).mapToObj(i -> new Passage("d" + i, "", "" + i));

  private final List<String> encoded = new ArrayList<>();
  private final EmbeddingSource source = new EncodedTexts(
      new TextEncoder() {
        @Override
        public Embeddings encode(TextKind kind, String task, List<String> texts) {
          encoded.addAll(texts);
          var values = new float[texts.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(texts.get(i));
          }
          return new Embeddings(values.length, 1, values);
        }

        @Override
        public int dimension() {
          return 1;
        }
      },
      "");

  private static List<ScoredDocument> documents(String... ids) {
    return IntStream.range(0, ids.length)
        .mapToObj(i -> new ScoredDocument(ids[i], -i))
        .toList();
  }

  private static List<String> ids(Run run, String query) {
    return run.of(query).stream().map(ScoredDocument::id).toList();
  }

  @Test
  void theFirstDocumentsOfEachQueryAreRankedAgain() {
    var first = Run.of(
        Map.of("up", documents("d2", "d7", "d4", "d8"), "down", documents("d7", "d3", "d1", "d2")));
    var run = new Reranker(source, first, 3).rank(QUERIES, CORPUS, 2);
    assertThat(run.of("up"))
        .containsExactly(new ScoredDocument("d7", 7), new ScoredDocument("d4", 4));
    assertThat(ids(run, "down")).containsExactly("d1", "d3");
    assertThat(run.of("new")).isEmpty();
    assertThat(encoded).containsExactly("1", "-1", "1", "1", "2", "3", "4", "7");
  }

  @Test
  void rankingsOfAnotherSetAreRefused() {
    var other = Run.of(Map.of("up", documents("d2", "x9", "x8")));
    assertThatThrownBy(() -> new Reranker(source, other, 3).rank(QUERIES, CORPUS, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("document 'x8' is to be ranked again, but not there");
    var strange = Run.of(Map.of("other", documents("d2")));
    assertThatThrownBy(() -> new Reranker(source, strange, 3).rank(QUERIES, CORPUS, 2))
        .isInstanceOf(InputException.class)
        .hasMessage("none of the queries has results to rank again");
  }

  @Test
  void approximateSearchIsComparedWithExactSearch() {
    var both = new HnswRanker(source, Hnsw.DEFAULT).compare(QUERIES, CORPUS, 3, indexed -> {});
    assertThat(ids(both.exact(), "up")).containsExactly("d8", "d7", "d6");
    assertThat(both.found().of("down")).isEqualTo(both.exact().of("down"));
    assertThat(both.recall()).isEqualTo(1);
    var half = new HnswRanker.Comparison(
        Run.of(Map.of("a", documents("d1", "d2"), "b", documents("d1", "d2"))),
        Run.of(Map.of("a", documents("d2", "d9"), "b", documents("d2", "d3"))));
    assertThat(half.recall()).isEqualTo(0.5);
  }
}
