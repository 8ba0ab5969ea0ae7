package org.tdro.export.python;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.tdro.huggingface.CheckpointWriter;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.models.StaticArchitecture;
import org.tdro.retriever.Encoder;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.text.SpecialToken;
import org.tdro.text.SpecialTokens;

/** Exports a retriever as a model's folder in Hugging Face's form; adapters are merged into the weights. */
public final class HuggingFaceExport extends PythonExport {
  private final DType type;
  private final long maxShardBytes;

  /**
   * Creates an export with weights of that type.
   *
   * @param type F32 or BF16
   * @param maxShardBytes bytes of tensors that a file may hold
   * @param card the README
   */
  public HuggingFaceExport(DType type, long maxShardBytes, PythonModelCard card) {
    super(card, PythonModelCard.Library.SENTENCE_TRANSFORMERS);
    this.type = type;
    this.maxShardBytes = maxShardBytes;
  }

  @Override
  void check(RetrieverSource source, RetrieverSettings settings) {}

  @Override
  void write(
      Path folder,
      RetrieverSettings settings,
      SpecialTokens tokens,
      EncoderModel model,
      Encoder encoder)
      throws IOException {
    var architecture = settings.spec().architecture();
    var writer = new CheckpointWriter(model.tf(), model.session(), type);
    if (architecture instanceof StaticArchitecture) {
      writer.table(folder, encoder.backboneWeights().get(0));
      return;
    }
    PublishedFolder.writeConfig(folder, architecture, type, id(tokens.padding()), id(tokens.end()));
    writer.model(
        folder, architecture, encoder.backboneWeights(), encoder.loraKernels(), maxShardBytes);
  }

  private static OptionalInt id(Optional<SpecialToken> token) {
    return token.isPresent() ? OptionalInt.of(token.get().id()) : OptionalInt.empty();
  }
}
