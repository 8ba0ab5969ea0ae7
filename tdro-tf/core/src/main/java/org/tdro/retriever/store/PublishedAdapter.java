package org.tdro.retriever.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.PublishedBase;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.StoredRetriever;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * PEFT's adapters and the model that they name as a retriever. The tokenizer and the sentence-transformers files are those
 * beside the adapters or, where there are none, those of the model.
 */
public record PublishedAdapter(AdapterFolder folder) implements StoredRetriever {

  @Override
  public Path path() {
    return folder.path();
  }

  @Override
  public RetrieverSettings settings() {
    var base = folder.base();
    var settings = SentenceTransformersFiles.read(files(base)).settings(base.architecture());
    return new RetrieverSettings(
        settings.spec().with(folder.config().lora()),
        settings.queryLength(),
        settings.passageLength(),
        settings.prompts(),
        settings.matryoshkaDimensions(),
        PublishedBase.of(base));
  }

  /** Where it stands what becomes of the backbone's states. */
  private Path files(HuggingFaceFolder base) {
    boolean own = Files.exists(path().resolve(SentenceTransformersFiles.MODULES));
    return own ? path() : base.path();
  }

  @Override
  public Optional<Path> tokenizer(Pooling pooling, Path scratch) {
    var own = new HuggingFaceFolder(path());
    return PublishedRetriever.tokenizer(
        Files.exists(own.tokenizer()) ? own : folder.base(), pooling, scratch);
  }

  @Override
  public String fingerprint() {
    var base = folder.base();
    var weights = folder.fingerprint() + ' ' + base.fingerprint();
    return PublishedRetriever.fingerprint(
        files(base), Sha256.of(weights.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public List<Weight> replaced(Encoders encoders) {
    return encoders.backboneWeights();
  }

  @Override
  public void load(Ops tf, Session session, Encoders encoders) {
    var base = folder.base();
    for (var encoder : encoders.distinct()) {
      // Frozen weights that another encoder lends are there already.
      if (!encoder.frozenWeights().isEmpty()) {
        base.weights().load(tf, session, encoder.frozenWeights());
      }
      folder.load(tf, session, encoder.loraKernels());
      PublishedRetriever.loadProjection(tf, session, files(base), encoder);
    }
  }
}
