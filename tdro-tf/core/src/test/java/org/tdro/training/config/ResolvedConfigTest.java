package org.tdro.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.config.ResolvedConfig;

class ResolvedConfigTest {
  @TempDir
  Path folder;

  @Test
  void readsBackToTheSameRecord() throws IOException {
    var resolved = Configs.compose(
        "stage=dro",
        "dro.reference=runs/a \"b\"#c",
        "output=C:\\x",
        "data.prompts.\"a.b\".query=\"Find:\\n\"",
        "data.prompts.\"a.b\".passage=",
        "data.domains=[\"${x}\", \"ü\"]",
        "loss.matryoshka-dimensions=[32, 64]",
        "loss.matryoshka-weights=[0.5, 1, 1e-7]",
        "train.learning-rate=1.2345678901234567e-7",
        "seed=-9223372036854775808");
    var file = Configs.write(folder, "config.conf", resolved.render());
    assertThat(ResolvedConfig.read(RunConfig.SCHEMA, file).config()).isEqualTo(resolved.config());
  }

  @Test
  void aStoredFileIsReadAsTextOrWithOtherValues() throws IOException {
    var file = Configs.write(
        folder,
        "config.conf",
        Configs.compose("seed=7", "data.domains=[a, \"b c\"]", "train.learning-rate=0.0001")
                .render()
            + "key.of.another.build = \"x = 1\"\n");
    assertThat(ResolvedConfig.values(file))
        .containsEntry("seed", "7")
        .containsEntry("data.domains", "[\"a\",\"b c\"]")
        .containsEntry("train.learning-rate", "0.0001")
        .containsEntry("key.of.another.build", "x = 1")
        .doesNotContainKey("model.path");

    var own = Configs.write(folder, "own.conf", Configs.compose("seed=7").render());
    var moved = ResolvedConfig.read(RunConfig.SCHEMA, own, Map.of("output", "a/b"));
    assertThat(moved.config().output()).isEqualTo(Path.of("a/b"));
    assertThat(moved.fingerprint()).isEqualTo(Configs.compose("seed=7").fingerprint());
    assertThat(moved.decisiveValues()).containsEntry("seed", "7").doesNotContainKey("output");
  }

  @Test
  void keysThatDecideNothingAreKnown() {
    assertThat(RunConfig.SCHEMA.incidentalKeys())
        .contains("output", "eval.top-k", "train.log-every", "export.id-type")
        .doesNotContain("seed", "train.steps", "dro.step-size");
  }

  @Test
  void rendersValuesWithTheirOrigins() {
    assertThat(Configs.compose("train.steps=5").render().lines())
        .anySatisfy(
            line -> assertThat(line).matches("train\\.steps = 5 +# command line: train\\.steps=5"))
        .contains("# data.tokenizer is not set");
  }

  @Test
  void rendersJsonWithOriginsApart() {
    var json = ConfigFactory.parseString(Configs.compose("train.steps=5").renderJson());
    assertThat(json.getInt("config.train.steps")).isEqualTo(5);
    assertThat(json.getObject("origins").get("train.steps").unwrapped())
        .isEqualTo("command line: train.steps=5");
  }

  @Test
  void aStoredFileNamesItselfInProblems() throws IOException {
    var file = Configs.write(
        folder, "config.conf", Configs.compose().render().replace("seed = 42", "sede = 42"));
    assertThatThrownBy(() -> ResolvedConfig.read(RunConfig.SCHEMA, file))
        .hasMessage(file + ":2: sede is not known; did you mean seed?\n" + file
            + ": seed is missing; it is a whole number");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "output=x",
        "train.log-every=3",
        "data.workers=3",
        "eval.top-k=5",
        "dro.ema=0.5",
        "pipeline.weightings=[mean]",
        "device.visible-gpus=[1]",
        "device.memory-growth=false",
        "device.memory-fraction=0.5",
        "device.inter-op-threads=1",
        "device.soft-placement=false"
      })
  void theFingerprintIgnoresWhatTeachesNothing(String argument) {
    var changed = Configs.compose(argument);
    assertThat(changed.fingerprint()).isEqualTo(Configs.compose().fingerprint());
    assertThat(changed.differences(Configs.compose())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=1",
        "train.batch-size=3",
        "stage=finetune",
        "data.domains=[a]",
        "model=mini",
        "device.placement=cpu",
        "device.intra-op-threads=1"
      })
  void theFingerprintSeesWhatChangesTheWeights(String argument) {
    assertThat(Configs.compose(argument).fingerprint())
        .isNotEqualTo(Configs.compose().fingerprint());
  }

  @Test
  void namesDifferencesWithBothValues() {
    var here = Configs.compose("seed=1", "data.prompts.a={query=x, passage=\"\"}");
    assertThat(here.differences(Configs.compose("data.tokenizer=t.json")).stream()
            .map(ResolvedConfig.Difference::toString))
        .containsExactly(
            "seed: 1 here, 42 there",
            "data.tokenizer: not set here, \"t.json\" there",
            "data.prompts.a.query: \"x\" here, not set there",
            "data.prompts.a.passage: \"\" here, not set there",
            "data.prompts: not set here, {} there");
  }

  /** A run of an earlier build, which wrote target modules of adapters that it did not have, is the same run. */
  @Test
  void targetModulesWithoutAdaptersAreNoDifference() throws IOException {
    var resolved = Configs.compose();
    var line = "model.lora.target-modules = []";
    assertThat(resolved.render()).contains(line);
    var file = Files.writeString(
        folder.resolve("config.conf"),
        resolved.render().replace(line, "model.lora.target-modules = [q_proj, k_proj]"));
    assertThat(resolved.differences(file)).isEmpty();
  }

  /** Recorded so that a change of keys, their order or the form of values shows. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | 20810dff8ad1a8b80463de3a340c75073f57cc1bdb0f7e9a78d8deb4082633f3",
        "stage=dro dro.reference=runs/reference | cdbc485e00b033ee1d6eb9de40a486cd434c2153188eb68f4f2dbc0d7e0f98dd",
        "stage=dro dro=reference-code dro.reference=runs/reference dro.optimizer=rmsprop | 72b2dd8757a246d70df7a269fb9c7261defd64b377feb9c13a0fda9bfb01ccd4",
        "stage=finetune model=mini data.weights=runs/w.json | 62942eb196df95cae126bde9b3a61171bbdc1a0f3ff89ec1a8eb4a7ae73f7eb7",
        "model=llama3-8b model.path=m model.lora.rank=8 model.lora.target-modules=[q_proj,k_proj,v_proj,o_proj] loss.matryoshka-dimensions=[32,64] loss.matryoshka-weights=[1,0.5,2] loss.distillation.weight=0.3 |"
            + " 33e1692faa624f1b7f9eec4145d23c7e225449b1852baa453b430cc30b54b168",
        "model=checkpoint model.path=m model.lora.rank=8 model.lora.target-modules=[q_proj,k_proj,v_proj,o_proj] model.lora.adapter=a experiment=paper | 7c37f970a9440d140e942abdf6b4929575c2e2c3fcd0e381f1004a07e41e5df7",
        "model=bert-base data.vocabulary=6000 data.query-length=32 data.passage-length=96 train.steps=300 train.batch-size=64 train.learning-rate=5e-3 train.precision=mixed-bfloat16 train.optimizer=sgd data.prompts.a.query=x data.prompts.a.passage=y data.fold=first |"
            + " 49b6e1ffeb8c08199c8bfaccf5cf46d73509289bef753ba9f0d186c9a22eea4e",
      })
  void fingerprintsHold(String arguments, String fingerprint) {
    var given = arguments == null ? new String[0] : arguments.split(" ");
    assertThat(Configs.compose(given).fingerprint()).isEqualTo(fingerprint);
  }
}
