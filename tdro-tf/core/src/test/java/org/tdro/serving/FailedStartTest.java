package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tdro.retriever.Held.assertNothingHeldBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.export.SmallExport;
import org.tdro.serving.client.IdType;
import org.tensorflow.proto.SavedModel;

/** Servers that fail half way, after they listen or after their model was loaded. */
class FailedStartTest {
  @TempDir
  Path folder;

  private Path version;

  @BeforeEach
  void write() {
    version = folder.resolve("1");
    SmallExport.write(SmallExport.retriever(folder.resolve("model")), IdType.INT32, version);
  }

  @AfterEach
  void noThreadIsLeft() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("batches of ") || name.startsWith("watch for "));
  }

  @Test
  void aFolderWithoutAVersion() throws IOException {
    var empty = Files.createDirectory(folder.resolve("empty"));
    assertNothingHeldBy(() -> ModelServer.start(empty, ServerOptions.local()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTokenizerThatIsMalformed() throws IOException {
    Files.writeString(version.resolve("assets/tokenizer.json"), "{}");
    assertNothingHeldBy(() -> ModelServer.start(version, ServerOptions.local()));
  }

  /** Its variables are read once the graph is in memory. */
  @Test
  void variablesThatAreMissing() throws IOException {
    Files.delete(version.resolve("variables/variables.index"));
    assertNothingHeldBy(() -> ModelServer.start(version, ServerOptions.local()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be served");
  }

  @Test
  void aModelWithoutASignatureThatIsServed() throws IOException {
    edit(saved -> saved.getMetaGraphsBuilder(0).clearSignatureDef());
    assertNothingHeldBy(() -> ModelServer.start(version, ServerOptions.local()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no signature takes input_ids and attention_mask");
  }

  /** Known only when the signature is run for the first time. */
  @Test
  void aSignatureThatCannotBeRun() throws IOException {
    edit(saved -> {
      var signature = saved.getMetaGraphsBuilder(0).getSignatureDefOrThrow("score").toBuilder();
      signature.putOutputs(
          "score",
          signature.getOutputsOrThrow("score").toBuilder().setName("no_such:0").build());
      saved.getMetaGraphsBuilder(0).putSignatureDef("score", signature.build());
    });
    assertNothingHeldBy(() -> ModelServer.start(version, ServerOptions.local()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be served");
  }

  @Test
  void aPortThatIsTaken() {
    try (var first = ModelServer.start(version, ServerOptions.local())) {
      int port = first.uri().getPort();
      var endpoint =
          new ServerOptions.Endpoint("127.0.0.1", port, OptionalInt.of(0), Optional.empty());
      var options = ServerOptions.local().with(endpoint);
      assertNothingHeldBy(() -> ModelServer.start(version, options));
    }
  }

  private interface Edit {
    void change(SavedModel.Builder saved);
  }

  private void edit(Edit edit) throws IOException {
    var file = version.resolve("saved_model.pb");
    var saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    edit.change(saved);
    Files.write(file, saved.build().toByteArray());
  }
}
