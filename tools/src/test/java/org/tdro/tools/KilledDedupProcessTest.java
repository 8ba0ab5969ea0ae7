package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} while {@code tdro data dedup} writes. */
class KilledDedupProcessTest {
  private static final int KILLED = 137;
  private static final List<String> DEDUP =
      List.of("data", "dedup", "rows", "--within", "--output", "clean");

  @TempDir
  Path folder;

  @Test
  void leavesNoFolderAndTheNextOneIsWhole() throws Exception {
    Files.createDirectories(folder.resolve("rows"));
    Files.write(
        folder.resolve("rows/a.jsonl"),
        IntStream.range(0, 30_000)
            .mapToObj(i ->
                "{\"query_id\":\"%d\",\"query\":\"query number %d\",\"positive_passages\":[{\"text\":\"answer\"}]}"
                    .formatted(i, i))
            .toList());
    try (var process = TdroProcess.start(folder, DEDUP)) {
      process.until(() -> beside().length > 0);
      process.kill().with(KILLED);
    }
    assertThat(folder.resolve("clean")).doesNotExist();
    TdroProcess.run(folder, DEDUP).with(0);
    assertThat(Files.readAllLines(folder.resolve("clean/a.jsonl"))).hasSize(30_000);
    assertThat(beside()).isEmpty();
  }

  /** The folders that are written to before they are complete. */
  private String[] beside() {
    return folder.toFile().list((at, name) -> name.startsWith(".clean."));
  }
}
