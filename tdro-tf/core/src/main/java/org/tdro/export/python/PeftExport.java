package org.tdro.export.python;

import java.io.IOException;
import java.nio.file.Path;
import org.tdro.huggingface.AdapterConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.CheckpointWriter;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.retriever.Encoder;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.text.SpecialTokens;

/** Exports the adapters of a retriever in PEFT's form; the model that they adapt stays where it is. */
public final class PeftExport extends PythonExport {

  /** Creates an export whose README is {@code card}. */
  public PeftExport(PythonModelCard card) {
    super(card, PythonModelCard.Library.PEFT);
  }

  /**
   * Checks that the retriever consists of adapters and their base.
   *
   * @throws org.tdro.io.InputException if the base is gone or holds other weights
   */
  @Override
  void check(RetrieverSource source, RetrieverSettings settings) {
    var spec = settings.spec();
    if (!spec.lora().adapts()) {
      throw new IllegalArgumentException(
          source.path()
              + " has no adapters: all of its weights were trained; export it with --format huggingface");
    }
    int published = settings.base().open().architecture().vocabulary();
    if (published != spec.architecture().vocabulary()) {
      throw new IllegalArgumentException(
          "%s has %d token embeddings and its base %d, which adapters cannot hold; export it with --format huggingface"
              .formatted(source.path(), spec.architecture().vocabulary(), published));
    }
  }

  @Override
  void write(
      Path folder,
      RetrieverSettings settings,
      SpecialTokens tokens,
      EncoderModel model,
      Encoder encoder)
      throws IOException {
    new AdapterFolder(folder)
        .write(
            new AdapterConfig(settings.base().folder(), settings.spec().lora()),
            new CheckpointWriter(model.tf(), model.session(), DType.F32),
            encoder.loraKernels());
  }
}
