package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.testing.Classifier;

class StepFoldersTest {
  @TempDir
  Path parent;

  private StepFolders folders() {
    return new StepFolders(parent, "model-");
  }

  private void save(long... steps) {
    try (var model = new Classifier(1)) {
      for (long step : steps) {
        model.save(folders().folder(step));
      }
    }
  }

  @Test
  void stepsComeInTheOrderOfNumbers() {
    save(100, 20, 3);
    assertThat(folders().steps()).containsExactly(3L, 20L, 100L);
    assertThat(folders().newest()).hasValue(100);
  }

  @Test
  void foldersOfOtherNamesOrWithoutAModelDoNotCount() throws IOException {
    save(3);
    Files.createDirectories(parent.resolve("model-4"));
    Files.move(parent.resolve("model-3"), parent.resolve("model-3b"));
    assertThat(folders().steps()).isEmpty();
  }

  @Test
  void aParentThatIsNotThereHasNoSteps() {
    assertThat(new StepFolders(parent.resolve("none"), "model-").newest()).isEmpty();
  }

  @Test
  void deletingLeavesTheOthers() {
    save(1, 2);
    folders().delete(1);
    assertThat(parent).isDirectoryNotContaining(path -> !path.endsWith("model-2"));
  }
}
