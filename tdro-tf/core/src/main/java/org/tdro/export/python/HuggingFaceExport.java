package org.tdro.export.python;

import java.nio.file.Path;
import java.util.Optional;
import org.tdro.huggingface.CheckpointWriter;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.AtomicWrite;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.StoredRetriever;
import org.tdro.retriever.store.SentenceTransformersWriter;
import org.tdro.text.TextKind;

/**
 * Exports a retriever as a model's folder in Hugging Face's form with the files of sentence-transformers, for Python: adapters are
 * merged into the weights, values go from the session to the files in groups.
 */
public final class HuggingFaceExport {
  private final DType type;
  private final long maxShardBytes;
  private final ModelCard card;

  /**
   * An export with weights of that type.
   *
   * @param type F32 or BF16
   * @param maxShardBytes bytes of tensors that a file may hold
   * @param card what its README says
   */
  public HuggingFaceExport(DType type, long maxShardBytes, ModelCard card) {
    this.type = type;
    this.maxShardBytes = maxShardBytes;
    this.card = card;
  }

  /** As {@link #export(StoredRetriever, RetrieverSettings, Optional, Path)}, of a retriever with one encoder. */
  public void export(StoredRetriever stored, RetrieverSettings settings, Path output) {
    export(stored, settings, Optional.empty(), output);
  }

  /**
   * Writes a retriever to a folder that must not exist yet.
   *
   * @param settings the stored ones or changed ones
   * @param side whose encoder; needed where queries and passages have their own
   * @throws IllegalArgumentException listing what the form has no counterpart of; nothing is left behind then
   */
  public void export(
      StoredRetriever stored, RetrieverSettings settings, Optional<TextKind> side, Path output) {
    var files = new SentenceTransformersWriter(settings);
    ExportedSide.of(settings, side);
    NewFolder.check(output);
    AtomicWrite.folder(output, beside -> {
      var tokenizer = ExportedTokenizer.write(stored, settings, files.maxLength(), beside);
      var folder = new HuggingFaceFolder(beside);
      var spec = settings.spec();
      folder.writeConfig(spec.architecture(), type, tokenizer.padding(), tokenizer.end());
      try (var model = new EncoderModel(spec, 0)) {
        model.load(stored);
        var encoder = model.encoders().of(ExportedSide.of(settings, side));
        new CheckpointWriter(model.tf(), model.session(), type)
            .model(
                beside,
                spec.architecture(),
                encoder.backboneWeights(),
                encoder.loraKernels(),
                maxShardBytes);
        files.write(
            beside,
            encoder.projection(),
            new CheckpointWriter(model.tf(), model.session(), DType.F32));
      }
      card.write(beside, settings, ModelCard.Library.SENTENCE_TRANSFORMERS);
    });
  }
}
