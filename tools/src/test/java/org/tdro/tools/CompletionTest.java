package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.testing.Checkout;

/** Completion by the function that a bash with the script calls when the user presses the tabulator key. */
class CompletionTest {
  @TempDir
  static Path folder;

  @BeforeAll
  static void writeScript() throws Exception {
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
    try (var out = new PrintWriter(folder.resolve("completion").toFile(), UTF_8)) {
      assertThat(Main.run(new String[] {"generate-completion"}, out, out)).isZero();
    }
  }

  private static List<String> complete(String line) throws Exception {
    var bash = new ProcessBuilder(
            "bash",
            "--norc",
            "-uc",
            "source ./completion; COMP_LINE=$1; COMP_POINT=${#1}; _tdro; printf '%s\\n' \"${COMPREPLY[@]}\"",
            "bash",
            line)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
    var output = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as(output).isZero();
    return output.lines().filter(word -> !word.isEmpty()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "tdro tr, train",
    "tools/tdro -v eval, evaluate",
    "tdro data , import|stats|convert|dedup|split|sample|mine|spoil",
    "tdro train --conf, --config-dir|--config-name",
    "tdro encode --kind , query|passage",
    "tdro encode --kind q, query",
    "tdro encode --model x --pooling avg, avg_first_last|avg_top2",
    "tdro export --format , saved-model|huggingface|peft",
    "tdro export --precision b, bf16",
    "tdro train train.sa, train.save-every=",
    "tdro train stages.dro.train.save, stages.dro.train.save-every=",
    "tdro train stages.f, stages.finetune.",
    "tdro train stag, stages.|stage=",
    "tdro pipeline trai, train.",
    "tdro train model.lora.a, model.lora.alpha=|model.lora.adapter=",
    "tdro train stage=, reference|dro|finetune",
    "tdro train stage=dro dro=re, reference-code",
    "tdro train stages.dro.data.batching=m, mixed",
    "tdro config model=, bert-base|checkpoint|llama3-8b|mini|mistral-7b|qwen1.5-0.5b|qwen2.5-0.5b|static|xlm-roberta-base",
    "tdro quickstart train.progress=n, none",
    "tdro train train.steps=, ",
    "tdro config --explain loss.ma, loss.matryoshka-dimensions|loss.matryoshka-weights",
    "tdro config --explain expo, export|export.",
    "tdro train --cfg job --package se, seed",
    "tdro help eva, evaluate",
    "tdro help data im, import",
    "tdro evaluate --measures ndcg_cut_1, ndcg_cut_10|ndcg_cut_100",
    "'tdro evaluate --measures ndcg_cut_10,reca', 'ndcg_cut_10,recall_5|ndcg_cut_10,recall_10|ndcg_cut_10,recall_100'",
  })
  void completes(String line, String words) throws Exception {
    assertThat(complete(typed(line)))
        .containsExactlyElementsOf(words == null ? List.of() : List.of(words.split("\\|")));
  }

  /** Returns a line with the blank at its end that the table of cases cannot hold. */
  private static String typed(String line) {
    return line.equals("tdro data") || line.endsWith("--kind") || line.endsWith("--format")
        ? line + " "
        : line;
  }

  @Test
  void pathsAreLeftToBash() throws Exception {
    assertThat(complete("tdro encode --input c")).isEmpty();
    assertThat(complete("tdro train data=tr")).isEmpty();
  }

  @Test
  void theScriptHasNoMistakeOfSyntax() throws Exception {
    assertThat(Files.readString(folder.resolve("completion"))).startsWith("#!/usr/bin/env bash");
    assertThat(new ProcessBuilder("bash", "-n", folder.resolve("completion").toString())
            .start()
            .waitFor())
        .isZero();
  }
}
