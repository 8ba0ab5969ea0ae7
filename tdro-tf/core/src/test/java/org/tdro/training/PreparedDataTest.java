package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.rows.Fold;

class PreparedDataTest {
  @TempDir
  Path folder;

  @BeforeEach
  void writeData() throws IOException {
    SmallCollection.write(folder);
  }

  private void prepare(String... settings) {
    PreparedData.of(SmallCollection.config(folder, settings).config()).close();
  }

  private List<String> cached(String prefix) throws IOException {
    try (var names = Files.list(folder.resolve("cache"))) {
      return names
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .toList();
    }
  }

  @Test
  void runsWithTheSameSettingsShareTheirFiles() throws IOException {
    prepare();
    var tokenizer =
        folder.resolve("cache").resolve(cached("tokenizer-").get(0) + "/tokenizer.json");
    var rows = folder.resolve("cache").resolve(cached("rows-").get(0) + "/sums.0.arrow");
    var times = List.of(Files.getLastModifiedTime(tokenizer), Files.getLastModifiedTime(rows));
    prepare("train.steps=7", "seed=1");
    assertThat(List.of(Files.getLastModifiedTime(tokenizer), Files.getLastModifiedTime(rows)))
        .isEqualTo(times);
    assertThat(cached("tokenizer-")).hasSize(1);
    assertThat(cached("rows-")).hasSize(1);
  }

  @Test
  void anotherLengthMakesOtherRowsOfTheSameTokenizer() throws IOException {
    prepare();
    prepare("data.query-length=9");
    assertThat(cached("tokenizer-")).hasSize(1);
    assertThat(cached("rows-")).hasSize(2);
  }

  @Test
  void onlyDrawnPromptsDependOnTheSeed() throws IOException {
    var one = "data.prompts.sums.query=[\"sum: \"]";
    prepare(one);
    prepare(one, "seed=1");
    assertThat(cached("rows-")).hasSize(1);
    var several = "data.prompts.sums.query=[\"sum: \", \"\"]";
    prepare(several);
    prepare(several, "seed=1");
    prepare(several, "seed=1");
    assertThat(cached("rows-")).hasSize(3);
  }

  @Test
  void anotherVocabularyMakesAnotherTokenizerAndItsRows() throws IOException {
    prepare();
    prepare("data.vocabulary=350");
    assertThat(cached("tokenizer-")).hasSize(2);
    assertThat(cached("rows-")).hasSize(2);
  }

  @Test
  void changedRowsAreImportedAgain() throws IOException {
    prepare();
    var file = folder.resolve("train/colours.jsonl");
    var lines = Files.readAllLines(file);
    Files.write(file, lines.subList(0, 10));
    var tokenizer =
        folder.resolve("cache").resolve(cached("tokenizer-").get(0) + "/tokenizer.json");
    var config = SmallCollection.config(folder, "data.tokenizer=" + tokenizer).config();
    try (var prepared = PreparedData.of(config)) {
      assertThat(prepared.data().sizes(Fold.ALL)).containsExactly(90, 10, 60);
    }
  }

  @Test
  void theDomainsOfARunAreThoseThatItNames() {
    var config = SmallCollection.config(folder, "data.domains=[sums, capitals]").config();
    try (var prepared = PreparedData.of(config)) {
      assertThat(prepared.domainNames()).containsExactlyInAnyOrder("sums", "capitals");
      assertThat(prepared.data().sizes(Fold.ALL)).containsExactlyInAnyOrder(60, 90);
    }
  }
}
