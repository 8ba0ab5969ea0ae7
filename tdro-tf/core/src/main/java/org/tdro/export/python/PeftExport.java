package org.tdro.export.python;

import java.nio.file.Path;
import java.util.Optional;
import org.tdro.huggingface.AdapterConfig;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.CheckpointWriter;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.AtomicWrite;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.StoredRetriever;
import org.tdro.retriever.store.SentenceTransformersWriter;
import org.tdro.text.TextKind;

/** Exports the adapters of a retriever as PEFT's folder, with the files of sentence-transformers beside them; their base stays where it is. */
public final class PeftExport {
  private final ModelCard card;

  /** An export whose README says {@code card}. */
  public PeftExport(ModelCard card) {
    this.card = card;
  }

  /** As {@link #export(StoredRetriever, RetrieverSettings, Optional, Path)}, of a retriever with one encoder. */
  public void export(StoredRetriever stored, RetrieverSettings settings, Path output) {
    export(stored, settings, Optional.empty(), output);
  }

  /**
   * Writes the adapters of a retriever to a folder that must not exist yet.
   *
   * @param side whose encoder; needed where queries and passages have their own
   * @throws IllegalArgumentException if it has none, or listing what the form has no counterpart of
   * @throws org.tdro.io.InputException if their base is gone or holds other weights
   */
  public void export(
      StoredRetriever stored, RetrieverSettings settings, Optional<TextKind> side, Path output) {
    var spec = settings.spec();
    if (!spec.lora().adapts()) {
      throw new IllegalArgumentException(
          stored.path()
              + " has no adapters: all of its weights were trained; export it with --format huggingface");
    }
    int published = settings.base().open().architecture().vocabulary();
    if (published != spec.architecture().vocabulary()) {
      throw new IllegalArgumentException(
          "%s has %d token embeddings and its base %d, which adapters cannot hold; export it with --format huggingface"
              .formatted(stored.path(), spec.architecture().vocabulary(), published));
    }
    var files = new SentenceTransformersWriter(settings);
    ExportedSide.of(settings, side);
    NewFolder.check(output);
    AtomicWrite.folder(output, beside -> {
      ExportedTokenizer.write(stored, settings, files.maxLength(), beside);
      try (var model = new EncoderModel(spec, 0)) {
        model.load(stored);
        var encoder = model.encoders().of(ExportedSide.of(settings, side));
        var writer = new CheckpointWriter(model.tf(), model.session(), DType.F32);
        new AdapterFolder(beside)
            .write(
                new AdapterConfig(settings.base().folder(), spec.lora()),
                writer,
                encoder.loraKernels());
        files.write(beside, encoder.projection(), writer);
      }
      card.write(beside, settings, ModelCard.Library.PEFT);
    });
  }
}
