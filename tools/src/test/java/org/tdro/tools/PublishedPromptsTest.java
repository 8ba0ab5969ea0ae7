package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Shared;

/** {@code tdro evaluate}, {@code encode} and {@code model show} of published retrievers with prompts. */
class PublishedPromptsTest {
  private static final String PROMPTS = "config_sentence_transformers.json";

  @TempDir
  Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private static Path field(String name) {
    return Shared.path("field/05-prompts/" + name);
  }

  /** Returns a copy of a folder in which a file is another. */
  private Path copy(Path original, String name, String file, String content) throws IOException {
    var target = folder.resolve(name);
    try (var files = Files.walk(original)) {
      for (var each : files.filter(Files::isRegularFile).toList()) {
        var copied = target.resolve(original.relativize(each).toString());
        Files.createDirectories(copied.getParent());
        Files.copy(each, copied);
      }
    }
    Files.writeString(target.resolve(file), content);
    return target;
  }

  /** Returns a copy of the set whose texts begin with prompts. */
  private Path prompted(String query, String passage) throws IOException {
    var set = copy(
        field("ev"),
        "ev",
        "queries.jsonl",
        Files.readString(field("ev/queries.jsonl")).replace("\"text\":\"", "\"text\":\"" + query));
    var corpus = Files.readString(field("ev/corpus.jsonl"));
    Files.writeString(
        set.resolve("corpus.jsonl"), corpus.replace("\"text\":\"", "\"text\":\"" + passage));
    return set;
  }

  private String ranking(Path model, Path set, String... further) throws IOException {
    var file = folder.resolve("run.trec");
    var arguments = new java.util.ArrayList<>(java.util.List.of(
        "evaluate",
        "--model",
        model.toString(),
        "--data",
        set.toString(),
        "--run-file",
        file.toString(),
        "--overwrite"));
    arguments.addAll(java.util.List.of(further));
    assertThat(run(arguments.toArray(String[]::new))).as(err.toString()).isZero();
    return Files.readString(file);
  }

  @Test
  void evaluationPutsPromptsBeforeQueriesAndDocuments() throws IOException {
    var plain = copy(field("m"), "plain", PROMPTS, "{}");
    assertThat(ranking(field("m"), field("ev")))
        .isEqualTo(ranking(plain, prompted("query : ", "passage : ")))
        .isNotEqualTo(ranking(plain, field("ev")));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theDefaultPromptIsPutBeforeAllTexts() throws IOException {
    var plain = copy(field("dflt"), "plain", PROMPTS, "{}");
    var prompt = "represent this sentence : ";
    assertThat(ranking(field("dflt"), field("ev")))
        .isEqualTo(ranking(plain, prompted(prompt, prompt)));
  }

  /** As nomic's: without a name for all queries, texts get a prompt only where it is chosen. */
  @Test
  void aPromptIsChosenByItsTask() throws IOException {
    var model = copy(
        field("m"),
        "model",
        PROMPTS,
        "{\"prompts\": {\"search_query\": \"query : \", \"search_document\": \"passage : \"}}");
    var expected = ranking(field("m"), field("ev"));
    assertThat(ranking(model, field("ev"), "--prompt", "search")).isEqualTo(expected);
    assertThat(ranking(model, field("ev"), "--prompt", "ev=search")).isEqualTo(expected);
    assertThat(err.toString()).isEmpty();
    assertThat(ranking(model, field("ev"))).isNotEqualTo(expected);
    assertThat(err.toString())
        .contains(
            "the queries of ev get no prompt: for these the model has search, search_query; choose one with --prompt NAME",
            "the passages of ev get no prompt: for these the model has search, search_document; choose");
    ranking(model, field("ev"), "--prompt", "search_query");
    assertThat(err.toString())
        .contains("the passages of ev get no prompt")
        .doesNotContain("queries of ev");
  }

  @Test
  void unknownPromptsAreRefusedWithTheNamesThereAre() {
    var model = field("m").toString();
    var set = field("ev").toString();
    assertThat(run("evaluate", "--model", model, "--data", set, "--prompt", "nope"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--prompt nope is unknown; the model has document, query");
    assertThat(run("evaluate", "--model", model, "--data", set, "--prompt", "x=query"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--prompt x=query: there is no set x; there are ev");
    assertThat(run(
            "encode",
            "--model",
            model,
            "--input",
            set + "/queries.jsonl",
            "--kind",
            "passage",
            "--prompt",
            "query",
            "--output",
            folder.resolve("o.jsonl").toString()))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "--prompt query is not for texts of --kind passage; for these the model has document");
  }

  @Test
  void modelShowSaysWhatWasUnderstood() {
    assertThat(run("model", "show", field("m").toString())).isZero();
    assertThat(out.toString())
        .containsPattern("pooling +mean\n")
        .containsPattern("parameters +24032\n")
        .containsPattern("query length +64\n")
        .containsPattern("similarity +cosine\n")
        .containsPattern("  all queries +\"query : \\{text}\"\n")
        .containsPattern("  all passages +\"passage : \\{text}\"\n")
        .contains("torch_dtype");
    assertThat(run("model", "show", field("m").toString(), "--json")).isZero();
    assertThat(out.toString()).contains("\"hidden\"", "\"pooling\" : \"mean\"");
    assertThat(run("model", "show", folder.resolve("nowhere").toString())).isNotZero();
  }
}
