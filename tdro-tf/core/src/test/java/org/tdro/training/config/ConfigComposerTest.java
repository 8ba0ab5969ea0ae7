package org.tdro.training.config;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.config.ResolvedConfig;
import org.tdro.mixing.tdro.LossMeasure;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

/** The precedence of values, and the origins that they report. */
class ConfigComposerTest {
  @TempDir
  Path folder;

  private ResolvedConfig<RunConfig> compose(String... arguments) {
    return Configs.with(folder).compose(List.of(arguments));
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void everyStageHasACompleteConfiguration(Stage stage) {
    var config = Configs.compose(
            "stage=" + stage.name().toLowerCase(Locale.ROOT), "dro.reference=runs/reference")
        .config();
    assertThat(config.stage()).isEqualTo(stage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"static", "mini"})
  void everyModelIsValid(String model) {
    assertThat(Configs.compose("model=" + model).origin("model.hidden"))
        .contains("model/" + model + ".conf:");
  }

  // The four measures of the paper's ablation, by the options of the published code.
  @ParameterizedTest
  @CsvSource({
    "paper, RATIO_OF_MEANS, true, false, 0",
    "reference-code, PER_ROW, true, false, 1",
    "excess, PER_ROW, false, true, 0",
    "raw, PER_ROW, false, false, 0",
  })
  void theMeasuresAreOptions(
      String option, LossMeasure.Kind kind, boolean normalize, boolean subtract, double norm) {
    assertThat(Configs.compose("dro=" + option).config().dro().learning().measure())
        .isEqualTo(new LossMeasure(kind, normalize, subtract, norm));
  }

  @Test
  void laterLayersWin() throws IOException {
    Configs.write(
        folder,
        "config.conf",
        "train { steps = 1, warmup-steps = 1, log-every = 1, save-every = 1, batch-size = 1 }");
    Configs.write(
        folder,
        "train/mine.conf",
        "include \"default.conf\"",
        "steps = 2, warmup-steps = 2, log-every = 2, save-every = 2, batch-size = 2");
    Configs.write(
        folder,
        "experiment/mine.conf",
        "defaults { train = mine }",
        "train { warmup-steps = 3, log-every = 3, save-every = 3, batch-size = 3 }",
        "stages.finetune.train { log-every = 4, save-every = 4, batch-size = 4 }");
    var resolved = compose(
        "stages.finetune.train.batch-size=6",
        "train.save-every=5",
        "train.batch-size=5",
        "experiment=mine",
        "stage=finetune");
    var train = resolved.config().train();
    assertThat(List.of(
            train.steps(),
            train.schedule().warmupSteps(),
            train.logEvery(),
            train.saveEvery(),
            train.batchSize()))
        .isEqualTo(List.of(2, 3, 4, 5, 6));
    assertThat(resolved.origin("train.steps")).isEqualTo(folder.resolve("train/mine.conf") + ":2");
    assertThat(resolved.origin("train.log-every"))
        .isEqualTo(folder.resolve("experiment/mine.conf") + ":3");
    assertThat(resolved.origin("train.save-every")).isEqualTo("command line: train.save-every=5");
    assertThat(resolved.origin("train.batch-size"))
        .isEqualTo("command line: stages.finetune.train.batch-size=6");
    assertThat(resolved.origin("train.beta1")).endsWith("configs/train/default.conf:11");
    assertThat(resolved.origin("dro.reference")).isEqualTo("default");
  }

  @Test
  void theLastOfEqualArgumentsWins() {
    assertThat(Configs.compose("seed=1", "seed=2").config().seed()).isEqualTo(2);
  }

  @Test
  void theSectionOfAnotherStageHasNoEffect() {
    assertThat(Configs.compose("stages.dro.train.steps=5").config().train().steps())
        .isEqualTo(1000);
  }

  @Test
  void aFolderIsTrainingData() {
    var resolved = Configs.compose("data=" + folder);
    assertThat(resolved.config().data().train()).isEqualTo(folder);
    assertThat(resolved.origin("data.train")).isEqualTo("command line: data=" + folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../shared/data/train",
        "runs/a:b",
        "a b#c",
        "http:/x/y?z=1",
        "C:\\temp",
        "07",
        "x,y",
        "yes"
      })
  void pathsNeedNoQuotes(String path) {
    assertThat(Configs.compose("output=" + path).config().output()).hasToString(path);
  }

  @Test
  void listsMapsAndNullAreHocon() {
    var config = Configs.compose(
            "data.domains=[acl, b]",
            "eval.data=one",
            "data.prompts={acl={query=\"Find: \", passage=\"\"}}",
            "data.prompts.\"a.b\".query=x",
            "data.prompts.\"a.b\".passage=y",
            "dro.reference=x",
            "dro.reference=null")
        .config();
    assertThat(config.data().domains()).containsExactly("acl", "b");
    assertThat(config.eval().data()).containsExactly(Path.of("one"));
    assertThat(config.data().prompts())
        .containsOnly(entry("acl", prefixes("Find: ", "")), entry("a.b", prefixes("x", "y")));
    assertThat(config.dro().reference()).isEmpty();
  }

  private static Prompts.Prefixes prefixes(String query, String passage) {
    return new Prompts.Prefixes(Optional.of(List.of(query)), Optional.of(List.of(passage)));
  }

  @Test
  void aPromptIsATextOrAList() {
    var resolved = Configs.compose(
        "data.query-prompt=a, b", "data.prompts.acl={query: [\"Find: \", \"\"], passage: [p]}");
    assertThat(resolved.config().data().queryPrompt()).contains(List.of("a, b"));
    assertThat(resolved.config().data().prompts().get("acl").query())
        .contains(List.of("Find: ", ""));
    assertThat(resolved.render())
        .contains(
            "data.query-prompt = \"a, b\"",
            "data.prompts.acl.query = [\"Find: \", \"\"]",
            "data.prompts.acl.passage = \"p\"");
    assertThat(resolved.config().data().everyPrompt().of(TextKind.QUERY, "acl"))
        .isEqualTo(PromptTemplate.before("Find: "));
    assertThatThrownBy(
            () -> Configs.compose("data.prompts.acl.query=[]", "data.prompts.nq.query=[{a: 1}]"))
        .hasMessageContainingAll(
            "data.prompts.acl.query must name at least one text",
            "data.prompts.nq.query must be a string, was a section");
    assertThatThrownBy(() -> Configs.compose("data.query-prompt=[]"))
        .hasMessageContaining("data.query-prompt must name at least one text");
  }

  @Test
  void namesThatLookLikeNumbersStayAsTyped() {
    assertThat(Configs.compose("data.domains=[2024.10, 007, 1e3, true]")
            .config()
            .data()
            .domains())
        .containsExactly("2024.10", "007", "1e3", "true");
    assertThat(Configs.compose("data.domains=2024.10").config().data().domains())
        .containsExactly("2024.10");
  }

  @Test
  void aNameWithDotsIsToldToNeedQuotes() {
    assertThatThrownBy(() -> Configs.compose("data.prompts.nq-v1.1.query=x"))
        .hasMessage(
            "command line: data.prompts.nq-v1.1.query=x: data.prompts.nq-v1.1 is not known; a name with dots needs quotes: data.prompts.\"nq-v1.1\"");
  }

  @Test
  void measuresAreCheckedWithTheConfiguration() {
    assertThatThrownBy(() -> Configs.compose("eval.measures=[ndcg_cut_0, mpa]"))
        .hasMessage(
            "command line: eval.measures=[ndcg_cut_0, mpa]: eval.measures must be known: ndcg_cut needs a positive cutoff, was 0; measure 'mpa' is not known; did you mean map?");
    assertThat(Configs.compose("eval.measures=[\"MRR@10\", AP]", "eval.split=dev")
            .config()
            .eval()
            .split())
        .isEqualTo("dev");
  }

  @Test
  void substitutionsSeeArguments() {
    assertThat(Configs.compose("stage=finetune").config().output()).hasToString("runs/finetune");
  }
}
