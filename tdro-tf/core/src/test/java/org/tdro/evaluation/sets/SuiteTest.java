package org.tdro.evaluation.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.config.ConfigException;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.testing.Checkout;

class SuiteTest {
  @TempDir
  private Path folder;

  private void set(String name, String split) throws IOException {
    var set = Files.createDirectories(folder.resolve("data/" + name + "/qrels")).getParent();
    Files.writeString(set.resolve("corpus.jsonl"), "{\"_id\": \"d\", \"text\": \"t\"}\n");
    Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"t\"}\n");
    Files.writeString(
        set.resolve("qrels/" + split + ".tsv"), "query-id\tcorpus-id\tscore\nq\td\t1\n");
  }

  private Suite suite(String... lines) throws IOException {
    Files.writeString(
        folder.resolve("own.conf"),
        "measures = [ndcg_cut_10]\ntop-k = 10\n" + String.join("\n", lines));
    return Suite.read(folder.resolve("own.conf").toString(), folder);
  }

  private List<String> load(Suite suite, boolean partial) {
    return suite
        .find(List.of(folder.resolve("data")), suite.splits())
        .check(partial)
        .sets()
        .stream()
        .map(StoredSet::load)
        .map(set -> set.name() + " " + set.content().split())
        .toList();
  }

  @Test
  void setsHaveTheirSplitsFoldersAndParts() throws IOException {
    set("msmarco", "dev");
    set("cqadupstack/android", "test");
    set("cqadupstack/tex", "test");
    set("SciFact-v2", "test");
    set("other", "train");
    var suite = suite(
        "sets {",
        "msmarco { split = dev }",
        "cqadupstack { parts = [tex, android], prompt = forum }",
        "scifact { folder = \"[Ss]ci[Ff]act*\" }",
        "}");
    assertThat(load(suite, false))
        .containsExactly(
            "cqadupstack/tex test", "cqadupstack/android test", "msmarco dev", "scifact test");
    assertThat(suite.prompts()).isEqualTo(Map.of("cqadupstack", "forum"));
  }

  @Test
  void missingSetsAreNamedTogether() throws IOException {
    set("nq", "test");
    set("cqadupstack/android", "test");
    var suite = suite("sets { nq {}, cqadupstack { parts = [android, tex] }, quora {} }");
    assertThatThrownBy(() -> load(suite, false))
        .hasMessage(
            "2 of the 4 sets and parts of the suite are not in " + folder.resolve("data")
                + ": cqadupstack/tex, quora; --partial, or eval.partial=true in a configuration, evaluates the others");
    assertThat(load(suite, true)).containsExactly("cqadupstack/android test", "nq test");
    var none = suite("sets { quora {} }");
    assertThatThrownBy(() -> load(none, true)).hasMessageEndingWith(": quora");
  }

  @Test
  void wrongSuitesAreNamed() {
    assertThatThrownBy(() -> Suite.read("bier", Checkout.path("configs/suite")))
        .hasMessage(
            "bier: there is no such suite; there are beir, miracl, mkqa, or give a file NAME.conf");
    assertThatThrownBy(() -> suite("sets { nq { splits = dev } }"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "own.conf:3: sets.nq.splits is not known; did you mean sets.nq.split?");
    assertThatThrownBy(() -> suite("sets { nq { split = dev.tsv } }"))
        .hasMessageContaining("own.conf:3: sets.nq.split must be the name of a file in qrels");
    assertThatThrownBy(() -> suite("sets {}", "measures = [ndgc]"))
        .hasMessageContaining("sets must name at least one")
        .hasMessageContaining("did you mean ndcg?");
  }

  @ParameterizedTest
  @CsvSource({"beir, 15", "miracl, 1", "mkqa, 1"})
  void theBuiltInSuitesAreRead(String name, int sets) {
    var suite = Suite.read(name, Checkout.path("configs/suite"));
    assertThat(suite.sets()).hasSize(sets);
    assertThat(suite.sets().values().stream()
            .mapToInt(member -> member.parts().size())
            .sum())
        .isEqualTo(Map.of("beir", 12, "miracl", 18, "mkqa", 25).get(name));
    assertThat(EvaluationSet.whole("cqadupstack/android")).isEqualTo("cqadupstack");
  }
}
