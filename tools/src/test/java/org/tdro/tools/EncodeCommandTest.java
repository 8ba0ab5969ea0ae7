package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Checkout;

/** {@code tdro encode}, {@code evaluate} and {@code export} of a model that {@code tdro train} has trained. */
class EncodeCommandTest {
  @TempDir
  static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws IOException {
    SmallRuns.writeData(folder);
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
    var arguments = SmallRuns.train(
        "reference",
        at("run"),
        "data.cache=" + at("cache"),
        "loss.matryoshka-dimensions=[8]",
        "data.prompts.alpha.query=\"find: \"",
        "data.prompts.alpha.passage=\"\"");
    arguments.set(arguments.indexOf("data=data"), "data=" + at("data"));
    var complaints = new StringWriter();
    int code = Main.run(
        arguments.toArray(String[]::new),
        new PrintWriter(new StringWriter()),
        new PrintWriter(complaints));
    assertThat(code).as(complaints.toString()).isZero();
    Files.writeString(
        folder.resolve("texts.jsonl"),
        "{\"_id\": \"a\", \"text\": \"w1 w2\"}\n{\"_id\": \"b\", \"text\": \"find: w1 w2\"}\n");
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private int encode(String input, String output, String... further) {
    var arguments = new java.util.ArrayList<>(List.of(
        "encode",
        "--model",
        at("run"),
        "--input",
        at(input),
        "--kind",
        "query",
        "--output",
        at(output)));
    arguments.addAll(List.of(further));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void theBenchmarkCountsTokensAndNamesKernels() throws IOException {
    int code = run(
        "bench",
        "encode",
        "--model",
        at("run"),
        "--input",
        at("texts.jsonl"),
        "--kind",
        "query",
        "--rounds",
        "2",
        "--kernels",
        "--json");
    assertThat(code).as(err.toString()).isZero();
    var json =
        new JsonMapper().readTree(out.toString().lines().reduce((a, b) -> b).orElseThrow());
    assertThat(json.at("/texts").asInt()).isEqualTo(2);
    assertThat(json.at("/tokens").asInt()).isPositive();
    for (var part : List.of("tokenising", "tokenising_in_a_graph", "encoding")) {
      assertThat(json.get(part + "_ms").asDouble()).as(part).isPositive();
    }
    assertThat(out.toString()).contains("kernel").containsPattern("Gather\\S* +\\d");
  }

  @Test
  void aBenchmarkWithoutTextsSaysSo() throws IOException {
    Files.writeString(folder.resolve("wrong.jsonl"), "{\"text\": 1}\n{\"_id\": \"a\"}\n");
    int code = run(
        "bench", "encode", "--model", at("run"), "--input", at("wrong.jsonl"), "--kind", "query");
    assertThat(code).isEqualTo(3);
    assertThat(err.toString())
        .contains("wrong.jsonl:1: has no text")
        .contains("wrong.jsonl:2: has no text");
  }

  @Test
  void theEndOfProgressIsOneLineUnlessItIsQuiet() {
    var standardError = System.err;
    var shown = new ByteArrayOutputStream();
    System.setErr(new PrintStream(shown, true, StandardCharsets.UTF_8));
    try {
      encode("texts.jsonl", "shown.jsonl");
      encode("texts.jsonl", "quiet.jsonl", "--quiet");
    } finally {
      System.setErr(standardError);
    }
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .matches("encoding: 2 texts in 0:00:0\\d, [0-9,]+ texts/s\\R");
  }

  @Test
  void aPromptStandsBeforeTheText() throws IOException {
    assertThat(encode("texts.jsonl", "plain.jsonl")).isZero();
    assertThat(encode("texts.jsonl", "prompted.jsonl", "--prompt", "alpha", "--batch-tokens", "8"))
        .isZero();
    assertThat(out.toString()).contains("plain.jsonl: 2 embeddings of size 32");
    var plain = Files.readAllLines(folder.resolve("plain.jsonl"));
    var prompted = Files.readAllLines(folder.resolve("prompted.jsonl"));
    assertThat(prompted.get(0)).isEqualTo(plain.get(1).replace("\"b\"", "\"a\""));
  }

  @Test
  void anOutputThatExistsIsReplacedOnlyWhenAsked() throws IOException {
    Files.writeString(folder.resolve("there.jsonl"), "mine");
    assertThat(encode("texts.jsonl", "there.jsonl")).isEqualTo(2);
    assertThat(err.toString()).contains("there.jsonl exists").contains("add --overwrite");
    assertThat(folder.resolve("there.jsonl")).hasContent("mine");
    assertThat(encode("texts.jsonl", "there.jsonl", "--overwrite")).isZero();
    assertThat(Files.readAllLines(folder.resolve("there.jsonl"))).hasSize(2);
  }

  @Test
  void theInputIsNeverTheOutput() throws IOException {
    var texts = Files.readString(folder.resolve("texts.jsonl"));
    assertThat(encode("texts.jsonl", "texts.jsonl", "--overwrite")).isEqualTo(2);
    assertThat(err.toString()).contains("is the input; name another file");
    assertThat(folder.resolve("texts.jsonl")).hasContent(texts);
  }

  @Test
  void resultsAndRankingsThatExistAreReplacedOnlyWhenAsked() throws IOException {
    var set = writeSet("measured");
    for (var option : List.of("--output", "--run-file")) {
      var file = Files.writeString(folder.resolve("results" + option), "mine");
      var arguments =
          new String[] {"evaluate", "--model", at("run"), "--data", set, option, file.toString()};
      assertThat(run(arguments)).isEqualTo(2);
      assertThat(err.toString()).contains(option + ": " + file + " exists");
      assertThat(file).hasContent("mine");
    }
  }

  @Test
  void embeddingsAreCutToASizeWithANoteIfItWasNotTrained() throws IOException {
    assertThat(encode("texts.jsonl", "small.jsonl", "--dimension", "8")).isZero();
    assertThat(out.toString()).contains("small.jsonl: 2 embeddings of size 8");
    assertThat(err.toString()).doesNotContain("--dimension");
    for (var line : Files.readAllLines(folder.resolve("small.jsonl"))) {
      var embedding = new JsonMapper().readTree(line).get("embedding");
      double squares = 0;
      for (var x : embedding) {
        squares += x.asDouble() * x.asDouble();
      }
      assertThat(embedding).hasSize(8);
      assertThat(squares).isCloseTo(1, within(1e-6));
    }
    assertThat(encode("texts.jsonl", "smaller.jsonl", "--dimension", "4")).isZero();
    assertThat(err.toString())
        .contains("--dimension 4 is not one of the sizes that the model was trained for: [8, 32]");
  }

  /** A query that is the first of two documents. */
  private static String writeSet(String name) throws IOException {
    var set = Files.createDirectories(folder.resolve(name).resolve("qrels")).getParent();
    Files.writeString(
        set.resolve("corpus.jsonl"),
        "{\"_id\": \"d1\", \"text\": \"w1 w2\"}\n{\"_id\": \"d2\", \"text\": \"w3 w4\"}\n");
    Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"w1 w2\"}\n");
    Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\td1\t1\n");
    return set.toString();
  }

  @Test
  void evaluatesAndExportsEmbeddingsOfASize() throws IOException {
    var set = writeSet("set");
    var run = at("small.trec");
    assertThat(run(
            "evaluate", "--model", at("run"), "--data", set, "--dimension", "8", "--run-file", run))
        .isZero();
    // The query is the first document, so that their cosine is 1 at any size.
    var best = List.of(Files.readAllLines(Path.of(run)).get(0).split(" "));
    assertThat(best.get(2)).isEqualTo("d1");
    assertThat(Double.parseDouble(best.get(4))).isCloseTo(1, within(1e-5));
    assertThat(run("export", "--model", at("run"), "--output", at("small"), "--dimension", "8"))
        .isZero();
    assertThat(err.toString()).doesNotContain("--dimension");
  }

  @Test
  void theValuesOfEveryQueryAreKept() throws IOException {
    assertThat(run(
            "evaluate",
            "--model",
            at("run"),
            "--data",
            writeSet("kept"),
            "--measures",
            "recip_rank",
            "--output",
            at("kept.json")))
        .isZero();
    var json = new JsonMapper().readTree(Files.readString(folder.resolve("kept.json")));
    assertThat(json.get("sets"))
        .isEqualTo(new JsonMapper().readTree("{\"kept\": {\"recip_rank\": 1.0}}"));
    assertThat(json.get("queries"))
        .isEqualTo(new JsonMapper().readTree("{\"kept\": {\"recip_rank\": {\"q\": 1.0}}}"));
    assertThat(json.at("/tests/kept/top_k").asInt()).isEqualTo(100);
    assertThat(json.at("/tests/kept/content/split").asText()).isEqualTo("test");
  }

  @Test
  void severalSystemsAreMeasuredTogether() throws IOException {
    var set = writeSet("systems");
    var first = Files.writeString(folder.resolve("first.trec"), "q Q0 d2 1 1.0 other\n");
    assertThat(run(
            "evaluate",
            "--model",
            at("run"),
            "--data",
            set,
            "--systems",
            "dense,hnsw,bm25,rrf,weighted-0.25,rerank",
            "--rerank",
            first.toString(),
            "--measures",
            "recip_rank,num_ret",
            "--output",
            at("systems.results"),
            "--run-file",
            at("systems.runs")))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).isEqualTo("""
            | recip_rank | dense | hnsw | bm25 | rrf | weighted-0.25 | rerank |
            |---|--:|--:|--:|--:|--:|--:|
            | systems | **1.0000** | **1.0000** | **1.0000** | **1.0000** | **1.0000** | 0.0000 |

            | num_ret | dense | hnsw | bm25 | rrf | weighted-0.25 | rerank |
            |---|--:|--:|--:|--:|--:|--:|
            | systems | **2.0000** | **2.0000** | 1.0000 | **2.0000** | **2.0000** | 1.0000 |

            | recall@100 against exact search | hnsw |
            |---|--:|
            | systems | 1.0000 |
            """);
    assertThat(Files.readString(folder.resolve("systems.runs/weighted-0.25.trec")))
        .isEqualTo("q Q0 d1 1 0.25 tdro\nq Q0 d2 2 0.0 tdro\n");
    assertThat(Files.readString(folder.resolve("systems.runs/rrf.trec")))
        .startsWith("q Q0 d1 1 " + (1.0 / 61 + 1.0 / 61) + " tdro\n");
    assertThat(Files.readString(folder.resolve("systems.runs/rerank.trec")))
        .startsWith("q Q0 d2 1 ");
    assertThat(run("compare", at("systems.results"), "--measures", "recip_rank"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("| a bm25 | b dense | c hnsw | d rerank | e rrf | f weighted-0.25 |");
  }

  @Test
  void whatIsRankedAgainComesFromTheCacheIfItIsThere() throws IOException {
    var set = writeSet("again");
    Files.createDirectory(folder.resolve("first"));
    Files.writeString(folder.resolve("first/again.trec"), "q Q0 d2 1 1.0 other\n");
    var rerank = new String[] {
      "evaluate", "--model", at("run"), "--data", set, "--rerank", at("first"), "--run-file"
    };
    assertThat(run(with(rerank, at("encoded.trec")))).as(err.toString()).isZero();
    var cache = folder.resolve("again.cache");
    assertThat(run("evaluate", "--model", at("run"), "--data", set, "--cache", cache.toString()))
        .isZero();
    assertThat(run(with(rerank, at("cached.trec"), "--cache", cache.toString())))
        .isZero();
    assertThat(err.toString()).doesNotContain("texts");
    assertThat(folder.resolve("cached.trec"))
        .hasSameTextualContentAs(folder.resolve("encoded.trec"));
    Files.writeString(folder.resolve("first/again.trec"), "other Q0 d2 1 1.0 other\n");
    assertThat(run(with(rerank, at("none.trec")))).isEqualTo(3);
    assertThat(err.toString()).contains("none of the queries has results to rank again");
  }

  private static String[] with(String[] arguments, String... further) {
    return Stream.concat(Stream.of(arguments), Stream.of(further)).toArray(String[]::new);
  }

  /** There is no model: what is found nevertheless was found before anything was encoded. */
  @Test
  void whatCannotBeWrittenIsFoundBeforeTheWork() throws IOException {
    var set = writeSet("blank");
    Files.writeString(
        Path.of(set, "corpus.jsonl"),
        "{\"_id\": \"d1\", \"text\": \"w1\"}\n{\"_id\": \"d 2\", \"text\": \"w3\"}\n");
    assertThat(
            run("evaluate", "--model", at("none"), "--data", set, "--run-file", at("blank.trec")))
        .isEqualTo(3);
    assertThat(err.toString())
        .isEqualTo(at("blank.trec") + ": a run file cannot hold the name 'd 2': it is empty or has"
            + " white space\n");
    for (var option : List.of("--run-file", "--output")) {
      assertThat(
              run("evaluate", "--model", at("none"), "--data", writeSet("fine"), option, at("run")))
          .isEqualTo(1);
      assertThat(err.toString()).contains("cannot write " + at("run") + ": it is a folder");
    }
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(encode("texts.jsonl", "o.jsonl", "--prompt", "beta")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--prompt beta is unknown; for these texts the model has alpha");
    assertThat(encode("texts.jsonl", "o.csv")).isEqualTo(2);
    assertThat(encode("texts.jsonl", "texts.jsonl")).isEqualTo(2);
    assertThat(err.toString()).contains("texts.jsonl is the input; name another file");
    assertThat(encode("texts.jsonl", "o.jsonl", "--batch-tokens", "0")).isEqualTo(2);
    assertThat(encode("texts.jsonl", "o.jsonl", "--dimension", "33")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--dimension must be from 1 to 32, the size of the model's embeddings, was 33");
    assertThat(run("export", "--model", at("run"), "--output", at("large"), "--dimension", "0"))
        .isEqualTo(2);
    assertThat(folder.resolve("o.jsonl")).doesNotExist();
  }

  @Test
  void wrongDataAreExitCodeThree() {
    assertThat(encode("nowhere.jsonl", "o.jsonl")).isEqualTo(3);
    assertThat(encode("data/alpha.jsonl", "o.jsonl")).isEqualTo(3);
    assertThat(err.toString()).contains("alpha.jsonl:1: has neither text nor input_ids");
    assertThat(run("export", "--model", at("nowhere"), "--output", at("model"))).isEqualTo(3);
    assertThat(folder.resolve("o.jsonl")).doesNotExist();
    assertThat(folder.resolve("model")).doesNotExist();
  }

  @Test
  void everyExportIsTheNextVersion() {
    assertThat(run("export", "--model", at("run"), "--output", at("export"), "--id-type", "int64"))
        .isZero();
    assertThat(out.toString())
        .containsPattern("export/1: fp32, [0-9.]+ MB, loaded by a fresh process")
        .containsPattern("difference from the trained model: [0-9.]+e-[0-9]+ at most; 1 - cosine")
        .containsPattern("latency of 32 texts of [0-9]+ tokens: [0-9.]+ ms");
    assertThat(folder.resolve("export/1/saved_model.pb")).exists();
    assertThat(folder.resolve("export/1/assets/tokenizer.json"))
        .hasSameBinaryContentAs(folder.resolve("run/model/tokenizer.json"));
    assertThat(run("export", "--model", at("run"), "--output", at("export"))).isZero();
    assertThat(folder.resolve("export/2/saved_model.pb")).exists();
    assertThat(run("export", "--model", at("run"), "--output", at("export"), "--version", "2"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("has a version 2 already; the next free one is 3");
    assertThat(run("export", "--model", at("run"), "--output", at("export/7"))).isEqualTo(2);
    assertThat(err.toString()).contains("looks like a version").contains("--version 7");
  }

  @Test
  void anExportsLossOnASetIsPrinted() throws IOException {
    assertThat(run(
            "export",
            "--model",
            at("run"),
            "--output",
            at("compared"),
            "--precision",
            "int8",
            "--eval",
            writeSet("judged")))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("| nDCG@10 | trained | int8 | difference |")
        .containsPattern("\\| judged \\| 1.0000 \\| 1.0000 \\| 0.0000 \\|");
  }
}
