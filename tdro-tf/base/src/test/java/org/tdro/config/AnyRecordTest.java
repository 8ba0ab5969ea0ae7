package org.tdro.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Composition and binding of a record that this project does not use. */
class AnyRecordTest {
  @TempDir
  Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    write(
        "config.conf",
        "mode = survey",
        "number = 7",
        "log = logs",
        "defaults { mirror = large, night = all }",
        "modes.off.mirror.width = 0.5");
    write(
        "mirror/large.conf",
        "width = 2.5",
        "focus-metres = 10",
        "focus-steps = 3",
        "curved = yes",
        "coating = silver");
    write("mirror/small.conf", "include \"large.conf\"", "width = 1");
    write(
        "night/all.conf", "targets = sky", "exposures = [1, 2.5]", "modes = [off, single-target]");
    write(
        "plan/dark.conf", "filters { red { from = 600, to = 700 }, \"u.v\" { from = 1, to = 2 } }");
  }

  private void write(String name, String... lines) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  private ConfigComposer<Telescope> composer() {
    return new ConfigComposer<>(Telescope.SCHEMA, List.of(folder));
  }

  private ResolvedConfig<Telescope> compose(String... arguments) {
    return composer().compose(List.of(arguments));
  }

  @Test
  void everyKindOfComponentIsBound() {
    assertThat(compose("plan=dark", "dome.shutter.seconds=1e-3", "mode=single-target")
            .config())
        .isEqualTo(new Telescope(
            Telescope.Mode.SINGLE_TARGET,
            7,
            Path.of("logs"),
            new Telescope.Mirror(2.5f, new Telescope.Focus(10, 3), "silver", true),
            new Telescope.Night(
                "sky",
                List.of(1.0, 2.5),
                List.of(Telescope.Mode.PARKED, Telescope.Mode.SINGLE_TARGET)),
            5,
            "none",
            Map.of("red", new Telescope.Filter(600, 700), "u.v", new Telescope.Filter(1, 2)),
            Optional.of(new Telescope.Dome(new Telescope.Shutter(0.001)))));
  }

  @Test
  void whatIsNotNamedIsEmptyOrTheGroupsOption() {
    var config = compose("mirror=small").config();
    assertThat(config.dome()).isEmpty();
    assertThat(config.filters()).isEmpty();
    assertThat(config.mirror().width()).isEqualTo(1);
  }

  @Test
  void aVariantHasASectionOfItsOwn() {
    var resolved = compose("mode=off");
    assertThat(resolved.config().mirror().width()).isEqualTo(0.5f);
    assertThat(resolved.origin("mirror.width")).isEqualTo(folder.resolve("config.conf") + ":5");
  }

  @Test
  void aFolderMayBeGivenToAGroup() {
    assertThat(compose("night=" + folder).config().night().targets()).isEqualTo(folder.toString());
  }

  @Test
  void keysAreWrittenInTheirOrderAndReadBack() throws IOException {
    var resolved = compose("plan=dark");
    assertThat(resolved.render().lines().map(line -> line.replaceFirst(" +#.*", "")))
        .containsSubsequence(
            "mirror.width = 2.5",
            "mirror.coating = \"silver\"",
            "mirror.focus-metres = 10",
            "mirror.focus-steps = 3",
            "mirror.curved = true",
            "night.modes = [off, single-target]",
            "filters.\"u.v\".from = 1");
    var file = Files.writeString(folder.resolve("stored.conf"), resolved.render());
    var stored = ResolvedConfig.read(Telescope.SCHEMA, file);
    assertThat(stored.config()).isEqualTo(resolved.config());
    assertThat(stored.fingerprint()).isEqualTo(resolved.fingerprint());
    assertThat(resolved.differences(file)).isEmpty();
  }

  @Test
  void theFingerprintSeesWhatDecides() {
    var survey = compose();
    assertThat(compose("log=elsewhere").fingerprint()).isEqualTo(survey.fingerprint());
    assertThat(compose("night.exposures=[3]").differences(survey))
        .extracting(ResolvedConfig.Difference::toString)
        .containsExactly("night.exposures: [3] here, [1, 2.5] there");
    assertThat(compose("mode=off", "night.exposures=[3]").fingerprint())
        .isEqualTo(compose("mode=off").fingerprint());
  }

  @Test
  void aKeyThatWasAddedLaterChangesNothingAtItsDefault() throws IOException {
    var now = compose();
    var before = Files.writeString(
        folder.resolve("before.conf"),
        now.render()
            .lines()
            .filter(line -> !line.startsWith("patience") && !line.startsWith("guide"))
            .collect(Collectors.joining("\n")));
    assertThat(now.differences(before)).isEmpty();
    assertThat(compose("patience=5", "guide=none").fingerprint()).isEqualTo(now.fingerprint());
    assertThat(compose("patience=6").differences(before))
        .extracting(ResolvedConfig.Difference::toString)
        .containsExactly("patience: 6 here, not set there");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mirror.widht=1 | mirror.widht is not known; did you mean mirror.width?",
        "mirror.focus-step=1 | mirror.focus-step is not known; did you mean mirror.focus-steps?",
        "seconds=1 | seconds is not known; did you mean dome.shutter.seconds?",
        "mode=of | mode must be one of survey, single-target, off, was \"of\"; did you mean off?",
        "number=1.5 | number must be a whole number, was \"1.5\"",
        "mirror.curved=perhaps | mirror.curved must be true or false, was \"perhaps\"",
        "mirror.width=0 | mirror.width must be above 0, was 0.0",
        "mirror.focus-metres=0 | mirror.focus-metres must be above 0, was 0.0",
        "mirror.focus-steps=0 | mirror.focus-steps must be at least 1, was 0",
        "filters.red={from=2, to=1} | filters.red.to must be above from = 2, was 1",
        "filters=[1] | filters must be a section { … }, was a list",
        "night.exposures={a=1} | night.exposures must be a list, was a section",
        "night.targets=no/folder | night.targets names no/folder, which does not exist",
        "modes.of.number=1 | modes.of is not a mode; did you mean modes.off?",
        "modes.off.numbre=1 | modes.off.numbre is not known; did you mean modes.off.number?",
      })
  void aProblemNamesItsArgumentAndKey(String argument, String problem) {
    assertThat(problems(argument)).containsExactly("command line: " + argument + ": " + problem);
  }

  @Test
  void missingKeysNameTheFileOfTheirGroup() {
    assertThat(problems("mirror.width=null", "dome.shutter={}"))
        .containsExactly(
            folder.resolve("mirror/large.conf") + ": mirror.width is missing; it is a number",
            folder.resolve("config.conf") + ": dome.shutter.seconds is missing; it is a number");
  }

  @Test
  void keysThatAreMissingInAnEntryOfTheUsersAreMissingThere() {
    assertThat(problems("filters.red.from=1", "filters={blue={to=2}}"))
        .containsExactly(
            "command line: filters={blue={to=2}}: filters.blue.from is missing; it is a whole number",
            "command line: filters.red.from=1: filters.red.to is missing; it is a whole number");
  }

  @Test
  void inlinedPartsAreCheckedTogether() {
    assertThat(problems("mirror.focus-steps=0", "mirror.width=wide", "night=none", "plan=drak"))
        .containsExactlyInAnyOrder(
            "command line: mirror.focus-steps=0: mirror.focus-steps must be at least 1, was 0",
            "command line: mirror.width=wide: mirror.width must be a number, was \"wide\"",
            "command line: night=none is neither an option of night (all) nor a folder of targets",
            "command line: plan=drak: plan has no option drak (there are dark); did you mean plan=dark?");
  }

  private List<String> problems(String... arguments) {
    return catchThrowableOfType(
            ConfigException.class, () -> composer().composeForRun(List.of(arguments)))
        .problems();
  }

  @Test
  void aSchemaNamesOnlyWhatThereIs() {
    assertThatThrownBy(() -> new ConfigSchema<>(Telescope.class).variants("mood", "moods"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no component mood");
  }

  private record Unordered(int a, int b) {}

  @KeyOrder({"a", "c"})
  private record WronglyOrdered(int a, int b) {}

  private record Twice(
      int width, @Inline Unordered inner, @Key("a") int other) {}

  @Test
  void mistakesInARecordAreThoseOfTheProgrammer() {
    assertThatThrownBy(() -> RecordKeys.ordered(WronglyOrdered.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must name every key once");
    assertThatThrownBy(() -> RecordKeys.components(Twice.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("two components have the key a");
  }

  @Test
  void filesThatIncludeThemselvesAreNamed() throws IOException {
    write("mirror/self.conf", "include \"self.conf\"");
    write("mirror/one.conf", "include \"two.conf\"");
    write("mirror/two.conf", "include \"one.conf\"");
    assertThatThrownBy(() -> compose("mirror=self"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("self.conf: includes self.conf, which includes this file");
    assertThatThrownBy(() -> compose("mirror=one"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("two.conf: includes one.conf, which includes this file");
  }

  @Test
  void nothingIsFetched() throws IOException {
    write("mirror/far.conf", "include url(\"http://localhost:1/far.conf\")");
    assertThatThrownBy(() -> compose("mirror=far"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("far.conf: includes http://localhost:1/far.conf: nothing is fetched");
  }

  @Test
  void anEmptyPathIsNotTheWorkingFolder() {
    assertThatThrownBy(() -> compose("log="))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("log must be a path, was \"\"");
  }
}
