package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.RunFolder;
import org.tdro.testing.Checkout;
import org.tdro.text.TextKind;
import org.tdro.training.StageTraining.Outcome;
import org.tdro.training.config.RunConfig;
import org.tensorflow.proto.ConfigProto;

/** Stages with Matryoshka sizes and with a teacher, on a domain that the teacher has scored and one that it has not. */
class LossTrainingTest {
  private static final double TEMPERATURE = 0.2;
  private static final int PASSAGES = 3;
  private static final String[] SIZES = {
    "loss.matryoshka-dimensions=[2]", "loss.matryoshka-weights=[2, 1]"
  };
  private static final String[] TEACHER = {
    "loss.distillation.weight=0.5", "loss.distillation.temperature=2"
  };

  @TempDir
  static Path folder;

  private static final List<Row> SCORED = new ArrayList<>();

  private record Row(String query, List<String> passages, List<Double> scores) {}

  @BeforeAll
  static void makeData() throws IOException {
    var random = new SplittableRandom(5);
    Files.createDirectories(folder.resolve("data"));
    for (var domain : List.of("scored", "plain")) {
      var lines = new ArrayList<String>();
      for (int i = 0; i < 40; i++) {
        var query = words(random, 3);
        var passages = List.of(query + words(random, 2), words(random, 5), words(random, 5));
        var scores = random.doubles(PASSAGES, -3, 3).boxed().toList();
        lines.add(line(domain + i, query, passages, domain.equals("scored") ? scores : List.of()));
        if (domain.equals("scored")) {
          SCORED.add(new Row(query, passages, scores));
        }
      }
      Files.write(folder.resolve("data/" + domain + ".jsonl"), lines);
    }
    train("reference", "plain");
    train("reference", "distilled", TEACHER);
    train("reference", "sizes", SIZES);
  }

  private static String line(String id, String query, List<String> passages, List<Double> scores) {
    var json = IntStream.range(0, PASSAGES)
        .mapToObj(i -> "{\"docid\": \"%d\", \"text\": \"%s\"%s}"
            .formatted(i, passages.get(i), scores.isEmpty() ? "" : ", \"score\": " + scores.get(i)))
        .toList();
    return "{\"query_id\": \"%s\", \"query\": \"%s\", \"positive_passages\": [%s], \"negative_passages\": [%s]}"
        .formatted(id, query, json.get(0), String.join(", ", json.subList(1, PASSAGES)));
  }

  private static String words(SplittableRandom random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(26))).append(random.nextInt(10)).append(' ');
    }
    return text.toString();
  }

  private static void train(String stage, String output, String... further) {
    assertThat(training(stage, output, further).run()).isEqualTo(Outcome.TRAINED);
  }

  private static StageTraining training(String stage, String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "stage=" + stage,
        "data=" + folder.resolve("data"),
        "data.cache=" + folder.resolve("cache"),
        "data.vocabulary=300",
        "data.passages-per-query=" + PASSAGES,
        "loss.temperature=" + TEMPERATURE,
        "train.batch-size=8",
        "train.steps=60",
        "train.learning-rate=1e-2",
        "model=static",
        "model.hidden=16",
        "output=" + run(output)));
    arguments.addAll(List.of(further));
    var configs = Checkout.path("configs");
    return new StageTraining(
        new ConfigComposer<>(RunConfig.SCHEMA, List.of(configs)).composeForRun(arguments),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        new SimpleMeterRegistry());
  }

  private static Path run(String name) {
    return folder.resolve("run-" + name);
  }

  /** log softmax of q·p / τ over the passages of each scored row. */
  private static double[][] student(String run, OptionalInt dimension) {
    var stored = StoredRetrievers.of(run(run));
    var whole = stored.settings();
    var settings = dimension.isPresent() ? whole.cut(dimension.getAsInt()) : whole;
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      return SCORED.stream().map(row -> student(retriever, row)).toArray(double[][]::new);
    }
  }

  private static double[] student(Retriever retriever, Row row) {
    var query = encode(retriever, TextKind.QUERY, List.of(row.query()));
    var passages = encode(retriever, TextKind.PASSAGE, row.passages());
    var scores = new double[PASSAGES];
    for (int i = 0; i < query.length * PASSAGES; i++) {
      scores[i / query.length] += query[i % query.length] * passages[i] / TEMPERATURE;
    }
    return logSoftmax(scores);
  }

  private static float[] encode(Retriever retriever, TextKind kind, List<String> texts) {
    return retriever.encode(kind, retriever.tokenize(kind, "", texts)).values();
  }

  private static double[] logSoftmax(double[] scores) {
    double log = Math.log(Arrays.stream(scores).map(Math::exp).sum());
    return Arrays.stream(scores).map(score -> score - log).toArray();
  }

  /** Mean KL(softmax(t / 2) ‖ softmax(s)) over the scored rows. */
  private static double divergence(String run) {
    var student = student(run, OptionalInt.empty());
    double sum = 0;
    for (int row = 0; row < student.length; row++) {
      var teacher =
          logSoftmax(SCORED.get(row).scores().stream().mapToDouble(t -> t / 2).toArray());
      for (int i = 0; i < PASSAGES; i++) {
        sum += Math.exp(teacher[i]) * (teacher[i] - student[row][i]);
      }
    }
    return sum / student.length;
  }

  @Test
  void aDistilledStudentIsNearerToItsTeacher() {
    train("reference", "begun", "train.steps=1", TEACHER[0], TEACHER[1]);
    assertThat(divergence("distilled")).isLessThan(0.5 * divergence("begun"));
    assertThat(divergence("distilled")).isLessThan(0.5 * divergence("plain"));
  }

  private static double lossAt(String run, int dimension) {
    return Arrays.stream(student(run, OptionalInt.of(dimension)))
        .mapToDouble(row -> -row[0])
        .average()
        .orElseThrow();
  }

  /** Losses of rows against their own passages, as they are measured here. */
  @Test
  void aSizeThatWasTrainedLosesLessThanOneThatWasNot() {
    var options = new ArrayList<>(List.of(SIZES));
    options.add("loss.negatives=hard-only");
    train("reference", "own-sizes", options.toArray(String[]::new));
    train("reference", "own-plain", "loss.negatives=hard-only");
    assertThat(lossAt("own-sizes", 2)).isLessThan(0.8 * lossAt("own-plain", 2));
    assertThat(new RetrieverFolder(run("sizes").resolve("model")).settings().trainedDimensions())
        .containsExactly(2, 16);
  }

  /** A proxy that starts from the reference's weights has its losses at first, if both compute the same function. */
  @Test
  void proxyAndReferenceAreMeasuredByTheSameLoss() throws IOException {
    train("reference", "initial", "train.steps=1", "train.learning-rate=1e-30");
    var options = new ArrayList<>(List.of(SIZES));
    options.addAll(List.of(TEACHER));
    options.addAll(List.of("dro.reference=" + run("initial"), "train.steps=3"));
    train("dro", "proxy", options.toArray(String[]::new));
    train("dro", "plain-proxy", "dro.reference=" + run("initial"), "train.steps=3");
    var first = firstLosses("proxy");
    var plain = firstLosses("plain-proxy");
    for (var domain : List.of("scored", "plain")) {
      int loss = first.header().indexOf("loss/" + domain);
      int reference = first.header().indexOf("reference_loss/" + domain);
      assertThat(first.values().get(loss)).isPositive();
      assertThat(first.values().get(loss))
          .isCloseTo(first.values().get(reference), org.assertj.core.api.Assertions.within(1e-5));
      assertThat(first.values().get(reference)).isNotEqualTo(plain.values().get(reference));
    }
  }

  private record FirstLine(List<String> header, List<Double> values) {}

  private static FirstLine firstLosses(String run) throws IOException {
    var lines = Files.readAllLines(new RunFolder(run(run)).trajectory());
    return new FirstLine(
        List.of(lines.get(0).split(",")),
        Arrays.stream(lines.get(1).split(",")).map(Double::valueOf).toList());
  }

  private static void assertRefused(StageTraining training, String output, String... words) {
    assertThatThrownBy(training::run)
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(words);
    assertThat(run(output)).doesNotExist();
  }

  @Test
  void aTeacherWithoutScoresIsRefused() {
    assertRefused(
        training("reference", "refused", "data.domains=[plain]", TEACHER[0]),
        "refused",
        "command line: loss.distillation.weight=0.5: loss.distillation.weight needs a teacher's scores");
  }

  @Test
  void sizesThatEmbeddingsDoNotHaveAreRefused() {
    assertRefused(
        training("reference", "refused", "loss.matryoshka-dimensions=[4, 16]"),
        "refused",
        "loss.matryoshka-dimensions must be below 16, the size of the embeddings of model");
    assertRefused(
        training(
            "dro",
            "refused",
            "dro.reference=" + run("plain"),
            "model.hidden=32",
            "loss.matryoshka-dimensions=[20]"),
        "refused",
        "must be below 16, the size of the embeddings of dro.reference");
  }
}
