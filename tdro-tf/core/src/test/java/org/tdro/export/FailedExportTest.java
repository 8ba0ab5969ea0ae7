package org.tdro.export;

import static org.tdro.retriever.Held.assertNothingHeldBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.serving.client.IdType;
import org.tdro.text.TextKind;
import org.tensorflow.proto.SavedModel;

/** Exports that fail half way when they are loaded, after the tokenizer was opened or TensorFlow's objects were. */
class FailedExportTest {
  @TempDir
  Path folder;

  private Path version;

  @BeforeEach
  void write() {
    version = folder.resolve("1");
    SmallExport.write(SmallExport.retriever(folder.resolve("model")), IdType.INT32, version);
  }

  private static void truncate(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
  }

  @Test
  void aTokenizerThatIsCutOff() throws IOException {
    truncate(version.resolve("assets/tokenizer.json"));
    assertNothingHeldBy(() -> ExportedRetriever.load(version));
  }

  @Test
  void aTokenizerThatIsMissing() throws IOException {
    Files.delete(version.resolve("assets/tokenizer.json"));
    assertNothingHeldBy(() -> ExportedRetriever.load(version)).isInstanceOf(InputException.class);
  }

  @Test
  void aGraphThatIsCutOff() throws IOException {
    truncate(version.resolve("saved_model.pb"));
    assertNothingHeldBy(() -> ExportedRetriever.load(version));
  }

  @Test
  void aGraphThatIsMissing() throws IOException {
    Files.delete(version.resolve("saved_model.pb"));
    assertNothingHeldBy(() -> ExportedRetriever.load(version));
  }

  /** The graph is in memory before its variables are looked for. */
  @Test
  void variablesThatAreMissing() throws IOException {
    Files.delete(version.resolve("variables/variables.data-00000-of-00001"));
    assertNothingHeldBy(() -> ExportedRetriever.load(version));
  }

  @Test
  void variablesThatAreCutOff() throws IOException {
    truncate(version.resolve("variables/variables.data-00000-of-00001"));
    assertNothingHeldBy(() -> ExportedRetriever.load(version));
  }

  @Test
  void aSignatureThatIsMissing() throws IOException {
    var file = version.resolve("saved_model.pb");
    var saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    saved.getMetaGraphsBuilder(0).removeSignatureDef(RetrieverSignatures.ENCODE_QUERY);
    Files.write(file, saved.build().toByteArray());
    try (var exported = ExportedRetriever.load(version)) {
      assertNothingHeldBy(() -> exported.encode(TextKind.QUERY, "", List.of("a")))
          .hasMessageContaining(RetrieverSignatures.ENCODE_QUERY);
    }
  }
}
