package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Shared;

/** {@code tdro model distil} of a small encoder, and what other commands make of its folder. */
class ModelDistilCommandTest {
  @TempDir
  static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void publish() throws IOException {
    var published = Shared.path("field/05-prompts/m");
    try (var files = Files.walk(published)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var copy = folder.resolve("encoder").resolve(published.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private int distil(String output, String... further) {
    var arguments = new ArrayList<>(List.of(
        "model",
        "distil",
        "--quiet",
        "--from",
        folder.resolve("encoder").toString(),
        "--output",
        folder.resolve(output).toString()));
    arguments.addAll(List.of(further));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void theResultIsShownAndEncodes() throws IOException {
    assertThat(distil("static")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("static: 149 vectors of size 32")
        .contains("distilled from: encoder")
        .contains("principal components: 32, with 1.0000 of the variance");
    assertThat(run("model", "show", folder.resolve("static").toString())).isZero();
    assertThat(out.toString())
        .containsPattern("dimension +32\\R")
        .containsPattern("similarity +cosine\\R");
    var texts = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"a text\"}\n");
    int code = run(
        "encode",
        "--quiet",
        "--model",
        folder.resolve("static").toString(),
        "--input",
        texts.toString(),
        "--kind",
        "query",
        "--output",
        folder.resolve("vectors.jsonl").toString());
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("vectors.jsonl: 1 embeddings of size 32");
  }

  @Test
  void aModelIsReplacedOnlyWhenAskedAndOtherFoldersNever() throws IOException {
    assertThat(distil("again", "--dimension", "4")).isZero();
    assertThat(distil("again", "--dimension", "5")).isEqualTo(2);
    assertThat(err.toString()).contains("again exists").contains("add --overwrite");
    assertThat(distil("again", "--dimension", "5", "--overwrite")).isZero();
    assertThat(folder.resolve("again/README.md")).content().contains("5 components");
    var mine = Files.createDirectories(folder.resolve("mine"));
    Files.writeString(mine.resolve("notes.txt"), "mine");
    assertThat(distil("mine", "--overwrite")).isEqualTo(2);
    assertThat(err.toString()).contains("mine exists and is not the folder of a published model");
    assertThat(mine.resolve("notes.txt")).hasContent("mine");
    assertThat(distil("encoder", "--overwrite")).isEqualTo(2);
    assertThat(err.toString()).contains("encoder is the encoder or holds it; name another folder");
  }

  @Test
  void wrongUsageIsNamed() {
    assertThat(distil("wrong", "--dimension", "33")).isNotZero();
    assertThat(err.toString()).contains("33 components cannot be made of").contains("have 32");
    assertThat(distil("wrong", "--dimension", "3", "--no-pca")).isEqualTo(2);
    assertThat(err.toString()).contains("--dimension needs the principal components");
    assertThat(distil("wrong", "--weighting", "none", "--corpus", "x.jsonl")).isEqualTo(2);
    assertThat(err.toString()).contains("--weighting and --corpus exclude each other");
    assertThat(distil("wrong", "--corpus", "nowhere.jsonl")).isNotZero();
    assertThat(err.toString()).contains("nowhere.jsonl: there is no such file");
    assertThat(folder.resolve("wrong")).doesNotExist();
  }
}
