package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Checkout;

/** {@code tdro export --format} of a small transformer that {@code tdro train} has trained. */
class ExportFormatsTest {
  @TempDir
  static Path folder;

  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws IOException {
    SmallRuns.writeData(folder);
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
    var arguments = SmallRuns.train(
        "reference",
        at("run"),
        "data.cache=" + at("cache"),
        "model=mini",
        "model.layers=1",
        "model.heads=2",
        "model.hidden=8",
        "model.feed-forward=16",
        "train.steps=2");
    arguments.replaceAll(
        argument -> argument.equals("data=data") ? "data=" + at("data") : argument);
    var complaints = new StringWriter();
    int code = Main.run(
        arguments.toArray(String[]::new),
        new PrintWriter(new StringWriter()),
        new PrintWriter(complaints));
    assertThat(code).as(complaints.toString()).isZero();
    Files.writeString(folder.resolve("texts.jsonl"), "{\"_id\": \"a\", \"text\": \"w1 w2\"}\n");
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err));
  }

  private int export(String output, String... further) {
    var arguments =
        new java.util.ArrayList<>(List.of("export", "--model", at("run"), "--output", at(output)));
    arguments.addAll(List.of(further));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void theExportIsAModelThatOtherCommandsTake() {
    assertThat(export("published", "--format", "huggingface", "--max-shard-size", "4KB"))
        .as(err.toString())
        .isZero();
    assertThat(folder.resolve("published/model.safetensors.index.json")).exists();
    assertThat(folder.resolve("published/README.md")).content().contains("| stage | reference |");
    assertThat(run(
            "encode",
            "--model",
            at("published"),
            "--input",
            at("texts.jsonl"),
            "--kind",
            "query",
            "--output",
            at("embeddings.jsonl")))
        .as(err.toString())
        .isZero();
  }

  @Test
  void adaptersOfARunWithoutAnyAreAnError() {
    assertThat(export("adapters", "--format", "peft")).isEqualTo(1);
    assertThat(err.toString()).contains("has no adapters").contains("--format huggingface");
  }

  @Test
  void optionsThatCannotBeAreBadUsage() {
    assertThat(export("a", "--format", "onnx")).isEqualTo(2);
    assertThat(export("b", "--format", "huggingface", "--dtype", "float16")).isEqualTo(2);
    assertThat(export("c", "--format", "huggingface", "--max-shard-size", "0")).isEqualTo(2);
    assertThat(export("d", "--format", "huggingface", "--precision", "int8")).isEqualTo(2);
    assertThat(err.toString()).contains("--precision: for --format saved-model alone");
    assertThat(err.toString())
        .contains("--format must be")
        .contains("--dtype must be float32 or bfloat16, was float16")
        .contains("--max-shard-size must be a size such as 500MB or 5GB, was 0");
  }

  /** Before anything is written: its loss cannot be measured on texts. */
  @Test
  void aModelWithoutATokenizerIsNotEvaluated() throws IOException {
    assertThat(export("silent", "--format", "huggingface")).as(err.toString()).isZero();
    Files.delete(folder.resolve("silent/tokenizer.json"));
    var set = folder.resolve("set");
    Files.createDirectories(set.resolve("qrels"));
    Files.writeString(set.resolve("corpus.jsonl"), "{\"_id\": \"d\", \"text\": \"w1\"}\n");
    Files.writeString(set.resolve("queries.jsonl"), "{\"_id\": \"q\", \"text\": \"w1\"}\n");
    Files.writeString(set.resolve("qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq\td\t1\n");
    assertThat(run(
            "export", "--model", at("silent"), "--output", at("served"), "--eval", set.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--eval needs a tokenizer");
    assertThat(folder.resolve("served")).doesNotExist();
  }
}
