package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.tdro.training.StageTrainingTest.stoppingAt;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigException;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.runs.RunFolder;
import org.tdro.text.PromptTemplate;
import org.tdro.text.TextKind;
import org.tdro.training.StageTraining.Outcome;

/** Training with options of its rows: several prompts, batch sizes of domains, equal passages. */
class DataOptionsTest {
  @TempDir
  static Path folder;

  @BeforeAll
  static void writeData() throws IOException {
    SmallCollection.write(folder);
  }

  private static Path run(String name) {
    return folder.resolve("run-" + name);
  }

  private static StageTraining training(String output, String... further) {
    var settings = Stream.concat(
        Stream.of("model=static", "train.steps=30", "train.save-every=7", "output=" + run(output)),
        Arrays.stream(further));
    return new StageTraining(
        SmallCollection.config(folder, settings.toArray(String[]::new)),
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
        new SimpleMeterRegistry());
  }

  private static void train(String output, String... further) {
    assertThat(training(output, further).run()).isEqualTo(Outcome.TRAINED);
  }

  private static void assertResumesToTheSameBits(String name, String... further) {
    train(name, further);
    assertThat(training(name + "-parts", further).with(stoppingAt(10)).run())
        .isEqualTo(Outcome.INTERRUPTED);
    train(name + "-parts", further);
    var weights = "weights/variables.data-00000-of-00001";
    assertThat(new RunFolder(run(name + "-parts")).model().resolve(weights))
        .hasSameBinaryContentAs(new RunFolder(run(name)).model().resolve(weights));
    assertThat(new RunFolder(run(name + "-parts")).trajectory())
        .hasSameTextualContentAs(new RunFolder(run(name)).trajectory());
  }

  /** Returns the values of a column, step by step. */
  private static double[] column(Path csv, String name) throws IOException {
    var lines = Files.readAllLines(csv);
    int column = List.of(lines.get(0).split(",")).indexOf(name);
    return lines.stream()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[column]))
        .toArray();
  }

  @Test
  void aModelKeepsTheFirstOfSeveralPrompts() throws IOException {
    var prompts = "data.prompts.sums={query: [\"sum: \", \"\"], passage: \"p: \"}";
    train("prompts", prompts);
    train("prompt", "data.prompts.sums={query: \"sum: \", passage: \"p: \"}");
    var kept =
        new RetrieverFolder(new RunFolder(run("prompts")).model()).settings().prompts();
    assertThat(kept.of(TextKind.QUERY, "sums")).isEqualTo(PromptTemplate.before("sum: "));
    assertThat(column(new RunFolder(run("prompts")).log(), "loss"))
        .isNotEqualTo(column(new RunFolder(run("prompt")).log(), "loss"));
    assertThat(training("prompts", prompts).run()).isEqualTo(Outcome.UNCHANGED);
    assertThatThrownBy(
            () -> training("prompts", prompts.replace("\"sum: \", \"\"", "\"sum: \", \"add: \""))
                .run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "data.prompts.sums.query: [\"sum: \", \"add: \"] here, [\"sum: \", \"\"] there");
  }

  @Test
  void rowsWeighTheSameInBatchesOfUnlikeSizes() throws IOException {
    assertResumesToTheSameBits("sizes", "data.batch-sizes={sums: 2, colours: 12}");
    var run = new RunFolder(run("sizes"));
    var sums = column(run.trajectory(), "rows/sums");
    var colours = column(run.trajectory(), "rows/colours");
    var capitals = column(run.trajectory(), "rows/capitals");
    assertThat(sums).containsOnly(0, 2);
    assertThat(colours).containsOnly(0, 12);
    assertThat(capitals).containsOnly(0, 8);
    assertThat(Arrays.stream(sums).sum()).isCloseTo(Arrays.stream(colours).sum(), within(13.0));
    var loss = column(run.log(), "loss");
    var mean = column(run.log(), "mean_loss");
    for (int step = 0; step < loss.length; step++) {
      double rows = sums[step] + colours[step] + capitals[step];
      assertThat(loss[step]).isCloseTo(mean[step] * rows / 8, within(1e-5 * loss[step]));
    }
  }

  @Test
  void anOnlineMixtureKeepsItsSharesOfRows() throws IOException {
    train("reference");
    assertResumesToTheSameBits(
        "online",
        "stage=dro",
        "dro.reference=" + run("reference"),
        "dro.online-every=3",
        "data.batching=homogeneous",
        "data.batch-sizes.sums=3",
        "train.accumulation-steps=2");
  }

  /** 60 queries of 20 passages: without care, about 8 pairs of a batch of 8 rows are equal. */
  @Test
  void rowsWithEqualPassagesAreSpread() throws IOException {
    var lines = IntStream.range(0, 60).mapToObj(i -> """
                {"query_id": "q%1$d", "query": "question %1$d", "positive_passages": [{"docid": "d", "text": "answer %2$d"}], \
                "negative_passages": [{"docid": "n", "text": "wrong %1$d"}, {"docid": "m", "text": "false %1$d"}]}""".formatted(i, i % 20)).toList();
    Files.write(
        Files.createDirectories(folder.resolve("repeated/train")).resolve("twins.jsonl"), lines);
    var settings = new String[] {"data=" + folder.resolve("repeated/train"), "model=static"};
    var spread = with(settings, "data.equal-passages=spread");
    assertThat(maskedPairs(settings)).isGreaterThan(100);
    // Without the batches in which an epoch ends: each of 7 or 8.
    assertThat(maskedPairs(spread)).isZero();
    assertResumesToTheSameBits("spread", spread);
  }

  private static String[] with(String[] settings, String setting) {
    return Stream.concat(Arrays.stream(settings), Stream.of(setting)).toArray(String[]::new);
  }

  /** Returns the pairs of a query and a passage that are equal to its positive, in the batches within the first 20 epochs of 60 rows. */
  private static int maskedPairs(String... settings) {
    try (var batches = TrainingBatches.open(SmallCollection.config(folder, settings))) {
      return IntStream.range(0, 20 * 60 / 8)
          .filter(batch -> batch * 8 / 60 == (batch * 8 + 7) / 60)
          .map(batch -> batches.batch(batch).alsoRelevant().length / 2)
          .sum();
    }
  }

  @Test
  void batchSizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> training("no", "data.batch-sizes.sum=4").run())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "command line: data.batch-sizes.sum=4: data.batch-sizes.sum is not a domain; there are capitals, colours, sums");
    assertThatThrownBy(() -> training("no", "data.batching=mixed", "data.batch-sizes.sums=4"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.batch-sizes must be empty where batching is mixed");
    assertThatThrownBy(() -> training("no", "data.batch-sizes.sums=0"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "command line: data.batch-sizes.sums=0: data.batch-sizes must be at least 1 for each domain");
  }
}
