package org.tdro.retriever.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.huggingface.DenseModule;
import org.tdro.huggingface.PoolingConfig;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.keras.Weight;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.Projection;
import org.tdro.retriever.BaseCheckpoint;
import org.tdro.retriever.Encoder;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * A published folder as a retriever. Where no file names a pooling, it is the last token of a
 * decoder and the mean of an encoder.
 */
public record PretrainedRetriever(PublishedFolder folder) implements RetrieverSource {
  private static final Logger LOG = LoggerFactory.getLogger(PretrainedRetriever.class);

  @Override
  public Path path() {
    return folder.path();
  }

  @Override
  public RetrieverSettings settings() {
    var architecture = folder.architecture();
    var usual = architecture instanceof DecoderArchitecture ? Pooling.LASTTOKEN : Pooling.MEAN;
    var spec = new RetrieverSpec(
            architecture,
            folder.pooling().map(PretrainedRetriever::pooling).orElse(usual),
            projections(),
            folder.normalize())
        .with(folder.lora());
    return RetrieverSettings.builder(spec)
        .lengths(folder.maxLength(), folder.maxLength())
        .prompts(folder.prompts())
        .similarity(folder.similarity())
        .base(folder.adapters().isPresent() ? BaseCheckpoint.of(folder.base()) : null)
        .build();
  }

  private List<Projection> projections() {
    return folder.dense().stream().map(DenseModule::projection).toList();
  }

  private static Pooling pooling(PoolingConfig.Mode mode) {
    return switch (mode) {
      case CLS -> Pooling.CLS;
      case MEAN -> Pooling.MEAN;
      case LASTTOKEN -> Pooling.LASTTOKEN;
      case MAX -> Pooling.MAX;
      case MEAN_SQRT_LEN_TOKENS -> Pooling.MEAN_SQRT_LEN_TOKENS;
      case WEIGHTEDMEAN -> Pooling.WEIGHTEDMEAN;
    };
  }

  /**
   * Whether an end token is appended to every text unless {@code tokenizer.json} does that: where the folder asks for it, and where
   * the last token is pooled although the model was not published as a retriever that does.
   */
  public boolean appendsEndToken(Pooling pooling) {
    boolean asked = folder.tokenizer().filter(TokenizerFolder::asksForEndToken).isPresent();
    boolean published =
        folder.pooling().filter(PoolingConfig.Mode.LASTTOKEN::equals).isPresent();
    return asked || (pooling == Pooling.LASTTOKEN && !published);
  }

  @Override
  public Optional<Path> tokenizer(Pooling pooling, Path scratch) {
    if (folder.leavesSpecialTokensOut()) {
      return folder
          .tokenizer()
          .map(files -> files.withoutSpecialTokens(scratch.resolve("tokenizer.json")));
    }
    if (!appendsEndToken(pooling)) {
      return folder.tokenizer().map(files -> files.tokenizerJson());
    }
    return folder.tokenizer().map(files -> {
      var appended = files.withEndToken(scratch.resolve("tokenizer.json"));
      if (appended.changed()) {
        LOG.info("{}: {} is appended to every text", files.path(), appended.token());
      }
      return appended.tokenizerJson();
    });
  }

  @Override
  public String fingerprint() {
    return folder.fingerprint();
  }

  /** Returns the weights of the backbone; the folder may have other projections, or none. */
  @Override
  public List<Weight> replaced(Encoders encoders) {
    return encoders.backboneWeights();
  }

  @Override
  public void load(Ops tf, Session session, Encoders encoders) {
    if (!folder.unknownKeys().isEmpty()) {
      LOG.warn(
          "keys that are not known here, and change no embedding here: {}",
          String.join(", ", folder.unknownKeys()));
    }
    long added = 0;
    for (var encoder : encoders.distinct()) {
      // Those that another encoder lends are loaded with it.
      if (!encoder.backboneWeights().isEmpty()) {
        added = folder.load(tf, session, encoder.backboneWeights());
      }
      folder.adapters().ifPresent(adapters -> adapters.load(tf, session, encoder.loraKernels()));
      loadProjections(tf, session, encoder);
    }
    if (added > 0) {
      LOG.info(
          "{}: the tokenizer has {} ids more than the model has embeddings; theirs start as the mean of the others",
          path(),
          added);
    }
  }

  /** Reads the projections, where the folder has the encoder's; otherwise they keep their initial values. */
  private void loadProjections(Ops tf, Session session, Encoder encoder) {
    var layers = encoder.projections();
    var published = folder.dense();
    if (layers.isEmpty() || published.isEmpty()) {
      return;
    }
    if (encoder.spec().projections().equals(projections())) {
      for (int i = 0; i < layers.size(); i++) {
        published.get(i).load(tf, session, layers.get(i));
      }
    } else {
      LOG.warn(
          "{} has {} after the pooling, the model {}, which starts from random weights",
          path(),
          projections(),
          encoder.spec().projections());
    }
  }
}
