package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes in data and configuration are reported with their exit codes, and leave no unfinished files. */
class BadInputProcessTest {
  private static final int FAILED = 1;
  private static final int BAD_CONFIGURATION = 2;
  private static final int BAD_DATA = 3;

  @TempDir
  Path folder;

  @BeforeEach
  void writeData() throws IOException {
    SmallRuns.writeData(folder);
  }

  private TdroProcess.Ended run(List<String> arguments) throws Exception {
    return TdroProcess.run(folder, arguments);
  }

  private TdroProcess.Ended tdro(String... arguments) throws Exception {
    return run(List.of(arguments));
  }

  private void assertOnlyData(String... others) {
    var expected = new ArrayList<>(List.of(others));
    expected.add("data");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrderElementsOf(expected);
  }

  private void writeWeights(String name, Map<String, Double> weights) throws IOException {
    var ids = new LinkedHashMap<String, Integer>();
    var sizes = new LinkedHashMap<String, Integer>();
    for (var domain : new TreeMap<>(weights).keySet()) {
      ids.put(domain, ids.size());
      sizes.put(domain, 60);
    }
    new JsonMapper()
        .writeValue(
            folder.resolve(name).toFile(),
            Map.of("domain_ids", ids, "domain_weights", weights, "size", sizes));
  }

  @Test
  void missingFiles() throws Exception {
    var train = run(SmallRuns.train("reference", "run", "data=nowhere", "data.tokenizer=none.json"))
        .with(BAD_CONFIGURATION);
    assertThat(train.err()).contains("nowhere", "none.json");
    assertThat(tdro("tokenizer", "train", "--out", "t.json", "nowhere.jsonl")
            .with(BAD_DATA)
            .err())
        .contains("nowhere.jsonl: there is no such file or folder");
    assertOnlyData();
  }

  @Test
  void everyWrongLineOfEveryFile() throws Exception {
    SmallRuns.writeTokenizer(folder.resolve("t.json"), 300, folder);
    var random = new SplittableRandom(1);
    var whole = SmallRuns.row(random, "q", 2);
    SmallRuns.write(folder, "alpha", List.of(whole, whole.substring(0, 40)));
    SmallRuns.write(
        folder,
        "beta",
        List.of("{\"query_id\": \"q\", \"query\": \"a\", \"positive_passages\": []}"));
    SmallRuns.write(folder, "gamma", List.of());
    var compressed = folder.resolve("data/delta.jsonl.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
      for (int i = 0; i < 500; i++) {
        out.write((SmallRuns.row(random, "q" + i, 2) + "\n")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    var bytes = Files.readAllBytes(compressed);
    Files.write(compressed, Arrays.copyOf(bytes, bytes.length - 100));
    var err = tdro("data", "import", "--tokenizer", "t.json", "--out", "arrow", "data")
        .with(BAD_DATA)
        .err();
    assertThat(err)
        .contains("data/alpha.jsonl:2: malformed JSON at column 41")
        .contains("data/beta.jsonl:1: has no positive passage")
        .containsPattern("data/delta.jsonl.gz:\\d+: the gzip file ends too early")
        .contains("data/gamma.jsonl: holds no rows");
    assertThat(folder.resolve("arrow")).isDirectoryNotContaining("glob:**/*.{arrow,tmp}");
    var train =
        run(SmallRuns.train("reference", "run", "data.tokenizer=t.json")).with(BAD_DATA);
    assertThat(train.err()).contains("data/alpha.jsonl:2: ", "data/gamma.jsonl: holds no rows");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void rowsWithoutTheNegativesThatTheLossNeeds() throws Exception {
    var random = new SplittableRandom(1);
    SmallRuns.write(
        folder,
        "beta",
        List.of(
            SmallRuns.row(random, "q1", 2),
            SmallRuns.row(random, "q2", 0),
            SmallRuns.row(random, "q3", 0)));
    assertThat(run(SmallRuns.train("reference", "run")).with(BAD_DATA).err())
        .contains("domain beta: 2 of 3 rows have no negative passage")
        .contains("data.passages-per-query");
    assertOnlyData("cache");
  }

  @Test
  void weightsThatCannotBe() throws Exception {
    writeWeights("unknown.json", Map.of("alpha", 0.5, "delta", 0.5));
    assertThat(run(SmallRuns.train("finetune", "run", "data.weights=unknown.json"))
            .with(BAD_DATA)
            .err())
        .contains("unknown.json: domain delta has a weight, but the data have no such domain");
    writeWeights("negative.json", Map.of("alpha", 1.5, "beta", -0.5));
    assertThat(run(SmallRuns.train("finetune", "run", "data.weights=negative.json"))
            .with(BAD_DATA)
            .err())
        .contains("negative.json: domain beta must have a weight of at least 0, has -0.5");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  /** One run, then the same folder with other things put in, then its model with another tokenizer. */
  @Test
  void aFolderStaysWhatItIs() throws Exception {
    writeWeights("double.json", Map.of("alpha", 1.0, "beta", 0.5, "gamma", 0.5));
    SmallRuns.writeTokenizer(folder.resolve("t.json"), 300, folder);
    var arguments = SmallRuns.train(
        "finetune",
        "run",
        "data.tokenizer=t.json",
        "data.weights=double.json",
        "data.passages-per-query=7");
    var trained = run(arguments).with(0).err();
    assertThat(trained)
        .contains("double.json: the weights sum to 2.0; they are divided by that")
        // Rows have 4 negatives; every row that was drawn counts, those fetched ahead included.
        .containsPattern("\\d+ rows had fewer than 6 negatives");
    var weights = Files.readAllBytes(folder.resolve("run/model/weights/variables.index"));

    var other = new ArrayList<>(arguments);
    other.add("train.learning-rate=0.5");
    assertThat(run(other).with(BAD_CONFIGURATION).err())
        .contains("run holds another run; name another output folder or remove this one")
        .contains("train.learning-rate");

    SmallRuns.writeTokenizer(folder.resolve("t.json"), 350, folder);
    assertThat(run(arguments).with(BAD_CONFIGURATION).err())
        .contains("the content of tokenizer has changed");
    assertThat(folder.resolve("run/model/weights/variables.index")).hasBinaryContent(weights);

    Files.copy(
        folder.resolve("t.json"),
        folder.resolve("run/model/tokenizer.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"w1\"}\n");
    assertThat(tdro(
                "encode",
                "--model",
                "run",
                "--input",
                "texts.jsonl",
                "--kind",
                "query",
                "--output",
                "o.jsonl")
            .with(BAD_DATA)
            .err())
        .contains("run/model/tokenizer.json has 350 token ids, but the model only 300 embeddings");
    assertThat(folder.resolve("o.jsonl")).doesNotExist();
  }

  @Test
  void aTokenizerThatChangedMakesTheRowsAnew() throws Exception {
    SmallRuns.writeTokenizer(folder.resolve("t.json"), 300, folder);
    var importing = List.of("data", "import", "--tokenizer", "t.json", "--out", "arrow", "data");
    assertThat(run(importing).with(0).out()).contains("imported");
    assertThat(run(importing).with(0).out()).contains("unchanged").doesNotContain("imported");
    SmallRuns.writeTokenizer(folder.resolve("t.json"), 350, folder);
    assertThat(run(importing).with(0).out()).contains("imported").doesNotContain("unchanged");
  }

  /** Warm-up begins at 0, so update 2 is the first, and so large that losses are no numbers soon after. */
  @Test
  void aLossThatIsNoNumberKeepsTheLastCheckpoint() throws Exception {
    var arguments = SmallRuns.train(
        "reference",
        "run",
        "train.learning-rate=1e30",
        "train.schedule=constant-with-warmup",
        "train.warmup-steps=2",
        "train.max-grad-norm=0",
        "train.save-every=2");
    assertThat(run(arguments).with(FAILED).err())
        .containsPattern("the loss of step \\d+ is NaN, from domain (alpha|beta|gamma)")
        .contains("the last checkpoint before it is kept");
    assertThat(folder.resolve("run/model")).doesNotExist();
    assertThat(folder.resolve("run/backup").toFile().list()).containsExactly("backup-2");
  }

  @Test
  void twoProcessesDoNotTrainIntoOneFolder() throws Exception {
    var arguments = SmallRuns.train("reference", "run", "train.steps=1000000");
    try (var first = TdroProcess.start(folder, arguments)) {
      first.until(() -> Files.exists(folder.resolve("run/log.csv")));
      assertThat(run(arguments).with(FAILED).err())
          .contains("another process is training into run");
      first.kill();
    }
  }
}
