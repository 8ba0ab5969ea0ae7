package org.tdro.huggingface;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.huggingface.SentenceModules.Kind;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.keras.Weight;
import org.tdro.models.Architecture;
import org.tdro.models.lora.Lora;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * The folder of a published retriever: a backbone (transformers), adapters of one (PEFT) or a table of token vectors, and how its states become
 * embeddings (sentence-transformers). It is read whole when it is opened, so that every key that changes what is computed is
 * either computed or refused by name; weights are read when they are loaded.
 */
public final class PublishedFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PublishedFolder.class);

  /** Begins the line of the licence in a model card. */
  private static final String LICENCE = "license:";

  /** The longest text of a backbone that was published without sentence-transformers' files, in tokens. */
  private static final int USUAL_LENGTH = 512;

  private final Path path;
  private final Path transformer;
  private final Optional<StaticModule> table;
  private final Optional<AdapterFolder> adapters;
  private final Optional<AdapterConfig> adapterConfig;
  private final Optional<PublishedFolder> base;
  private final Optional<? extends Architecture> architecture;
  private final TokenizerFolder tokenizer;
  private final Sentence sentence;
  private final List<String> keysWithoutEffect;
  private final List<String> unknownKeys;

  /** The content of sentence-transformers' files. */
  private record Sentence(
      SentenceModules modules,
      Optional<PoolingConfig> pooling,
      List<DenseModule> dense,
      TransformerConfig transformer,
      PromptsConfig prompts) {

    static Sentence read(
        Path path, Path transformer, SentenceModules modules, FolderReading reading) {
      boolean isStatic = modules.folder(Kind.STATIC_EMBEDDING).isPresent();
      var sentence = new Sentence(
          modules,
          isStatic
              ? Optional.of(new PoolingConfig(PoolingConfig.Mode.MEAN, true))
              : pooling(path, modules, reading),
          modules.folders(Kind.DENSE).stream()
              .map(folder -> DenseModule.read(folder, reading))
              .toList(),
          isStatic
              ? new TransformerConfig(OptionalInt.empty(), false)
              : TransformerConfig.read(transformer, reading),
          PromptsConfig.read(path, reading));
      for (var kind : List.of(Kind.DROPOUT, Kind.NORMALIZE)) {
        modules
            .folders(kind)
            .forEach(folder -> SentenceModules.requireEmbedding(
                PublishedJson.readIfPresent(folder.resolve(ConfigJson.NAME), reading)));
      }
      if (!sentence.prompts.isEmpty()
          && sentence.pooling.filter(config -> !config.includePrompt()).isPresent()) {
        reading.problem(
            "%s: include_prompt is false, but a pooling without the tokens of the prompt is not computed here; set it to true, which changes the embeddings, or remove the prompts from config_sentence_transformers.json"
                .formatted(poolingFolder(path, modules).resolve(ConfigJson.NAME)));
      }
      return sentence;
    }

    private static Path poolingFolder(Path path, SentenceModules modules) {
      return modules.folder(Kind.POOLING).orElse(path.resolve("1_Pooling"));
    }

    /** Reads the pooling; empty if no module is listed and there is no file in the usual place. */
    private static Optional<PoolingConfig> pooling(
        Path path, SentenceModules modules, FolderReading reading) {
      var file = poolingFolder(path, modules).resolve(ConfigJson.NAME);
      if (modules.folder(Kind.POOLING).isPresent()) {
        return PoolingConfig.read(PublishedJson.read(file, reading));
      }
      var json = PublishedJson.readIfPresent(file, reading);
      return json.isEmpty() ? Optional.empty() : PoolingConfig.read(json);
    }
  }

  private PublishedFolder(Path path, FolderReading reading) {
    this.path = path;
    var modules = SentenceModules.read(path, reading);
    this.table = modules.folder(Kind.STATIC_EMBEDDING).map(StaticModule::new);
    this.transformer = table
        .map(StaticModule::folder)
        .or(() -> modules.folder(Kind.TRANSFORMER))
        .orElse(path)
        .normalize();
    // If a folder holds both adapters and a backbone, PEFT takes the adapters and the base that
    // they
    // name.
    this.adapters = Optional.of(new AdapterFolder(transformer))
        .filter(folder -> folder.exists() && table.isEmpty());
    this.adapterConfig = adapters.flatMap(folder ->
        AdapterConfig.read(PublishedJson.read(transformer.resolve(AdapterConfig.NAME), reading)));
    this.base = adapterConfig.flatMap(config -> base(config, reading));
    this.architecture = architecture(reading);
    adapterConfig.ifPresent(config -> architecture.ifPresent(
        shape -> config.check(shape, transformer.resolve(AdapterConfig.NAME), reading)));
    var own = new TokenizerFolder(transformer);
    this.tokenizer = own.exists() ? own : base.map(folder -> folder.tokenizer).orElse(own);
    this.sentence = modules.isEmpty() && base.isPresent()
        ? base.get().sentence
        : Sentence.read(path, transformer, modules, reading);
    architecture.ifPresent(shape -> checkSizes(shape, reading));
    if (table.isEmpty()) {
      checkTokenizer(reading);
    } else {
      checkTable(reading);
    }
    this.keysWithoutEffect = reading.withoutEffect();
    this.unknownKeys = reading.unknown();
  }

  /**
   * Whether a folder looks like a published one: it has a {@code config.json}, adapters, or modules that are kept apart.
   */
  public static boolean isOne(Path path) {
    return Files.exists(path.resolve(ConfigJson.NAME))
        || new AdapterFolder(path).exists()
        || Files.exists(path.resolve(SentenceModules.NAME));
  }

  /** Returns the licence that the head of a folder's {@code README.md} names; empty if there is none. */
  public static Optional<String> licence(Path path) {
    var card = path.resolve("README.md");
    if (!Files.isRegularFile(card)) {
      return Optional.empty();
    }
    try (var lines = Files.lines(card)) {
      return lines
          .skip(1)
          .takeWhile(line -> !line.equals("---"))
          .filter(line -> line.startsWith(LICENCE))
          .map(line -> line.substring(LICENCE.length()).strip())
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{}: cannot be read, so its licence is not known: {}", card, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Reads a folder.
   *
   * @throws InputException listing everything that is wrong, missing or not computed here, each with its file and key
   */
  public static PublishedFolder open(Path path) {
    var reading = new FolderReading();
    var folder = new PublishedFolder(path, reading);
    reading.check();
    return folder;
  }

  /**
   * Writes the {@code config.json} of a backbone.
   *
   * @param type element type of the weights
   * @param pad id of the padding token, if it is known
   * @param end id of the token that ends a text, if it is known
   * @throws IllegalArgumentException listing the parts of the shape that no published model has
   */
  public static void writeConfig(
      Path folder, Architecture architecture, DType type, OptionalInt pad, OptionalInt end)
      throws IOException {
    ConfigJson.write(folder, architecture, type, pad, end);
  }

  private Optional<? extends Architecture> architecture(FolderReading reading) {
    if (table.isPresent()) {
      // model2vec's own settings, which sentence-transformers does not read.
      PublishedJson.readIfPresent(path.resolve(ConfigJson.NAME), reading);
      return table.get().read(reading);
    }
    return adapters.isPresent()
        ? base.flatMap(folder -> folder.architecture)
        : ConfigJson.read(PublishedJson.read(transformer.resolve(ConfigJson.NAME), reading));
  }

  /** Checks that a table of vectors has a tokenizer, whose ids it has, and which cuts texts as it is done here. */
  private void checkTable(FolderReading reading) {
    try {
      tokenizer.cutLength();
    } catch (InputException e) {
      e.problems().forEach(reading::problem);
    }
  }

  /** Opens the model that adapters belong to, a folder by its absolute path or relative to theirs. */
  private Optional<PublishedFolder> base(AdapterConfig config, FolderReading reading) {
    var folder = transformer.resolve(config.base()).normalize();
    if (!isOne(folder)) {
      reading.problem(
          "%s: base_model_name_or_path is %s, but there is no %s; fetch that model and name its folder"
              .formatted(
                  transformer.resolve(AdapterConfig.NAME),
                  config.base(),
                  folder.resolve(ConfigJson.NAME)));
      return Optional.empty();
    }
    return Optional.of(new PublishedFolder(folder, reading));
  }

  /** Checks that each map takes what the one before it returns. */
  private void checkSizes(Architecture shape, FolderReading reading) {
    int size = shape.hidden();
    for (var dense : sentence.dense) {
      if (dense.in() != size) {
        reading.problem("%s: in_features is %d, but what comes before returns %d components"
            .formatted(dense.folder().resolve(ConfigJson.NAME), dense.in(), size));
      }
      size = dense.projection().size();
    }
  }

  /** Checks the files that may ask for more than {@code tokenizer.json}, which is followed here. */
  private void checkTokenizer(FolderReading reading) {
    if (!tokenizer.exists()) {
      return;
    }
    try {
      tokenizer.problems().forEach(reading::problem);
      var config = tokenizer.config();
      config.keys().forEach(key -> reading.elsewhere(config.file(), key));
      if (sentence.transformer.lowercase() && !tokenizer.lowercases()) {
        reading.problem(
            "%s: sentence_bert_config.json has do_lower_case, but tokenizer.json keeps the case of texts; put a Lowercase normalizer there"
                .formatted(transformer));
      }
    } catch (InputException e) {
      reading.problem(e.getMessage());
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** The file that describes the backbone. */
  public Path configFile() {
    if (table.isPresent()) {
      return table.get().file();
    }
    return base.map(PublishedFolder::configFile)
        .orElseGet(() -> transformer.resolve(ConfigJson.NAME));
  }

  /** The shape of the backbone. */
  public Architecture architecture() {
    return architecture.orElseThrow();
  }

  /** The adapters of the backbone; none where the folder holds its weights. */
  public Lora lora() {
    return adapterConfig.map(AdapterConfig::lora).orElse(Lora.NONE);
  }

  /** The matrices of the adapters, if there are any. */
  public Optional<AdapterFolder> adapters() {
    return adapters;
  }

  /** The folder of the backbone's weights: the one that adapters name, else this one. */
  public PublishedFolder base() {
    return base.orElse(this);
  }

  /** The pooling of token states, if a file names one. */
  public Optional<PoolingConfig.Mode> pooling() {
    return sentence.pooling.map(PoolingConfig::mode);
  }

  /** The maps after the pooling, in their order. */
  public List<DenseModule> dense() {
    return sentence.dense;
  }

  /** Whether embeddings get length 1; they do where no file lists the modules. */
  public boolean normalize() {
    return sentence.modules.isEmpty() || sentence.modules.folder(Kind.NORMALIZE).isPresent();
  }

  /** Returns the longest text, in tokens: that of sentence-transformers' files, else the tokenizer's, at most the positions. */
  public int maxLength() {
    int positions = architecture().maxPositions();
    if (table.isPresent()) {
      return tokenizer.cutLength().orElse(positions);
    }
    int usual = sentence.modules.isEmpty() ? USUAL_LENGTH : positions;
    int tokens = Math.min(usual, tokenizer.config().maxLength().orElse(usual));
    return Math.min(positions, sentence.transformer.maxLength().orElse(tokens));
  }

  /** The prompts before queries and passages. */
  public Prompts prompts() {
    return sentence.prompts.prompts();
  }

  /** The similarity by which embeddings are compared. */
  public Similarity similarity() {
    return sentence.prompts.similarity();
  }

  /** Whether a text's embedding is made of the vectors of its own tokens, without the special ones that the tokenizer adds. */
  public boolean leavesSpecialTokensOut() {
    return table.isPresent();
  }

  /** The tokenizer; empty if the folder has none and takes only token ids. */
  public Optional<TokenizerFolder> tokenizer() {
    return Optional.of(tokenizer).filter(TokenizerFolder::exists);
  }

  /**
   * Opens the weights of the backbone.
   *
   * @throws InputException if there are none, or they are damaged
   */
  public CheckpointWeights weights() {
    return base.map(PublishedFolder::weights).orElseGet(() -> CheckpointWeights.open(transformer));
  }

  /**
   * Reads the weights of the backbone into {@code weights}.
   *
   * @return number of rows that the table of token embeddings has beyond the stored ones
   * @throws InputException if there are none, or they are damaged or not those of the backbone
   */
  public long load(Ops tf, Session session, List<Weight> weights) {
    if (table.isPresent()) {
      return table.get().load(tf, session, weights.get(0));
    }
    var stored = weights();
    // Training may add tokens; a published vocabulary is stored whole.
    int vocabulary = architecture().vocabulary();
    stored.tokens(weights).filter(table -> table.shape()[0] < vocabulary).ifPresent(table -> {
      throw new InputException("%s: vocab_size is %d, but tensor %s has %d rows"
          .formatted(configFile(), vocabulary, table.name(), table.shape()[0]));
    });
    return stored.load(tf, session, weights);
  }

  /** The keys that were not read because they are known to have no effect on embeddings, each after its file. */
  public List<String> keysWithoutEffect() {
    return keysWithoutEffect;
  }

  /** The keys that were not read because they are not known here, each after its file. */
  public List<String> unknownKeys() {
    return unknownKeys;
  }

  /** Returns a hash of all that training may change: the backbone or its adapters, and the maps after the pooling. */
  public String fingerprint() {
    var weights = adapters
        .map(folder -> Sha256.of(folder.fingerprint() + ' ' + base().backboneFingerprint()))
        .orElseGet(this::backboneFingerprint);
    return sentence.dense.stream()
        .map(DenseModule::fingerprint)
        .reduce(weights, (before, dense) -> Sha256.of(before + ' ' + dense));
  }

  /** Returns a hash of the shape and the weights of the backbone. */
  public String backboneFingerprint() {
    if (base.isPresent()) {
      return base.get().backboneFingerprint();
    }
    try (var files = Files.list(transformer)) {
      var config = transformer.resolve(ConfigJson.NAME);
      var text = new StringBuilder(table.isPresent() ? "static" : Sha256.of(config));
      for (var file : files.sorted().toList()) {
        if (file.toString().endsWith(".safetensors")) {
          text.append(' ').append(file.getFileName()).append(' ').append(Sha256.of(file));
        }
      }
      return Sha256.of(text.toString());
    } catch (IOException e) {
      throw FileException.reading(transformer, e);
    }
  }
}
