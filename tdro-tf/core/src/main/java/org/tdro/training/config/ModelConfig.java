package org.tdro.training.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.tdro.config.ConfigException;
import org.tdro.config.Inline;
import org.tdro.config.InputFile;
import org.tdro.config.KeyOrder;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.huggingface.DenseModule;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.Checks;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.Projection;
import org.tdro.models.Rope;
import org.tdro.models.StaticArchitecture;
import org.tdro.models.lora.Lora;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.text.Similarity;

/**
 * Settings of the encoder of queries and passages.
 *
 * @param kind architecture
 * @param path a Hugging Face folder that training starts from; absent to start from random weights
 * @param vocabulary token ids; 0 for as many as the tokenizer has
 * @param hidden width of the token states
 * @param projection width of the embedding after a linear map; 0 for the maps of {@code path}, if it has any, else for none
 * @param layers transformer layers
 * @param heads attention heads a layer
 * @param feedForward width between the two products of a feed-forward block
 * @param maxPositions longest sequence, in tokens
 * @param normEpsilon constant that norms add under the root
 * @param dropout share of states set to 0 in training
 * @param attentionDropout share of attention weights set to 0 in training
 * @param encoder settings that only kind encoder has
 * @param decoder settings that only kind decoder has
 * @param untied whether queries and passages have separate encoders; both start from {@code path}
 * @param lora adapters that are trained in place of the checkpoint's weights
 * @param pooling pooling of token states into one embedding
 * @param normalize whether the retriever's embeddings are divided by their L2 norm
 * @param similarity measure by which embeddings are compared, in training, too: the cosine also where the retriever does not normalise
 * @param initializerRange standard deviation of initial weights
 */
public record ModelConfig(
    Kind kind,

    @InputFile(
        value = InputFile.Kind.FOLDER,
        remedy =
            "nothing is downloaded: fetch the files of the model, for example with hf download, and name their folder")
    Optional<Path> path,

    int vocabulary,
    int hidden,
    int projection,
    int layers,
    int heads,
    int feedForward,
    int maxPositions,
    double normEpsilon,
    double dropout,
    double attentionDropout,
    Optional<Encoder> encoder,
    Optional<Decoder> decoder,
    boolean untied,
    Adapters lora,
    Pooling pooling,
    boolean normalize,
    Similarity similarity,
    double initializerRange) {

  /** The architectures. */
  public enum Kind {
    /** Token embeddings, pooled. */
    STATIC,
    /** A transformer shaped like BERT or RoBERTa. */
    ENCODER,
    /** A language model shaped like Llama, Mistral or Qwen2, without its head. */
    DECODER,
    /** The architecture that the {@code config.json} in {@code path} describes; keys of the shape are 0 or absent. */
    CHECKPOINT
  }

  /**
   * The part of a shape that only a BERT-shaped encoder has.
   *
   * @param typeVocabulary token types; 0 for none
   * @param positionPaddingId id that RoBERTa's positions skip and start after; -1 for BERT's, which count every token
   */
  public record Encoder(int typeVocabulary, int positionPaddingId) {
    public Encoder {
      new Checks()
          .atLeast(0, "typeVocabulary", typeVocabulary)
          .atLeast(BertArchitecture.COUNT_ALL, "positionPaddingId", positionPaddingId)
          .done();
    }
  }

  /**
   * The part of a shape that only a decoder has.
   *
   * @param keyValueHeads heads of keys and values, of which {@code model.heads} is a multiple
   * @param headSize width of a head
   * @param rope rotary positions
   * @param attentionBias maps of the attention that have a bias
   * @param slidingWindow tokens that a token attends to, itself included; 0 for all before it
   * @param firstWindowLayer layers before this one attend to all
   */
  public record Decoder(
      int keyValueHeads,
      int headSize,
      @Inline(prefix = "rope-") Rope rope,
      AttentionBias attentionBias,
      int slidingWindow,
      int firstWindowLayer) {

    /** Sets of the attention's maps that have a bias. */
    public enum AttentionBias {
      /** No map, as in Llama. */
      NONE,
      /** The maps to queries, keys and values, as in Qwen2. */
      INPUTS,
      /** All maps, the output's included. */
      ALL
    }

    public Decoder {
      new Checks()
          .atLeast(1, "keyValueHeads", keyValueHeads)
          .atLeast(2, "headSize", headSize)
          .that(headSize % 2 == 0, "headSize must be even, was " + headSize)
          .atLeast(0, "slidingWindow", slidingWindow)
          .atLeast(0, "firstWindowLayer", firstWindowLayer)
          .done();
    }
  }

  /**
   * Low-rank adapters: the weights of {@code model.path} stay unchanged, and small matrices that are added to its maps are trained.
   *
   * @param options rank 0 to train all weights instead
   * @param adapter PEFT's folder of adapters that training starts from, of this rank, alpha and target modules; absent to start
   *     from new ones, whose B is zero
   */
  @KeyOrder({"rank", "alpha", "dropout", "adapter", "target-modules"})
  public record Adapters(
      @Inline Lora options,
      @InputFile(InputFile.Kind.FOLDER) Optional<Path> adapter) {
    public Adapters {
      // Without adapters the names have no meaning; configurations of earlier builds have some.
      options = options.adapts() ? options : options.with(List.of());
      new Checks()
          .that(
              options.adapts() || adapter.isEmpty(),
              "adapter must be absent where rank is 0: give model.lora.rank as its adapter_config.json does")
          .done();
    }
  }

  public ModelConfig {
    var checks = new Checks()
        .atLeast(0, "vocabulary", vocabulary)
        .atLeast(0, "projection", projection)
        .rate("dropout", dropout)
        .rate("attentionDropout", attentionDropout)
        .positive("initializerRange", initializerRange)
        .that(
            kind != Kind.CHECKPOINT || path.isPresent(),
            "path is missing: kind checkpoint takes its shape from a Hugging Face folder; give model.path=FOLDER")
        .that(
            !lora.options().adapts() || kind != Kind.STATIC,
            "lora.rank must be 0 for kind static, which has no maps to adapt")
        .that(
            (kind == Kind.ENCODER) == encoder.isPresent(),
            "encoder must be given for kind encoder, and only for it")
        .that(
            (kind == Kind.DECODER) == decoder.isPresent(),
            "decoder must be given for kind decoder, and only for it");
    if (kind == Kind.CHECKPOINT) {
      absent(checks, kind, "hidden", hidden);
    } else {
      checks.atLeast(1, "hidden", hidden);
    }
    if (kind == Kind.STATIC || kind == Kind.CHECKPOINT) {
      absent(checks, kind, "layers", layers);
      absent(checks, kind, "heads", heads);
      absent(checks, kind, "feedForward", feedForward);
      absent(checks, kind, "maxPositions", maxPositions);
      absent(checks, kind, "normEpsilon", normEpsilon);
    } else {
      checks
          .atLeast(1, "layers", layers)
          .atLeast(1, "heads", heads)
          .atLeast(1, "feedForward", feedForward)
          .atLeast(2, "maxPositions", maxPositions)
          .positive("normEpsilon", normEpsilon)
          .that(
              kind != Kind.ENCODER || heads < 1 || hidden % heads == 0,
              "hidden must be a multiple of heads = " + heads + ", was " + hidden)
          .that(
              decoder.map(Decoder::keyValueHeads).filter(n -> heads % n != 0).isEmpty(),
              "heads must be a multiple of decoder.key-value-heads, was " + heads);
    }
    checks.done();
  }

  private static void absent(Checks checks, Kind kind, String name, double value) {
    checks.that(value == 0, name + " must be 0 for kind " + word(kind) + ", was " + value);
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the retriever that is trained, whose inner products are the similarity, for token ids below {@code tokenizerSize}.
   *
   * @throws ConfigException listing the keys whose values differ from the checkpoint's
   * @throws org.tdro.io.InputException if the checkpoint's shape is not supported
   */
  public RetrieverSpec spec(int tokenizerSize) {
    boolean unitLength = normalize || similarity == Similarity.COSINE;
    return new RetrieverSpec(architecture(tokenizerSize), pooling, projections(), unitLength)
        .untied(untied)
        .with(adapters());
  }

  /**
   * Returns the adapters that are trained. Those of {@code lora.adapter} go where they were, if {@code lora.target-modules} names
   * nothing.
   */
  private Lora adapters() {
    var options = lora.options();
    return options.targetModules().isEmpty() && lora.adapter().isPresent()
        ? options.with(new AdapterFolder(lora.adapter().get()).config().lora().targetModules())
        : options;
  }

  /**
   * Returns the adapters that are trained, for the shape of the model in {@code path}.
   *
   * @throws IllegalArgumentException naming the target modules that the model does not have, and what it has
   */
  public Lora adaptation() {
    return PublishedFolder.open(path.orElseThrow()).architecture().adaptation(adapters());
  }

  /** Returns the longest text of the model, in tokens. */
  public int positions() {
    return architecture(1).maxPositions();
  }

  private List<Projection> projections() {
    if (projection > 0) {
      return List.of(Projection.linear(projection));
    }
    return path.map(PublishedFolder::open).map(PublishedFolder::dense).stream()
        .flatMap(List::stream)
        .map(DenseModule::projection)
        .toList();
  }

  /**
   * Returns the shape of the backbone. A checkpoint has its own shape, and keys that describe one must agree with it. Dropout belongs to
   * training and always comes from the keys.
   */
  private Architecture architecture(int tokenizerSize) {
    if (path.isEmpty()) {
      return described(vocabulary == 0 ? tokenizerSize : vocabulary);
    }
    var folder = PublishedFolder.open(path.get());
    var published = folder
        .architecture()
        .withTraining((float) dropout, (float) attentionDropout, (float) initializerRange);
    if (kind != Kind.CHECKPOINT) {
      // Compared at the checkpoint's number of ids, which the tokenizer may exceed.
      check(described(published.vocabulary()), published, folder);
    }
    int asked = Math.max(vocabulary, tokenizerSize);
    return asked > published.vocabulary() ? published.withVocabulary(asked) : published;
  }

  private Architecture described(int ids) {
    return switch (kind) {
      case STATIC -> new StaticArchitecture(ids, hidden, (float) initializerRange);
      case ENCODER -> bert(encoder.orElseThrow(), ids);
      case DECODER -> decoder(decoder.orElseThrow(), ids);
      case CHECKPOINT -> throw new IllegalStateException("a checkpoint describes itself");
    };
  }

  private BertArchitecture bert(Encoder own, int ids) {
    return BertArchitecture.builder(ids, hidden, layers, heads)
        .feedForward(feedForward)
        .positions(maxPositions, own.positionPaddingId())
        .typeVocabulary(own.typeVocabulary())
        .normEpsilon((float) normEpsilon)
        .dropout((float) dropout, (float) attentionDropout)
        .initializerRange((float) initializerRange)
        .build();
  }

  private DecoderArchitecture decoder(Decoder own, int ids) {
    return DecoderArchitecture.builder(ids, hidden, layers, heads)
        .keyValueHeads(own.keyValueHeads())
        .headSize(own.headSize())
        .feedForward(feedForward)
        .maxPositions(maxPositions)
        .rope(own.rope())
        .normEpsilon((float) normEpsilon)
        .inputBias(own.attentionBias() != Decoder.AttentionBias.NONE)
        .outputBias(own.attentionBias() == Decoder.AttentionBias.ALL)
        .slidingWindow(own.slidingWindow(), own.firstWindowLayer())
        .attentionDropout((float) attentionDropout)
        .initializerRange((float) initializerRange)
        .build();
  }

  private void check(Architecture described, Architecture published, PublishedFolder folder) {
    if (described.equals(published)) {
      return;
    }
    var problems = new ArrayList<String>();
    problems.add(
        "model describes another shape than %s; choose the option of that model, or model=checkpoint, which takes any:"
            .formatted(folder.configFile()));
    if (described.getClass() != published.getClass()) {
      problems.add("  model.kind is %s here, which the checkpoint is not".formatted(word(kind)));
    } else {
      problems.addAll(differences(described, published));
    }
    throw new ConfigException(problems);
  }

  private static List<String> differences(Architecture described, Architecture published) {
    var differences = new ArrayList<String>();
    for (var component : described.getClass().getRecordComponents()) {
      try {
        var here = component.getAccessor().invoke(described);
        var there = component.getAccessor().invoke(published);
        if (!Objects.equals(here, there)) {
          differences.add("  %s: %s here, %s there".formatted(component.getName(), here, there));
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return differences;
  }
}
