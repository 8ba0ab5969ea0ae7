package org.tdro.keras.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Model;
import org.tdro.keras.callbacks.Callbacks;
import org.tdro.keras.losses.Losses;
import org.tdro.keras.optimizers.AdamW;
import org.tdro.testing.Checkout;

/** The example of docs/keras.md: it runs, and the guide shows the code that runs. */
class KerasGuideTest {
  private static final Path GUIDE = Checkout.path("docs/keras.md");
  private static final Path SOURCES = Checkout.path("tdro-tf/keras/src/test/java")
      .resolve(KerasGuideTest.class.getPackageName().replace('.', '/'));

  @TempDir
  Path folder;

  private String train(Model model) {
    var bytes = new ByteArrayOutputStream();
    try (model;
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      MoonTraining.train(model, folder, out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static double accuracy(String output) {
    var line = output.lines().filter(each -> each.startsWith("accuracy: ")).findFirst();
    return Double.parseDouble(line.orElseThrow().substring("accuracy: ".length()));
  }

  @Test
  void theFirstModelReadsDigits() {
    var out = System.out;
    var bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      FirstModel.main(new String[0]);
    } finally {
      System.setOut(out);
    }
    var printed = bytes.toString(StandardCharsets.UTF_8).strip();
    assertThat(printed).startsWith("accuracy 0.");
    assertThat(Double.parseDouble(printed.substring("accuracy ".length()))).isGreaterThan(0.9);
  }

  /** What stands between the braces of main, which the guide calls twelve lines. */
  @Test
  void theFirstModelHasAtMostTwelveLines() throws IOException {
    var source = Files.readString(SOURCES.resolve("FirstModel.java"));
    var body = source.substring(source.indexOf("arguments) {\n") + "arguments) {\n".length());
    assertThat(body.substring(0, body.lastIndexOf("  }\n}")).lines()).hasSizeLessThanOrEqualTo(12);
  }

  @Test
  void theModelOfTwoInputsComparesDigits() {
    assertThat(TwoInputs.areaUnderCurve()).isGreaterThan(0.9);
  }

  @Test
  void theStandardCallbacksLeaveALogAndCheckpoints() {
    try (var model = new MoonClassifier(1)) {
      model.compile(
          AdamW.of(0.01), Losses.sparseCategoricalCrossentropy().fromLogits().labels("labels"));
      model.fit(
          new Moons(1, 5, 64), FitOptions.epochs(3).withCallbacks(Callbacks.standard(folder)));
    }
    assertThat(folder.resolve("log.csv")).content().hasLineCount(4);
    assertThat(folder.resolve("checkpoints/checkpoint-15")).isDirectory();
  }

  @Test
  void theExampleLearns() {
    assertThat(accuracy(train(new MoonClassifier(42)))).isGreaterThan(0.95);
  }

  @Test
  void theExampleWithItsOwnStepLearns() {
    assertThat(accuracy(train(new RobustClassifier(42)))).isGreaterThan(0.95);
  }

  @Test
  void theSavedModelPredicts() {
    train(new MoonClassifier(42));
    assertThat(MoonTraining.predict(folder, 0, 1)).isZero();
    assertThat(MoonTraining.predict(folder, 1, -0.5f)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FirstModel",
        "Digits",
        "TwoInputs",
        "Moons",
        "Residual",
        "MoonClassifier",
        "RobustClassifier",
        "MoonTraining"
      })
  void theGuideShowsTheSource(String example) throws IOException {
    var source = Files.readString(SOURCES.resolve(example + ".java"));
    var blocks = new ArrayList<String>();
    var matcher = Pattern.compile("```java\n// (\\w+)\\.java\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(GUIDE));
    while (matcher.find()) {
      if (matcher.group(1).equals(example)) {
        blocks.add(matcher.group(2));
      }
    }
    assertThat(blocks).singleElement().satisfies(block -> {
      assertThat(source).endsWith(block);
      assertThat(source.substring(0, source.length() - block.length()).strip())
          .isEqualTo("package org.tdro.keras.example;");
    });
  }

  @Test
  void theGuideShowsTheSummary() throws IOException {
    try (var model = TwoInputs.model()) {
      assertThat(Files.readString(GUIDE)).contains(model.summary());
    }
  }

  @Test
  void everyJavaBlockOfTheGuideNamesItsSource() throws IOException {
    var guide = Files.readString(GUIDE);
    assertThat(guide.split("```java\n", -1))
        .hasSameSizeAs(guide.split("```java\n// \\w+\\.java\n", -1));
  }
}
