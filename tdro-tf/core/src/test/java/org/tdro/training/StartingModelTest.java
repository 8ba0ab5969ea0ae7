package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

/** A model that was published with the mean of its states, texts of 40 tokens and prompts. */
class StartingModelTest {
  @TempDir
  Path folder;

  @BeforeEach
  void publish() throws IOException {
    SmallCheckpoint.write(folder, 5);
    Files.createDirectory(folder.resolve("1_Pooling"));
    Files.writeString(
        folder.resolve("1_Pooling/config.json"),
        "{\"word_embedding_dimension\": 16, \"pooling_mode_mean_tokens\": true}");
    Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 40}");
    Files.writeString(
        folder.resolve("config_sentence_transformers.json"),
        "{\"prompts\": {\"query\": \"find\\n100%: \"}}");
  }

  private StartingModel starting(String... further) {
    var arguments = new ArrayList<>(List.of(
        "stage=reference",
        "model=checkpoint",
        "model.path=" + folder,
        "output=" + folder.resolve("run")));
    arguments.addAll(List.of(further));
    var resolved = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")))
        .compose(arguments);
    return new StartingModel(PublishedFolder.open(folder), resolved, List.of("a", "b"));
  }

  private List<String> deviations(String... further) {
    return starting(further).deviations();
  }

  @Test
  void theDefaultLearningRateIsTooHighForAllWeightsOfATransformer() {
    assertThat(starting().learningRateWarning())
        .hasValueSatisfying(
            warning -> assertThat(warning).contains("train.learning-rate is 0.001"));
    assertThat(starting("train.learning-rate=1e-4").learningRateWarning()).isEmpty();
    assertThat(starting("model.lora.rank=2").learningRateWarning()).isEmpty();
  }

  @Test
  void aRunHasThePublishedSettingsUnlessOthersAreGiven() {
    assertThat(deviations()).isEmpty();
  }

  /** The published prompt of all queries is that of each domain, by whichever key it is given. */
  @Test
  void theSameSettingsByOtherKeysDoNotDeviate() {
    assertThat(deviations(
            "model.pooling=mean",
            "data.query-length=40",
            "data.prompts.a.query=\"find\\n100%: \"",
            "data.prompts.b.query=\"find\\n100%: \"",
            "data.prompts.b.passage=\"\""))
        .isEmpty();
  }

  @Test
  void eachKeyIsALineWithBothValuesAndWhatToSet() {
    assertThat(deviations("model.pooling=avg-first-last", "data.passage-length=48"))
        .containsExactly(
            "command line: model.pooling=avg-first-last: model.pooling is avg-first-last, but "
                + folder + " was published with mean; remove the setting to follow it",
            "command line: data.passage-length=48: data.passage-length is 48, but " + folder
                + " was published with 40; remove the setting to follow it");
  }

  /** The maps of the folder are those of the run unless it names one. */
  @Test
  void anotherProjectionDeviates() throws IOException {
    Files.writeString(folder.resolve("modules.json"), """
        [{"path": "", "type": "sentence_transformers.models.Transformer"},
         {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"path": "2_Dense", "type": "sentence_transformers.models.Dense"},
         {"path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]""");
    Files.createDirectory(folder.resolve("2_Dense"));
    Files.writeString(
        folder.resolve("2_Dense/config.json"), "{\"in_features\": 16, \"out_features\": 8}");
    assertThat(deviations()).isEmpty();
    assertThat(deviations("model.projection=8"))
        .singleElement()
        .asString()
        .contains("model.projection is 8, but")
        .endsWith("was published with [8 with a bias and tanh]; remove the setting to follow it");
  }

  @Test
  void domainsWithTheSamePromptsShareALine() {
    assertThat(deviations(
            "data.prompts.a.query=\"say \\\"it\\\": \"",
            "data.prompts.b.query=\"say \\\"it\\\": \""))
        .singleElement()
        .asString()
        .startsWith("command line: data.prompts.a.query=")
        .contains(": the prompt of the queries of a, b is \"say \\\"it\\\": \", but ")
        .endsWith(" was published with \"find\\n100%: \"; remove the setting to follow it");
  }

  @Test
  void aBackboneThatWasPublishedWithoutAPoolingLeavesAllToTheRun() throws IOException {
    Files.delete(folder.resolve("1_Pooling/config.json"));
    assertThat(deviations("model.pooling=cls")).isEmpty();
  }
}
