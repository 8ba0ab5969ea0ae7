package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tdro.retriever.Held.assertNothingHeldBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.io.InputException;
import org.tdro.keras.Batch;
import org.tdro.models.lora.Lora;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tdro.retriever.embeddings.FileEncoding;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.text.TextKind;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TInt32;

/** Retrievers that fail half way, after TensorFlow's objects were opened. */
class FailedLoadTest {
  @TempDir
  Path folder;

  private RetrieverFolder trained() {
    return SmallRetriever.write(folder.resolve("model"), SmallRetriever.mini());
  }

  private Path published() throws IOException {
    var model = SmallCheckpoint.write(folder.resolve("qwen2"), 5);
    Files.delete(model.resolve("tokenizer.json"));
    return model;
  }

  @Test
  void aTokenizerThatDoesNotFitTheModel() {
    var small = SmallRetriever.write(folder.resolve("small"), SmallRetriever.staticOf(257));
    assertNothingHeldBy(() -> StoredRetrievers.load(small.path()))
        .isInstanceOf(InputException.class);
  }

  @Test
  void settingsOfAnotherShapeThanTheWeights() throws IOException {
    var retriever = trained();
    var json = new JsonMapper();
    var settings = (ObjectNode) json.readTree(retriever.settingsFile().toFile());
    ((ObjectNode) settings.get("spec").get("architecture")).put("feedForward", 24);
    json.writeValue(retriever.settingsFile().toFile(), settings);
    assertNothingHeldBy(() -> StoredRetrievers.load(retriever.path()))
        .hasMessageContaining("intermediate/dense");
  }

  @Test
  void settingsOfMoreWeightsThanThereAre() throws IOException {
    var retriever = trained();
    var json = new JsonMapper();
    var settings = (ObjectNode) json.readTree(retriever.settingsFile().toFile());
    ((ObjectNode) settings.get("spec").get("architecture")).put("layers", 3);
    json.writeValue(retriever.settingsFile().toFile(), settings);
    assertNothingHeldBy(() -> StoredRetrievers.load(retriever.path()))
        .hasMessageContaining("layer/2");
  }

  @Test
  void weightsThatAreCutOff() throws IOException {
    var retriever = trained();
    try (var data = FileChannel.open(
        retriever.weights().resolve("variables.data-00000-of-00001"), StandardOpenOption.WRITE)) {
      data.truncate(data.size() / 2);
    }
    assertNothingHeldBy(() -> StoredRetrievers.load(retriever.path()));
  }

  @Test
  void weightsThatAreMissing() throws IOException {
    var retriever = trained();
    try (var files = Files.list(retriever.weights())) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    assertNothingHeldBy(() -> StoredRetrievers.load(retriever.path()));
  }

  @Test
  void aPublishedConfigurationOfAnotherShapeThanTheTensors() throws IOException {
    var config = published().resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("_size\":24", "_size\":32"));
    assertNothingHeldBy(() -> StoredRetrievers.load(config.getParent()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mlp.up_proj.weight is [24, 16]");
  }

  @Test
  void aPublishedConfigurationOfMoreTensorsThanThereAre() throws IOException {
    var config = published().resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("_layers\":2", "_layers\":3"));
    assertNothingHeldBy(() -> StoredRetrievers.load(config.getParent()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layers.2.mlp.up_proj.weight [24, 16] is missing");
  }

  /** The tensors are fed to the session before it is known. */
  @Test
  void publishedValuesThatAreNotFinite() throws IOException {
    var model = published();
    try (var file =
        FileChannel.open(model.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1}), file.size() - 4);
    }
    assertNothingHeldBy(() -> StoredRetrievers.load(model))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds values that are not finite");
  }

  @Test
  void adaptersOfModulesThatTheModelDoesNotHave() throws IOException {
    var stored = StoredRetrievers.of(published());
    var settings = stored.settings();
    var lora = new Lora(2, 4, 0, List.of("q_proj", "no_proj"));
    assertNothingHeldBy(() -> Retriever.load(
            stored, settings.with(settings.spec().with(lora)), ConfigProto.getDefaultInstance()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the model does not have no_proj; choose from q_proj");
  }

  /** The encoder's matrices want two dimensions, and TensorFlow sees three only when it runs. */
  @Test
  void aBatchThatTheGraphRefuses() {
    try (var model = new EncoderModel(SmallRetriever.mini(), 3)) {
      assertNothingHeldBy(() -> {
        try (var batch = new Batch(
            Map.of(
                EncoderModel.INPUT_IDS, TInt32.tensorOf(Shape.of(2, 3)),
                EncoderModel.ATTENTION_MASK, TInt32.tensorOf(Shape.of(2, 2))),
            2)) {
          model.predict(TextKind.QUERY, batch).close();
        }
      });
    }
  }

  @Test
  void aModelWhoseWeightingOfRowsWantsAReference() {
    var options = new ContrastiveOptions(
        new ContrastiveLoss(0.1f, ContrastiveLoss.Negatives.IN_BATCH),
        2,
        1,
        false,
        ComputeOptions.PLAIN,
        Optional.of(new ContrastiveModel.Reference(SmallRetriever.mini(), false)),
        Optional.empty());
    assertNothingHeldBy(() -> new ContrastiveModel(
            SmallRetriever.mini(), options, 1, ConfigProto.getDefaultInstance()))
        .hasMessageContaining("this weighting of rows needs none");
  }

  @Test
  void aFileOfTextsWithAWrongLine() throws IOException {
    var texts = folder.resolve("texts.jsonl");
    Files.writeString(texts, "{\"text\": \"a\"}\n{\"text\": 7}\n");
    var target = folder.resolve("embeddings.arrow");
    try (var retriever = StoredRetrievers.load(trained().path())) {
      var encoding = new FileEncoding(retriever, TextKind.QUERY, "", TokenEncoding.DEFAULT);
      assertNothingHeldBy(() -> encoding.run(texts, target)).isInstanceOf(InputException.class);
      assertThatThrownBy(() -> Files.size(target)).isInstanceOf(IOException.class);
    }
  }
}
