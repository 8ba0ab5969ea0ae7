package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} while {@code tdro export} writes: what a server that watches the folder sees is whole. */
class KilledExportProcessTest {
  private static final int KILLED = 137;

  @TempDir
  Path folder;

  private List<String> export() {
    return List.of("export", "--model", "run", "--output", "served", "--precision", "int8");
  }

  private Path served(String path) {
    return folder.resolve("served").resolve(path);
  }

  private void train() throws IOException, InterruptedException {
    SmallRuns.writeData(folder);
    TdroProcess.run(folder, new ArrayList<>(SmallRuns.train("reference", "run")))
        .with(0);
  }

  @Test
  void aKilledExportLeavesNoVersionAndTheNextOneIsWhole() throws Exception {
    train();
    // While variables are written, while the assets are, while the fresh process checks.
    for (var written : List.of("variables", "assets/tokenizer.json", "assets.extra")) {
      killWhen(() -> halfDone().anyMatch(half -> Files.exists(half.resolve(written))));
      assertThat(numbers()).as("killed when there was %s", written).isEmpty();
    }
    TdroProcess.run(folder, export()).with(0);
    assertThat(numbers()).containsExactly("1");
    for (var file : List.of(
        "saved_model.pb",
        "variables/variables.index",
        "assets/retriever.json",
        "assets/tokenizer.json",
        "assets/README.md",
        "assets.extra/tf_serving_warmup_requests")) {
      assertThat(served("1").resolve(file)).isNotEmptyFile();
    }
    assertThat(halfDone()).isEmpty();
  }

  private void killWhen(BooleanSupplier moment) throws IOException, InterruptedException {
    try (var process = TdroProcess.start(folder, export())) {
      process.until(moment);
      process.kill().with(KILLED);
    }
  }

  /** The folders that an export writes to before it is complete. */
  private Stream<Path> halfDone() {
    var names = folder.resolve("served").toFile().list((at, name) -> name.startsWith(".1."));
    return names == null ? Stream.of() : Stream.of(names).map(this::served);
  }

  private String[] numbers() {
    return folder.resolve("served").toFile().list((at, name) -> name.matches("[0-9]+"));
  }
}
