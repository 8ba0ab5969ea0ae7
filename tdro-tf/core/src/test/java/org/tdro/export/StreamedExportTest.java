package org.tdro.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.models.StaticArchitecture;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.serving.client.IdType;

/** Weights of 82 MB are exported by a process whose heap holds 48 MB. */
class StreamedExportTest {
  private static final int ROWS = 80_000;
  private static final int COLUMNS = 256;
  private static final long WEIGHT_BYTES = (long) ROWS * COLUMNS * Float.BYTES;

  @TempDir
  static Path folder;

  @BeforeAll
  static void makeARun() {
    var table = new StaticArchitecture(ROWS, COLUMNS, 0.05f);
    SmallRetriever.write(
        folder.resolve("run/model"), new RetrieverSpec(table, Pooling.MEAN, 0, true));
  }

  @ParameterizedTest
  @EnumSource
  void weightsDoNotPassThroughTheHeap(Precision precision) throws Exception {
    var served = folder.resolve(precision.name());
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx48m",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-Dorg.bytedeco.javacpp.maxbytes=0",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Exporter.class.getName(),
            folder.resolve("run").toString(),
            precision.name(),
            served.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("messages").toFile())
        .start();
    assertThat(process.waitFor())
        .as(Files.readString(folder.resolve("messages")))
        .isZero();
    long expected = switch (precision) {
      case FP32 -> WEIGHT_BYTES;
      case BF16 -> WEIGHT_BYTES / 2;
      case INT8 -> WEIGHT_BYTES / 4 + (long) ROWS * Float.BYTES;
    };
    assertThat(storedBytes(served)).isBetween(expected, expected + 10_000);
  }

  private static long storedBytes(Path served) throws Exception {
    try (var files = Files.list(served.resolve("1/variables"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** The command without its command line. */
  static final class Exporter {
    private Exporter() {}

    public static void main(String[] arguments) {
      var stored = StoredRetrievers.of(Path.of(arguments[0]));
      new SavedModelExport(new ExportOptions(IdType.INT32, Precision.valueOf(arguments[1])))
          .export(stored, stored.settings(), Path.of(arguments[2]));
    }
  }
}
