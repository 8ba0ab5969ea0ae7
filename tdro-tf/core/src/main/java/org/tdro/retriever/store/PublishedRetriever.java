package org.tdro.retriever.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.retriever.Encoder;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.StoredRetriever;
import org.tdro.text.AppendedEndToken;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * A model's folder in Hugging Face's form as a retriever. Pooling, normalisation, lengths and prompts are those of the
 * sentence-transformers files beside the model; without such files a decoder's last token is pooled and an encoder's mean,
 * normalised.
 */
public record PublishedRetriever(HuggingFaceFolder folder) implements StoredRetriever {
  private static final Logger LOG = LoggerFactory.getLogger(PublishedRetriever.class);

  @Override
  public Path path() {
    return folder.path();
  }

  @Override
  public RetrieverSettings settings() {
    return SentenceTransformersFiles.read(path()).settings(folder.architecture());
  }

  @Override
  public Optional<Path> tokenizer(Pooling pooling, Path scratch) {
    return tokenizer(folder, pooling, scratch);
  }

  /** That of a folder, with an end token where the last one is pooled; empty if it has none. */
  static Optional<Path> tokenizer(HuggingFaceFolder folder, Pooling pooling, Path scratch) {
    if (!Files.exists(folder.tokenizer())) {
      return Optional.empty();
    }
    if (pooling != Pooling.LASTTOKEN) {
      return Optional.of(folder.tokenizer());
    }
    var appended = AppendedEndToken.write(
        new TokenizerFolder(folder.path()), scratch.resolve("tokenizer.json"));
    if (appended.changed()) {
      LOG.info(
          "{}: {} is put behind every text, since its state is pooled",
          folder.path(),
          appended.token());
    }
    return Optional.of(appended.tokenizerJson());
  }

  @Override
  public String fingerprint() {
    return fingerprint(path(), folder.fingerprint());
  }

  /** With the projection beside the weights, if there is one. */
  static String fingerprint(Path folder, String weights) {
    return SentenceTransformersFiles.dense(folder)
        .map(dense ->
            Sha256.of((weights + ' ' + dense.fingerprint()).getBytes(StandardCharsets.UTF_8)))
        .orElse(weights);
  }

  /** Not the projection: the folder may have one of another size, or none. */
  @Override
  public List<Weight> replaced(Encoders encoders) {
    return encoders.backboneWeights();
  }

  @Override
  public void load(Ops tf, Session session, Encoders encoders) {
    long added = 0;
    for (var encoder : encoders.distinct()) {
      // Those that another encoder lends are loaded with it.
      if (!encoder.backboneWeights().isEmpty()) {
        added = folder.weights().load(tf, session, encoder.backboneWeights());
      }
      loadProjection(tf, session, path(), encoder);
    }
    if (added > 0) {
      LOG.info(
          "{}: the tokenizer has {} ids more than the model has embeddings; theirs start as the mean of the others",
          path(),
          added);
    }
  }

  /** Reads the projection, where the folder has one of the encoder's size; another one is the encoder's own affair. */
  static void loadProjection(Ops tf, Session session, Path folder, Encoder encoder) {
    if (encoder.projection().isEmpty()) {
      return;
    }
    var kernel = encoder.projection().get();
    SentenceTransformersFiles.dense(folder).ifPresent(dense -> {
      if (dense.out() == kernel.shape().get(1)) {
        dense.load(tf, session, kernel);
      } else {
        LOG.warn(
            "{} projects to {}, the model to {}: its projection starts anew",
            dense.folder(),
            dense.out(),
            kernel.shape().get(1));
      }
    });
  }
}
