package org.tdro.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;

/** The words of every kind of problem. */
class ConfigExceptionTest {
  @TempDir
  Path folder;

  private List<String> problems(String... arguments) {
    return catchThrowableOfType(
            ConfigException.class, () -> Configs.with(folder).composeForRun(List.of(arguments)))
        .problems();
  }

  /** The problems of arguments beside the one that the repository's default training folder does not exist. */
  private List<String> told(String... arguments) {
    return problems(arguments).stream()
        .filter(line -> !line.contains("data.train names"))
        .toList();
  }

  @Test
  void chunksHaveNoLengthGroups() {
    assertThat(told("train.length-groups=4", "train.chunk-size=16"))
        .containsExactly(
            "command line: train.length-groups=4: train.length-groups must be 1 with chunk-size, whose chunks hold texts of like length already, was 4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dro.stepsize=1 | command line: dro.stepsize=1: dro.stepsize is not known; did you mean dro.step-size?",
        "temperature=1 | command line: temperature=1: temperature is not known; did you mean loss.temperature?",
        "modle=mini | command line: modle=mini: modle is not known; did you mean model?",
        "train.steps=few | command line: train.steps=few: train.steps must be a whole number, was \"few\"",
        "train.steps=1.5 | command line: train.steps=1.5: train.steps must be a whole number, was \"1.5\"",
        "train.steps=[1] | command line: train.steps=[1]: train.steps must be a whole number, was a list",
        "train.beta1=x | command line: train.beta1=x: train.beta1 must be a number, was \"x\"",
        "data.lowercase=maybe | command line: data.lowercase=maybe: data.lowercase must be true or false, was \"maybe\"",
        "model.pooling=men | command line: model.pooling=men: model.pooling must be one of cls, mean, lasttoken, max, mean-sqrt-len-tokens, weightedmean, avg-first-last, avg-top2, was \"men\"; did you mean mean?",
        "train.steps=null | configs/train/default.conf: train.steps is missing; it is a whole number",
        "device.placement=gpus | command line: device.placement=gpus: device.placement must be one of auto, cpu, gpu, was \"gpus\"; did you mean gpu?",
        "device.visible-gpus=[0,0] | command line: device.visible-gpus=[0,0]: device.visible-gpus must be different numbers from 0, was [0, 0]",
        "device.visible-gpus=[-1] | command line: device.visible-gpus=[-1]: device.visible-gpus must be different numbers from 0, was [-1]",
        "device.memory-fraction=2 | command line: device.memory-fraction=2: device.memory-fraction must be from 0 to 1, was 2.0",
        "train.steps=0 | command line: train.steps=0: train.steps must be at least 1, was 0",
        "train.length-groups=0 | command line: train.length-groups=0: train.length-groups must be at least 1, was 0",
        "train.length-groups=129 | command line: train.length-groups=129: train.length-groups must be at most batch-size, 128, was 129",
        "dro.subtract-reference=true | command line: dro.subtract-reference=true: dro.subtract-reference must be false where measure is ratio-of-means; see"
            + " dro=excess",
        "stage=dro | configs/dro/paper.conf: dro.reference is missing: stage dro measures its losses against those of a reference run; give dro.reference=RUN or choose dro=raw",
        "loss.matryoshka-dimensions=[32, 32] | command line: loss.matryoshka-dimensions=[32, 32]: loss.matryoshka-dimensions must be distinct and at least 1, were [32, 32]",
        "loss.matryoshka-weights=[1] | command line: loss.matryoshka-weights=[1]: loss.matryoshka-weights must be one for each of matryoshka-dimensions = [] and a"
            + " last one for the whole, were [1.0]",
        "loss.matryoshka-weights=[x] | command line: loss.matryoshka-weights=[x]: loss.matryoshka-weights must be a number, was \"x\"",
        "loss.distillation.weight=2 | command line: loss.distillation.weight=2: loss.distillation.weight must be from 0 to 1, was 2.0",
        "stage=drow | command line: stage=drow: stage must be one of reference, dro, finetune, was \"drow\"; did you mean dro?",
        "dro=papr | command line: dro=papr: dro has no option papr (there are doremi, excess, group-dro, paper, raw, reference-code, robust); did you mean dro=paper?",
        "experiment=x | command line: experiment=x: experiment has no option x (there are paper, quickstart)",
        "data=no/where | command line: data=no/where is neither an option of data (default) nor a folder of training files",
        "bare | command line: bare is neither group=option nor key=value",
        "stages.dor.seed=1 | command line: stages.dor.seed=1: stages.dor is not a stage; did you mean stages.dro?",
        "stages.dro.train.stpes=1 | command line: stages.dro.train.stpes=1: stages.dro.train.stpes is not known; did you mean stages.dro.train.steps?",
        "dro.reference=no/run | command line: dro.reference=no/run: dro.reference names no/run, which does not exist",
        "data.weights=src | command line: data.weights=src: data.weights names src, which is a folder; name a file",
        "dro.reference=pom.xml | command line: dro.reference=pom.xml: dro.reference names pom.xml, which is a file; name a folder",
        "data.weights=no/file | command line: data.weights=no/file: data.weights names no/file, which does not exist; besides files there are uniform, proportional, sqrt, temperature(T) and cap(N); what is learned or searched for belongs into pipeline.weightings",
        "dro.top-percents=[1 | command line: dro.top-percents=[1 is not a list or object in HOCON; strings with one of : # $ @ = need quotes",
        "data.domains=[a, a] | command line: data.domains=[a, a]: data.domains must be different names, was [a, a]",
        "output= | command line: output=: output must be a path, was \"\"",
        "output=${no} | command line: output=${no}: Could not resolve substitution to a value: ${no}",
      })
  void saysWhatIsWrongWithAnArgument(String argument, String problem) {
    assertThat(told(argument).stream()
            .map(line -> line.replace(Configs.BUILT_IN.toString(), "configs")))
        .containsExactly(problem);
  }

  @Test
  void namesOfAHubAreNotDownloaded() {
    assertThatThrownBy(() -> Configs.with(folder)
            .composeForRun(List.of("data=src", "model=checkpoint", "model.path=BAAI/bge-small")))
        .hasMessageContaining(
            "model.path names BAAI/bge-small, which does not exist; nothing is downloaded: fetch");
  }

  @Test
  void namesFileAndLine() throws IOException {
    Configs.write(folder, "dro/mine.conf", "include \"paper.conf\"", "", "stepp-size = 1");
    assertThat(told("dro=mine"))
        .containsExactly(folder.resolve("dro/mine.conf")
            + ":3: dro.stepp-size is not known; did you mean dro.step-size?");
  }

  @Test
  void reportsEverythingAtOnce() throws IOException {
    Configs.write(
        folder,
        "config.conf",
        "defaults { modle = mini }",
        "stages.finetune.train.step = 3",
        "seed = ten");
    var root = folder.resolve("config.conf");
    assertThat(told("bare", "train.steps=0", "train.save-every=0", "loss.temperature=hot"))
        .containsExactlyInAnyOrder(
            "command line: bare is neither group=option nor key=value",
            root + ":1: defaults.modle is not a group; did you mean defaults.model?",
            root
                + ":2: stages.finetune.train.step is not known; did you mean stages.finetune.train.steps?",
            root + ":3: seed must be a whole number, was \"ten\"",
            "command line: train.steps=0: train.steps must be at least 1, was 0",
            "command line: train.save-every=0: train.save-every must be at least 1, was 0",
            "command line: loss.temperature=hot: loss.temperature must be a number, was \"hot\"");
  }

  @Test
  void aValueInPlaceOfASectionHidesNothing() throws IOException {
    Configs.write(folder, "config.conf", "model = 5", "train = [1]");
    Configs.write(folder, "experiment/mine.conf", "model.lora = 7");
    assertThat(told("experiment=mine", "loss.distillation=5", "loss.distillation.weight=0.5"))
        .containsExactlyInAnyOrder(
            folder + "/config.conf:1: model must be a section { … }, was 5",
            folder + "/config.conf:2: train must be a section { … }, was a list",
            folder + "/experiment/mine.conf:1: model.lora must be a section { … }, was 7",
            "command line: loss.distillation=5: loss.distillation must be a section { … }, was 5");
  }

  @Test
  void aRunNeedsItsTrainingFiles() {
    assertThat(problems())
        .containsExactly(Configs.BUILT_IN
            + "/data/default.conf:1: data.train names data/train, which does not exist");
  }

  @Test
  void namesTheLineOfASyntaxError() throws IOException {
    Configs.write(folder, "loss/mine.conf", "temperature = 1", "negatives = {");
    assertThat(told("loss=mine"))
        .singleElement()
        .asString()
        .startsWith(folder.resolve("loss/mine.conf") + ":");
  }

  @Test
  void anIncludedFileMustExist() throws IOException {
    Configs.write(folder, "dro/mine.conf", "include \"papr.conf\"");
    assertThat(told("dro=mine"))
        .containsExactly(
            folder.resolve("dro/mine.conf") + ": includes papr.conf, which does not exist");
  }

  @Test
  void aConfigurationFolderMustExist() {
    var missing = folder.resolve("missing");
    var failure = catchThrowableOfType(
        ConfigException.class,
        () -> new ConfigComposer<>(RunConfig.SCHEMA, List.of(missing)).compose(List.of()));
    assertThat(failure.problems())
        .containsExactly(
            "configuration: " + missing + " is not a folder",
            "configuration: there is no config.conf in " + missing);
  }
}
