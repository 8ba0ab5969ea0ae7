package org.tdro.retrieval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.keras.Weight;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.huggingface.HuggingFaceFolder;
import org.tdro.text.AppendedEndToken;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * A model's folder in Hugging Face's form as a retriever. Pooling, normalisation, lengths and prompts are those of the
 * sentence-transformers files beside the model; without such files a decoder's last token is pooled and an encoder's mean,
 * normalised.
 */
record PublishedRetriever(HuggingFaceFolder folder) implements StoredRetriever {
  private static final Logger log = LoggerFactory.getLogger(PublishedRetriever.class);
  private static final int DEFAULT_LENGTH = 512;

  @Override
  public Path path() {
    return folder.path();
  }

  @Override
  public RetrieverSettings settings() {
    var architecture = folder.architecture();
    var files = SentenceTransformersFiles.read(folder.path());
    var pooling = files
        .pooling()
        .orElse(architecture instanceof DecoderArchitecture ? Pooling.LASTTOKEN : Pooling.MEAN);
    int length = Math.min(architecture.maxPositions(), files.maxLength().orElse(DEFAULT_LENGTH));
    var spec = new RetrieverSpec(architecture, pooling, 0, files.normalize().orElse(true));
    return new RetrieverSettings(spec, length, length, files.prompts());
  }

  @Override
  public Optional<Path> tokenizer(Pooling pooling, Path scratch) {
    if (!Files.exists(folder.tokenizer())) {
      return Optional.empty();
    }
    if (pooling != Pooling.LASTTOKEN) {
      return Optional.of(folder.tokenizer());
    }
    var appended =
        AppendedEndToken.write(new TokenizerFolder(path()), scratch.resolve("tokenizer.json"));
    if (appended.changed()) {
      log.info(
          "{}: {} is put behind every text, since its state is pooled", path(), appended.token());
    }
    return Optional.of(appended.tokenizerJson());
  }

  @Override
  public String fingerprint() {
    return folder.fingerprint();
  }

  /** Rows of token embeddings that the folder lacks keep their initial values. */
  @Override
  public List<Weight> replaced(Encoder encoder) {
    return List.of();
  }

  @Override
  public void load(Ops tf, Session session, Encoder encoder) {
    long added = folder.weights().load(tf, session, encoder.backboneWeights());
    if (added > 0) {
      log.info(
          "{}: the tokenizer has {} ids more than the model has embeddings; theirs are drawn at random",
          path(),
          added);
    }
  }
}
