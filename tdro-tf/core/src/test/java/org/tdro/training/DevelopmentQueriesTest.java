package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigException;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.Qrels;
import org.tdro.evaluation.QueryShare;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.Splits;
import org.tdro.io.Json;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.ranking.DenseRanker;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.StageTraining.Outcome;
import org.tensorflow.proto.ConfigProto;

/** Development queries: half of those of the small collection's set. */
class DevelopmentQueriesTest {
  private static final String WEIGHTS = "weights/variables.data-00000-of-00001";
  private static final Measure NDCG = Measure.of("ndcg_cut_10");

  @TempDir
  static Path folder;

  private static final ByteArrayOutputStream SHOWN = new ByteArrayOutputStream();

  @BeforeAll
  static void train() throws IOException {
    SmallCollection.write(folder);
    assertThat(stage("plain").run()).isEqualTo(Outcome.TRAINED);
    assertThat(stage("measured", measured()).run()).isEqualTo(Outcome.TRAINED);
  }

  private static String[] measured(String... more) {
    var settings = new ArrayList<>(List.of(
        "eval.data=[" + folder.resolve("eval") + "]",
        "eval.dev-share=0.5",
        "eval.dev-every=4",
        "eval.dev-queries=10",
        "eval.dev-documents=60"));
    settings.addAll(List.of(more));
    return settings.toArray(String[]::new);
  }

  private static StageTraining stage(String output, String... settings) {
    var all = new ArrayList<>(List.of(
        "train.steps=30",
        "train.save-every=7",
        "train.learning-rate=3",
        "train.schedule=constant",
        "train.warmup-ratio=0",
        "train.progress=lines",
        "output=" + folder.resolve(output)));
    all.addAll(List.of(settings));
    return new StageTraining(
        SmallCollection.config(folder, all.toArray(String[]::new)),
        new PrintStream(SHOWN, true, StandardCharsets.UTF_8),
        new SimpleMeterRegistry());
  }

  private static Path weights(String output) {
    return new RunFolder(folder.resolve(output)).model().resolve(WEIGHTS);
  }

  /** Returns the mean of the development queries by step, as log.csv has it. */
  private static Map<Long, Double> logged(String output) throws IOException {
    var lines = Files.readAllLines(folder.resolve(output).resolve("log.csv"));
    int column = List.of(lines.get(0).split(",", -1)).indexOf("dev/ndcg_cut_10");
    var values = new TreeMap<Long, Double>();
    for (var line : lines.subList(1, lines.size())) {
      var cells = line.split(",", -1);
      if (!cells[column].isEmpty()) {
        values.put(Long.valueOf(cells[0]), Double.valueOf(cells[column]));
      }
    }
    return values;
  }

  @Test
  void trainingHasTheSameBitsWithThem() {
    assertThat(weights("measured")).hasSameBinaryContentAs(weights("plain"));
  }

  @Test
  void theyAreMeasuredEveryFourStepsAndAtTheEnd() throws IOException {
    assertThat(logged("measured")).containsOnlyKeys(4L, 8L, 12L, 16L, 20L, 24L, 28L, 30L);
    var last = Files.readAllLines(folder.resolve("measured/metrics.jsonl"));
    assertThat(Json.object(last.get(last.size() - 1), "last line")
            .path("dev/ndcg_cut_10")
            .asDouble())
        .isEqualTo(logged("measured").get(30L));
    assertThat(SHOWN.toString(StandardCharsets.UTF_8)).contains(", dev/ndcg_cut_10 0.");
  }

  @Test
  void theValueIsThatOfTheStoredModelOnTheSample() throws IOException {
    var sample = new QueryShare(0.5)
        .dev(Layout.list(folder.resolve("eval/capitals_test"), Splits.TEST)
            .get(0)
            .load())
        .sample(10, 60);
    try (var retriever = retriever("measured")) {
      var values = new RetrievalEvaluation(100, List.of(NDCG))
          .evaluate(
              set -> new DenseRanker(retriever, set.name()),
              List.of(sample),
              (set, run, result) -> {});
      assertThat(logged("measured").get(30L)).isEqualTo(values.value("capitals_test", NDCG.name()));
    }
  }

  private static Retriever retriever(String output) {
    var stored = StoredRetrievers.of(folder.resolve(output));
    return Retriever.load(
        stored, stored.settings().comparedByProduct(), ConfigProto.getDefaultInstance());
  }

  /** Stopped between two backups, once before the best step and once after it. */
  @Test
  void theBestModelIsKeptHoweverOftenTheRunIsInterrupted() throws IOException {
    var best = measured("train.keep=best");
    assertThat(stage("best", best).run()).isEqualTo(Outcome.TRAINED);
    for (long stop : new long[] {10, 29}) {
      assertThat(stage("parts", best).with(StageTrainingTest.stoppingAt(stop)).run())
          .isEqualTo(Outcome.INTERRUPTED);
    }
    assertThat(stage("parts", best).run()).isEqualTo(Outcome.TRAINED);
    assertThat(weights("parts")).hasSameBinaryContentAs(weights("best"));
    assertThat(logged("parts")).isEqualTo(logged("best")).isEqualTo(logged("measured"));
    long step = logged("best").entrySet().stream()
        .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
        .orElseThrow()
        .getKey();
    assertThat(step).isLessThan(30);
    assertThat(stage("until", "train.steps=" + step).run()).isEqualTo(Outcome.TRAINED);
    assertThat(weights("best")).hasSameBinaryContentAs(weights("until"));
    assertThat(
            RunRecord.read(new RunFolder(folder.resolve("best"))).orElseThrow().modelStep())
        .isEqualTo(step);
    assertThat(stage("best", measured("train.keep=best", "eval.dev-queries=10")).run())
        .isEqualTo(Outcome.UNCHANGED);
    assertThatThrownBy(() ->
            stage("best", measured("train.keep=best", "eval.dev-queries=9")).run())
        .hasMessageContaining("the content of development queries has changed");
  }

  @Test
  void testQueriesAreRefusedAsDevelopmentQueries() {
    var set = folder.resolve("eval");
    assertThatThrownBy(() -> stage(
                "refused",
                "eval.data=[" + set + "]",
                "eval.dev=[" + set + "]",
                "eval.dev-split=test")
            .run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("30 of 30 queries of eval.dev's capitals_test are test queries")
        .hasMessageContaining("eval.dev-share=0.5");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void aSharedSetIsTestedByTheOtherQueries() {
    var sets = new EvaluationSets(SmallCollection.config(folder, measured()));
    var tests = sets.tests().get(0);
    var dev = sets.dev().get(0);
    assertThat(tests.queries()).doesNotContainAnyElementsOf(dev.queries());
    assertThat(tests.queries().size() + dev.queries().size()).isEqualTo(30);
    assertThat(tests.content().split()).isEqualTo("test (without the development part, 0.5)");
    assertThat(dev.content().split()).isEqualTo("test (development part, 0.5)");
  }

  @Test
  void theBestModelNeedsDevelopmentQueries() {
    assertThatThrownBy(() -> stage("none", "train.keep=best"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train.keep is best, but nothing says which model is best");
  }

  @Test
  void everyQueryIsEitherDevelopmentOrTest() {
    var set =
        Layout.list(folder.resolve("eval/capitals_test"), Splits.TEST).get(0).load();
    var share = new QueryShare(0.5);
    var both = new ArrayList<>(share.dev(set).queries());
    both.addAll(share.test(set).queries());
    assertThat(both).containsExactlyInAnyOrderElementsOf(set.queries());
    assertThat(share.dev(set).queries().size()).isBetween(5, 25);
    assertThat(new QueryShare(0.3).dev(set).queries()).isSubsetOf(share.dev(set).queries());
  }

  @Test
  void aSampleHoldsAllRelevantDocumentsAndSmallerSamples() {
    var set =
        Layout.list(folder.resolve("eval/capitals_test"), Splits.TEST).get(0).load();
    var sample = set.sample(10, 40);
    assertThat(sample.queries()).hasSize(10);
    assertThat(sample.texts()).isEqualTo(50);
    var ids = sample.corpus().documents().map(document -> document.id()).toList();
    var qrels = (Qrels) sample.judgements();
    qrels.queries().forEach(query -> assertThat(ids).containsAll(qrels.of(query).keySet()));
    assertThat(set.sample(5, 1).queries()).hasSize(5).isSubsetOf(sample.queries());
    assertThat(set.sample(5, 1).texts()).isEqualTo(10);
    assertThat(set.sample(1000, 1000).texts()).isEqualTo(set.texts());
  }
}
