package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.Splits;
import org.tdro.io.InputException;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.SetPrompts;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.PhaseProgress;
import org.tensorflow.proto.ConfigProto;

class RunEvaluationTest {
  @TempDir
  static Path folder;

  private final AtomicInteger ranked = new AtomicInteger();

  @BeforeAll
  static void train() throws IOException {
    SmallCollection.write(folder);
    var config = SmallCollection.config(folder, "train.steps=2", "output=" + folder.resolve("run"));
    new StageTraining(
            config,
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            new SimpleMeterRegistry())
        .run();
  }

  @BeforeEach
  void forget() throws IOException {
    Files.deleteIfExists(file());
  }

  private static Path file() {
    return folder.resolve("run/evaluation.json");
  }

  private ModelEvaluation evaluate(String... measures) {
    return RunEvaluation.of(
        folder.resolve("run"),
        new RunEvaluation.Tests(
            Layout.loadAll(List.of(folder.resolve("eval")), Splits.TEST),
            SetPrompts.BY_NAME,
            folder.resolve("cache/evaluation")),
        new RetrievalEvaluation(10, Measure.parse(List.of(measures))),
        ConfigProto.getDefaultInstance(),
        texts -> {
          ranked.incrementAndGet();
          return new PhaseProgress(System.err, ProgressBar.Mode.NONE, "evaluating", "texts", texts);
        });
  }

  @Test
  void whatHasBeenEvaluatedIsReadBack() {
    var first = evaluate("ndcg_cut_10");
    assertThat(evaluate("ndcg_cut_10")).isEqualTo(first);
    assertThat(ranked).hasValue(1);
  }

  @Test
  void theValuesAreThoseOfTextsThatAreTokenisedAnew() {
    var sets = Layout.loadAll(List.of(folder.resolve("eval")), Splits.TEST);
    var measures = List.of("ndcg_cut_10", "recall_10");
    try (var retriever = Retriever.load(
        StoredRetrievers.of(folder.resolve("run")),
        StoredRetrievers.of(folder.resolve("run")).settings(),
        ConfigProto.getDefaultInstance())) {
      var anew = new RetrievalEvaluation(10, Measure.parse(measures))
          .evaluate(set -> new DenseRanker(retriever, set.name()), sets, (set, run, result) -> {});
      assertThat(evaluate("ndcg_cut_10", "recall_10")).isEqualTo(anew);
    }
  }

  @Test
  void otherMeasuresAreEvaluatedAnew() {
    evaluate("ndcg_cut_10");
    assertThat(evaluate("recall_10").value("capitals_test", "recall_10")).isNotNaN();
    assertThat(ranked).hasValue(2);
  }

  @Test
  void aChangedSetIsEvaluatedAnew() throws IOException {
    evaluate("ndcg_cut_10");
    var queries = folder.resolve("eval/capitals_test/queries.jsonl");
    var text = Files.readString(queries);
    Files.writeString(queries, text.replace("land 90\"", "land 91\""));
    evaluate("ndcg_cut_10");
    Files.writeString(queries, text);
    assertThat(ranked).hasValue(2);
  }

  /** Results of earlier versions held the means alone. */
  @Test
  void resultsWithoutQueriesAreReplaced() throws IOException {
    var whole = evaluate("ndcg_cut_10");
    var json = (ObjectNode) new JsonMapper().readTree(file().toFile());
    json.put("key", "that of an earlier version");
    ((ObjectNode) json.get("values")).remove("queries");
    new JsonMapper().writeValue(file().toFile(), json);
    assertThat(evaluate("ndcg_cut_10")).isEqualTo(whole);
    assertThat(ranked).hasValue(2);
    assertThat(new JsonMapper().readTree(file().toFile()).at("/values/queries")).isNotEmpty();
  }

  @Test
  void resultsOfAChangedModelAreNotShown() throws IOException {
    var whole = evaluate("ndcg_cut_10");
    var run = folder.resolve("run");
    assertThat(StoredEvaluation.ofRun(run)).map(StoredEvaluation::values).contains(whole);
    var settings = run.resolve("model/retriever.json");
    var text = Files.readString(settings);
    Files.writeString(settings, text + "\n");
    assertThat(StoredEvaluation.ofRun(run)).isEmpty();
    assertThatThrownBy(() -> StoredEvaluation.read(run.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file() + ": is of another model than the one in the folder now");
    evaluate("ndcg_cut_10");
    assertThat(StoredEvaluation.ofRun(run)).isPresent();
    Files.writeString(settings, text);
  }

  @Test
  void theSameTextsInOtherFilesAreTheSameSet() throws IOException {
    evaluate("ndcg_cut_10");
    var queries = folder.resolve("eval/capitals_test/queries.jsonl");
    var lines = Files.readAllLines(queries);
    var turned = new ArrayList<>(lines);
    Collections.reverse(turned);
    turned.add("{\"_id\": \"unjudged\", \"text\": \"not asked\"}");
    Files.write(queries, turned);
    evaluate("ndcg_cut_10");
    Files.write(queries, lines);
    assertThat(ranked).hasValue(1);
  }
}
