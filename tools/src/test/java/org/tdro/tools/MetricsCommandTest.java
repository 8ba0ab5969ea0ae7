package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCommandTest {
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(folder.resolve("qrels"), "q1 0 a 2\nq1 0 b 1\nq2 0 a 1\n");
    Files.writeString(folder.resolve("run"), "q1 Q0 x 1 3 t\nq1 Q0 a 2 2 t\nq1 Q0 b 3 1 t\n");
  }

  private int metrics(String... more) {
    var args = new String[more.length + 5];
    args[0] = "metrics";
    args[1] = "--qrels";
    args[2] = folder.resolve("qrels").toString();
    args[3] = "--run";
    args[4] = folder.resolve("run").toString();
    System.arraycopy(more, 0, args, 5, more.length);
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void printsTheUsualMeasures() throws IOException {
    assertThat(metrics()).isZero();
    assertThat(json().fieldNames()).toIterable().containsExactly("all");
    assertThat(json().get("all").fieldNames())
        .toIterable()
        .containsExactly(
            "ndcg_cut_10",
            "map",
            "recip_rank",
            "recip_rank_at_10",
            "recall_100",
            "P_10",
            "num_q",
            "num_ret",
            "num_rel",
            "num_rel_ret");
    assertThat(json().at("/all/recip_rank").doubleValue()).isEqualTo(0.5);
    assertThat(json().at("/all/num_ret").isInt()).isTrue();
  }

  @Test
  void completeCountsQueriesWithoutResults() throws IOException {
    assertThat(metrics("--complete", "--measures", "recip_rank,num_q")).isZero();
    assertThat(json())
        .isEqualTo(new ObjectMapper().readTree("{\"all\": {\"recip_rank\": 0.25, \"num_q\": 2}}"));
  }

  @Test
  void printsQueriesAtARelevanceLevel() throws IOException {
    assertThat(metrics(
            "--per-query",
            "--relevance-level",
            "2",
            "--measures",
            "P.2,3",
            "--measures",
            "num_rel"))
        .isZero();
    assertThat(json()).isEqualTo(new ObjectMapper().readTree("""
            {"all": {"P_2": 0.5, "P_3": 0.3333333333333333, "num_rel": 1},
             "queries": {"q1": {"P_2": 0.5, "P_3": 0.3333333333333333, "num_rel": 1}}}"""));
  }

  @Test
  void anUnknownMeasureIsBadUsage() {
    assertThat(metrics("--measures", "ndcg_cut_10,mapp")).isEqualTo(2);
    assertThat(err.toString()).contains("measure 'mapp' is not known; did you mean map?");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void badDataNamesTheLine() throws IOException {
    Files.writeString(folder.resolve("run"), "q1 Q0 x 1 3 t\nq1 Q0 a\n");
    assertThat(metrics()).isEqualTo(3);
    assertThat(err.toString())
        .contains("run:2: expected 'query Q0 document rank score tag', found 3 fields");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void helpShowsExamplesAndDefaults() {
    assertThat(metrics("--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "recip_rank_at_10", "tdro metrics --qrels");
  }
}
