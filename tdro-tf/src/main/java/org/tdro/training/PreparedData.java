package org.tdro.training;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.DataConfig;
import org.tdro.data.DomainFiles;
import org.tdro.data.ImportOptions;
import org.tdro.data.TrainingData;
import org.tdro.data.TrainingDataImport;
import org.tdro.data.TrainingTexts;
import org.tdro.files.Sha256;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.Tokenizer;
import org.tdro.text.WordCounts;

/**
 * A run's tokenizer and its rows as token ids. Both are made once and kept in the cache folder under a name that follows
 * from what they are made of, so runs share them. Owns both.
 */
public final class PreparedData implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PreparedData.class);

  private final Tokenizer tokenizer;
  private final TrainingData all;
  private final TrainingData selected;

  private PreparedData(Tokenizer tokenizer, TrainingData all, TrainingData selected) {
    this.tokenizer = tokenizer;
    this.all = all;
    this.selected = selected;
  }

  /**
   * Learns the tokenizer if none is given, tokenises what is not in the cache, and opens the domains that the
   * configuration names.
   *
   * @throws org.tdro.data.DataException if the files are not what they should be
   */
  public static PreparedData of(DataConfig config) {
    // Two runs that begin together make the same files.
    return FolderLock.whenFree(config.cache(), () -> prepare(config));
  }

  private static PreparedData prepare(DataConfig config) {
    int threads =
        config.workers() > 0 ? config.workers() : Runtime.getRuntime().availableProcessors();
    var sources = DomainFiles.sources(List.of(config.train()));
    var tokenizer =
        Tokenizer.load(config.tokenizer().orElseGet(() -> learned(config, sources, threads)));
    TrainingData data = null;
    try {
      var rows = new TrainingDataImport(
          tokenizer,
          new ImportOptions(
              config.queryLength(),
              config.passageLength(),
              FromConfig.prompts(config.prompts()),
              threads));
      var folder = config.cache().resolve("rows-" + rowsKey(config, tokenizer));
      rows.run(List.of(config.train()), folder);
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

  private static Path learned(DataConfig config, SortedMap<String, Path> sources, int threads) {
    var key = new StringBuilder();
    key.append(config.vocabulary()).append(' ').append(config.lowercase()).append('\n');
    sources.forEach(
        (domain, file) -> key.append(domain).append(' ').append(Sha256.of(file)).append('\n'));
    var folder = config.cache().resolve("tokenizer-" + shortHash(key.toString()));
    var file = folder.resolve("tokenizer.json");
    if (!Files.exists(file)) {
      log.info("learning a vocabulary of {} from {} files", config.vocabulary(), sources.size());
      var counts = new WordCounts(config.lowercase());
      TrainingTexts.count(sources.values(), counts, threads);
      var vocabulary = new BytePairTrainer(config.vocabulary()).train(counts);
      vocabulary.write(file);
    }
    return file;
  }

  /** Contents are not part of the name: the import itself knows which domains have changed. */
  private static String rowsKey(DataConfig config, Tokenizer tokenizer) {
    var prompts = new TreeMap<>(config.prompts());
    return shortHash(String.join(
        " ",
        config.train().toAbsolutePath().normalize().toString(),
        Integer.toString(config.queryLength()),
        Integer.toString(config.passageLength()),
        prompts.toString(),
        tokenizer.fingerprint()));
  }

  private static String shortHash(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  /** The tokenizer that made the ids. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The domains of the run, in the order of their ids. */
  public TrainingData data() {
    return selected;
  }

  /** Their names. */
  public List<String> domainNames() {
    return selected.domains().stream().map(domain -> domain.name()).toList();
  }

  @Override
  public void close() {
    all.close();
    tokenizer.close();
  }
}
