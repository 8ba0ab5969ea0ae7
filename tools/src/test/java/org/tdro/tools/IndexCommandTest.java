package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.TextLines;

/** {@code tdro index} and {@code tdro search} with a model that {@code tdro train} has trained. */
class IndexCommandTest {
  private static final int KILLED = 137;
  private static final int DOCUMENTS = 30_000;

  @TempDir
  static Path folder;

  private static final StringWriter OUT = new StringWriter();
  private static final StringWriter ERR = new StringWriter();

  @BeforeAll
  static void trainAndIndex() throws Exception {
    SmallRuns.writeData(folder);
    TdroProcess.run(folder, SmallRuns.train("reference", "run")).with(0);
    Files.writeString(folder.resolve("small.jsonl"), """
        {"_id": "a b", "title": "First", "text": "w1 w2 w3"}
        {"docid": 2, "text": "w4 w5 w6"}
        {"id": "c", "title": "Without words", "text": ""}
        """);
    assertThat(index("small.jsonl", "small")).as(ERR.toString()).isZero();
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static int run(String... arguments) {
    OUT.getBuffer().setLength(0);
    ERR.getBuffer().setLength(0);
    return Main.run(arguments, new PrintWriter(OUT), new PrintWriter(ERR));
  }

  private static int index(String corpus, String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "index", "--model", at("run"), "--corpus", at(corpus), "--output", at(output), "--quiet"));
    arguments.addAll(List.of(further));
    return run(arguments.toArray(String[]::new));
  }

  private static int search(String... further) {
    var arguments = new ArrayList<>(List.of("search", "--index", at("small")));
    arguments.addAll(List.of(further));
    return run(arguments.toArray(String[]::new));
  }

  private static String large() throws IOException {
    var file = folder.resolve("large.jsonl.gz");
    try (var out = TextLines.writer(file, file)) {
      for (int i = 0; i < DOCUMENTS; i++) {
        out.write("{\"_id\": \"d%d\", \"text\": \"w%d w%d w%d\"}\n"
            .formatted(i, i % 149, i % 97, i % 11));
      }
    }
    return "large.jsonl.gz";
  }

  @Test
  void aKilledBuildGoesOnAndEndsWithTheSameBytes() throws Exception {
    var corpus = large();
    assertThat(index(corpus, "whole")).as(ERR.toString()).isZero();
    assertThat(OUT.toString()).contains("whole: 30,000 documents, dense (embeddings of size 32)");
    var arguments =
        List.of("index", "--model", "run", "--corpus", corpus, "--output", "killed", "--quiet");
    try (var process = TdroProcess.start(folder, arguments)) {
      process.until(() -> Files.exists(folder.resolve("killed.building/shards/00001.arrow")));
      process.kill().with(KILLED);
    }
    assertThat(folder.resolve("killed")).doesNotExist();
    assertThat(run("search", "--index", at("killed"), "w1")).isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString()).contains("this index is not complete");
    assertThat(index(corpus, "killed")).as(ERR.toString()).isZero();
    assertThat(OUT.toString()).contains("killed: goes on after ").contains("30,000 documents");
    for (int shard = 0; shard < 8; shard++) {
      var name = "shards/%05d.arrow".formatted(shard);
      assertThat(folder.resolve("killed").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(name));
    }
    assertThat(run("search", "--index", at("killed"), "--json", "--top-k", "3", "w1 w2"))
        .isZero();
    var killed = OUT.toString();
    assertThat(run("search", "--index", at("whole"), "--json", "--top-k", "3", "w1 w2"))
        .isZero();
    assertThat(killed).isEqualTo(OUT.toString());
  }

  @Test
  void aQueryHasResultsWithTheirPassages() {
    assertThat(search("w4", "w5")).as(ERR.toString()).isZero();
    assertThat(OUT.toString().lines().toList())
        .satisfies(lines -> assertThat(lines.get(0)).matches("  1  [01]\\.\\d{4}  \\[2\\]"))
        .contains("    w4 w5 w6")
        .anyMatch(line -> line.matches("  \\d  -?\\d\\.\\d{4}  First  \\[a b\\]"))
        .anyMatch(line -> line.matches("  \\d  -?\\d\\.\\d{4}  Without words  \\[c\\]"));
    assertThat(search("--json", "--top-k", "1", "w1 w2 w3 First")).isZero();
    assertThat(OUT.toString())
        .startsWith(
            "{\"query_id\":\"1\",\"query\":\"w1 w2 w3 First\",\"results\":[{\"rank\":1,\"id\":\"a b\",\"score\":")
        .contains("\"title\":\"First\",\"passage\":\"w1 w2 w3\"");
  }

  @Test
  void queriesOfAFileBecomeARun() throws IOException {
    Files.writeString(
        folder.resolve("queries.jsonl"),
        "{\"_id\": \"x\", \"text\": \"w4 w5\"}\n{\"_id\": \"y\", \"query\": \"w6\"}\n");
    var corpus = Files.writeString(
        folder.resolve("plain.jsonl"),
        "{\"_id\": \"a\", \"text\": \"w1\"}\n{\"_id\": \"b\", \"text\": \"w4 w5 w6\"}\n");
    assertThat(index(corpus.getFileName().toString(), "plain")).isZero();
    for (var precision : List.of("float32", "bfloat16")) {
      var file = at(precision + ".trec");
      assertThat(run(
              "search",
              "--index",
              at("plain"),
              "--queries",
              at("queries.jsonl"),
              "--run-file",
              file,
              "--precision",
              precision))
          .as(ERR.toString())
          .isZero();
      assertThat(Path.of(file)).content().startsWith("x Q0 b 1 ").hasLineCount(4);
    }
    assertThat(folder.resolve("bfloat16.trec"))
        .hasSameTextualContentAs(folder.resolve("float32.trec"));
    // An id with a blank, which a run file cannot hold.
    assertThat(search("--queries", at("queries.jsonl"), "--run-file", at("no.trec")))
        .isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString()).contains("cannot hold the name 'a b'");
    assertThat(search("--queries", at("queries.jsonl"))).isZero();
    assertThat(OUT.toString()).contains("x: w4 w5\n").contains("y: w6\n");
  }

  @Test
  void queriesAreReadFromStandardInput() {
    var before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("w1\n\nw4 日本\n".getBytes(UTF_8)));
      assertThat(search("--json", "--top-k", "1")).as(ERR.toString()).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(OUT.toString().lines())
        .hasSize(2)
        .satisfiesExactly(
            first -> assertThat(first).contains("\"query\":\"w1\""),
            second -> assertThat(second).contains("\"query\":\"w4 日本\""));
  }

  @Test
  @SuppressWarnings("SystemConsoleNull") // newer JDKs have a console without a terminal
  void resultsOfPipedQueriesNameTheirQuery() {
    assumeTrue(System.console() == null, "skipped: there is a terminal");
    var before = System.in;
    try {
      System.setIn(new ByteArrayInputStream("w1\nw4\n".getBytes(UTF_8)));
      assertThat(search("--top-k", "1")).as(ERR.toString()).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(OUT.toString().lines()).contains("1: w1", "2: w4");
  }

  @Test
  void whatCannotBeDoneSaysWhy() throws IOException {
    assertThat(index("small.jsonl", "small")).isEqualTo(2);
    assertThat(ERR.toString()).contains("exists; name another folder, or add --overwrite");
    assertThat(index("small.jsonl", "data", "--overwrite")).isEqualTo(2);
    assertThat(ERR.toString()).contains("exists and is not an index, so it is not replaced");
    assertThat(index("small.jsonl", "new", "--prompt", "none")).isEqualTo(2);
    assertThat(ERR.toString()).contains("--prompt none is unknown; the model has none");
    assertThat(search("--top-k", "0", "w1")).isEqualTo(2);
    assertThat(search("--queries", at("queries.jsonl"), "w1")).isEqualTo(2);
    assertThat(search("--run-file", at("x.trec"), "w1")).isEqualTo(2);
    assertThat(run("search", "--index", at("data"), "w1")).isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString()).contains("is not the folder of an index");
    Files.writeString(folder.resolve("bad.jsonl"), "{\"id\": 1}\n");
    assertThat(index("bad.jsonl", "bad")).isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString()).contains("bad.jsonl:1: has none of text, contents, passage, body");
  }

  @Test
  void aModelThatIsNotThereOrAnotherIsRefused() throws IOException {
    copy(folder.resolve("run/model"), folder.resolve("other"));
    var settings = folder.resolve("other/retriever.json");
    Files.writeString(
        settings,
        Files.readString(settings).replaceFirst("(?i)(\"pooling\" : )\"mean\"", "$1\"MAX\""));
    assertThat(search("--model", at("other"), "w1")).isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString())
        .contains("was made with another model than")
        .contains("(pooling was mean and is max)");
    assertThat(run(
            "index", "--model", at("other"), "--corpus", at("small.jsonl"), "--output", at("b")))
        .isZero();
    Files.move(folder.resolve("other"), folder.resolve("moved"));
    assertThat(run("search", "--index", at("b"), "w1")).isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString()).contains("which is not there; name the place of the model with");
    assertThat(run("search", "--index", at("b"), "--model", at("moved"), "w1")).isZero();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void anEmptyCorpusAndAnEmptyQueryAreRefused() throws IOException {
    Files.writeString(folder.resolve("empty.jsonl"), "");
    assertThat(index("empty.jsonl", "empty")).isEqualTo(Failures.BAD_DATA);
    assertThat(ERR.toString()).contains("empty.jsonl: holds no documents");
    assertThat(search("")).isEqualTo(2);
    assertThat(ERR.toString()).contains("the query is empty");
  }

  @Test
  void anIndexIsSearchedByWhatItHolds() throws IOException {
    Files.writeString(folder.resolve("collection.tsv"), "1\tw1 w2\n2\tw3 w3\n3\tw4 the\n");
    assertThat(index("collection.tsv", "all", "--systems", "dense,hnsw,bm25", "--hnsw-m", "4"))
        .as(ERR.toString())
        .isZero();
    assertThat(OUT.toString())
        .isEqualTo(at("all") + ": 3 documents, dense (embeddings of size 32), hnsw, bm25\n");
    for (var system : List.of("dense", "hnsw", "bm25", "rrf", "weighted-0.3")) {
      assertThat(run("search", "--index", at("all"), "--system", system, "--verify", "w3"))
          .as(system + ERR)
          .isZero();
      assertThat(OUT.toString()).startsWith("  1  ").contains("[2]\n    w3 w3\n");
    }
    assertThat(run("search", "--index", at("all"), "--system", "bm25", "the")).isZero();
    assertThat(OUT.toString()).isEqualTo("no document has a word of the query\n\n");
    assertThat(run("search", "--index", at("all"), "--bm25-b", "0", "w3")).isEqualTo(2);
    assertThat(ERR.toString()).contains("--bm25-b: the system dense does not use it");
    assertThat(search("--system", "rrf", "w1")).isEqualTo(2);
    assertThat(ERR.toString())
        .contains("small holds dense (embeddings of size 32), and a fusion needs dense and bm25");
    // Words alone, without a model.
    assertThat(run(
            "index",
            "--corpus",
            at("collection.tsv"),
            "--output",
            at("words"),
            "--systems",
            "bm25"))
        .as(ERR.toString())
        .isZero();
    assertThat(run("search", "--index", at("words"), "--top-k", "1", "--json", "w4"))
        .isZero();
    assertThat(OUT.toString()).contains("\"id\":\"3\"").contains("\"passage\":\"w4 the\"");
    assertThat(run("search", "--index", at("words"), "--model", at("run"), "w4"))
        .isEqualTo(2);
    assertThat(ERR.toString()).contains("--model: the system bm25 does not use it");
    assertThat(index("collection.tsv", "no", "--systems", "rrf")).isEqualTo(2);
    assertThat(ERR.toString()).contains("give --systems dense,bm25 here and --system rrf there");
    assertThat(index("collection.tsv", "no", "--systems", "bm25")).isEqualTo(2);
    assertThat(ERR.toString()).contains("--model: bm25 needs no model");
    assertThat(index("collection.tsv", "no", "--hnsw-m", "4")).isEqualTo(2);
    assertThat(ERR.toString()).contains("--hnsw-m: hnsw is not among --systems");
  }

  @Test
  void anEvaluationWithACacheHasTheSameValues() throws IOException {
    var set = Files.createDirectories(folder.resolve("set/qrels")).getParent();
    Files.write(
        set.resolve("corpus.jsonl"),
        IntStream.range(0, 30)
            .mapToObj(i -> "{\"_id\": \"d%d\", \"text\": \"w%d w%d\"}".formatted(i, i, i + 1))
            .toList());
    Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"w3\"}\n");
    Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\td3\t1\n");
    var values = new ArrayList<String>();
    for (var further : List.of(
        List.<String>of(), List.of("--cache", at("kept")), List.of("--cache", at("kept")))) {
      var arguments = new ArrayList<>(
          List.of("evaluate", "--model", at("run"), "--data", set.toString(), "--json", "-q"));
      arguments.addAll(further);
      assertThat(run(arguments.toArray(String[]::new))).as(ERR.toString()).isZero();
      values.add(OUT.toString());
    }
    assertThat(values).containsOnly(values.get(0));
  }
}
