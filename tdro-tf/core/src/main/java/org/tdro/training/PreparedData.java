package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.data.shards.TrainingData;
import org.tdro.data.shards.TrainingDataImport;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.FolderLock;
import org.tdro.io.Sha256;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.store.PretrainedRetriever;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.TrainingTexts;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.PromptVariants;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tdro.text.TokenizerFolder;
import org.tdro.text.WordCounts;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.ModelConfig;
import org.tdro.training.config.RunConfig;

/**
 * A run's tokenizer and its rows as token ids. Both are made once and kept in the cache folder under names that follow from their
 * ingredients, so runs share them. Owns both.
 */
final class PreparedData implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PreparedData.class);
  private static final int KEY_LENGTH = 16;

  private final Tokenizer tokenizer;
  private final TrainingData all;
  private final TrainingData selected;

  private PreparedData(Tokenizer tokenizer, TrainingData all, TrainingData selected) {
    this.tokenizer = tokenizer;
    this.all = all;
    this.selected = selected;
  }

  /**
   * Learns the tokenizer if there is none, tokenises rows that are not in the cache, and opens the domains that the
   * configuration names.
   *
   * @throws org.tdro.io.InputException if the files are malformed
   */
  static PreparedData of(RunConfig config) {
    // Two runs that begin at the same time would make the same files.
    return FolderLock.whenFree(config.data().cache(), () -> prepare(config));
  }

  /**
   * Returns the names of the domains that a run has, which takes neither a tokenizer nor rows.
   *
   * @throws org.tdro.io.InputException if there are no files of rows
   */
  static List<String> domainNames(DataConfig config) {
    return config.domains().isEmpty()
        ? List.copyOf(new ChosenRows(config).members().keySet())
        : config.domains();
  }

  private static PreparedData prepare(RunConfig run) {
    var config = run.data();
    int threads =
        config.workers() > 0 ? config.workers() : Runtime.getRuntime().availableProcessors();
    var chosen = new ChosenRows(config).folder(threads);
    var sources = DomainFiles.sources(List.of(chosen), skipped -> {});
    var tokenizer = tokenizer(run.model(), config, sources, threads);
    var prompts = config.promptVariants(run.seed());
    noteDrawn(prompts, sources.keySet());
    TrainingData data = null;
    try {
      var rows = new TrainingDataImport(
          tokenizer,
          new TrainingDataImport.Options(
              config.queryLength(), config.passageLength(), prompts, threads));
      var folder = config.cache().resolve("rows-" + rowsKey(chosen, config, prompts, tokenizer));
      rows.run(List.of(chosen), folder);
      data = TrainingData.open(folder);
      var selected = config.domains().isEmpty() ? data : data.select(config.domains());
      return new PreparedData(tokenizer, data, selected);
    } catch (RuntimeException e) {
      if (data != null) {
        data.close();
      }
      tokenizer.close();
      throw e;
    }
  }

  /** Returns the name of the folder of rows. Contents are not part of it: the import itself finds which domains have changed. */
  private static String rowsKey(
      Path chosen, DataConfig config, PromptVariants prompts, Tokenizer tokenizer) {
    var first = prompts.first();
    var drawn =
        Stream.of(TextKind.values()).allMatch(kind -> prompts.several(kind).isEmpty())
            ? ""
            : " %s %s %d"
                .formatted(
                    new TreeMap<>(prompts.queries()),
                    new TreeMap<>(prompts.passages()),
                    prompts.seed());
    return cacheKey(String.join(
        " ",
        chosen.toAbsolutePath().normalize().toString(),
        Integer.toString(config.queryLength()),
        Integer.toString(config.passageLength()),
        new TreeMap<>(first.queries()).toString(),
        new TreeMap<>(first.passages()).toString(),
        tokenizer.fingerprint() + drawn));
  }

  /** Says where texts draw one of several prompts. */
  private static void noteDrawn(PromptVariants prompts, Set<String> domainNames) {
    for (var kind : TextKind.values()) {
      var domains = prompts.several(kind).stream()
          .filter(domain -> domain.equals(Prompts.EVERY_TASK) || domainNames.contains(domain))
          .map(domain -> domain.equals(Prompts.EVERY_TASK) ? "domains without their own" : domain)
          .toList();
      if (!domains.isEmpty()) {
        LOG.info(
            "each of the {} of {} draws one of several prompts (seed {}); evaluation, encoding and export take the first",
            kind.plural(),
            String.join(", ", domains),
            prompts.seed());
      }
    }
  }

  /**
   * Opens the tokenizer that the configuration names, or the checkpoint's, or one learned from the rows; the caller closes it.
   *
   * @throws org.tdro.io.InputException if it is missing or damaged, or its end token is not known
   */
  private static Tokenizer tokenizer(
      ModelConfig model, DataConfig data, SortedMap<String, Path> sources, int threads) {
    if (data.tokenizer().isEmpty() && model.path().isEmpty()) {
      return Tokenizer.load(learned(data, sources, threads));
    }
    LOG.info(
        "the tokenizer is that of {}; no vocabulary is learned, so data.vocabulary and data.lowercase have no effect",
        data.tokenizer().or(model::path).orElseThrow());
    return data.tokenizer().isPresent()
        ? named(data.tokenizer().get(), model)
        : Tokenizer.load(published(model.path().get(), model, data.cache()));
  }

  private static Tokenizer named(Path file, ModelConfig model) {
    var tokenizer = Tokenizer.load(file);
    if (model.pooling() == Pooling.LASTTOKEN && tokenizer.appendedToken().isEmpty()) {
      LOG.warn("{} appends no end token, so the pooled state is that of a text's last word", file);
    }
    return tokenizer;
  }

  /** Returns a checkpoint's tokenizer file, with an end token if the retriever appends one, without special ones if it leaves them out. */
  private static Path published(Path folder, ModelConfig model, Path cache) {
    var published = PublishedFolder.open(folder);
    var files = published.tokenizer().orElseGet(() -> new TokenizerFolder(folder));
    var original = files.tokenizerJson();
    if (published.leavesSpecialTokensOut()) {
      return files.withoutSpecialTokens(cache
          .resolve("tokenizer-" + cacheKey("no special tokens " + Sha256.of(original)))
          .resolve("tokenizer.json"));
    }
    if (!new PretrainedRetriever(published).appendsEndToken(model.pooling())) {
      return original;
    }
    var file = cache
        .resolve("tokenizer-" + cacheKey("end token " + Sha256.of(original)))
        .resolve("tokenizer.json");
    if (!Files.exists(file)) {
      var appended = files.withEndToken(file);
      if (appended.changed()) {
        LOG.info("{}", appended);
      }
    }
    return file;
  }

  private static Path learned(DataConfig data, SortedMap<String, Path> sources, int threads) {
    var key = new StringBuilder();
    key.append(data.vocabulary()).append(' ').append(data.lowercase()).append('\n');
    sources.forEach((domain, file) ->
        key.append(domain).append(' ').append(DomainFiles.fingerprint(file)).append('\n'));
    var file =
        data.cache().resolve("tokenizer-" + cacheKey(key.toString())).resolve("tokenizer.json");
    if (!Files.exists(file)) {
      LOG.info("learning a vocabulary of {} from {} files", data.vocabulary(), sources.size());
      var counts = new WordCounts(data.lowercase());
      TrainingTexts.count(sources.values(), counts, threads);
      new BytePairTrainer(data.vocabulary()).train(counts).write(file);
    }
    return file;
  }

  /** Returns a short hash of everything that a folder of the cache is made of, to name it. */
  static String cacheKey(String ingredients) {
    return Sha256.of(ingredients).substring(0, KEY_LENGTH);
  }

  /** Returns the tokenizer that made the ids. */
  Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Returns the rows of the run; its domains are in the order of their ids. */
  TrainingData data() {
    return selected;
  }

  /** Returns the names of the domains, in the order of their ids. */
  List<String> domainNames() {
    return selected.domains().stream().map(domain -> domain.name()).toList();
  }

  /** Returns the names of all domains for which there are rows, in the order of their ids. */
  List<String> allDomainNames() {
    return all.domains().stream().map(domain -> domain.name()).toList();
  }

  @Override
  public void close() {
    all.close();
    tokenizer.close();
  }
}
