package org.tdro.training;

import java.util.List;
import java.util.TreeMap;
import org.tdro.data.shards.TrainingData;
import org.tdro.data.shards.TrainingDataImport;
import org.tdro.io.FolderLock;
import org.tdro.rows.DomainFiles;
import org.tdro.text.Prompts;
import org.tdro.text.Tokenizer;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.ModelConfig;
import org.tdro.training.config.RunConfig;

/**
 * A run's tokenizer and its rows as token ids. Both are made once and kept in the cache folder under a name that follows
 * from what they are made of, so runs share them. Owns both.
 */
public final class PreparedData implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final TrainingData all;
  private final TrainingData selected;

  private PreparedData(Tokenizer tokenizer, TrainingData all, TrainingData selected) {
    this.tokenizer = tokenizer;
    this.all = all;
    this.selected = selected;
  }

  /**
   * Learns the tokenizer if there is none, tokenises what is not in the cache, and opens the domains that the
   * configuration names.
   *
   * @throws org.tdro.io.InputException if the files are not what they should be
   */
  public static PreparedData of(RunConfig config) {
    // Two runs that begin together make the same files.
    return FolderLock.whenFree(config.data().cache(), () -> prepare(config.model(), config.data()));
  }

  private static PreparedData prepare(ModelConfig model, DataConfig config) {
    int threads =
        config.workers() > 0 ? config.workers() : Runtime.getRuntime().availableProcessors();
    var sources = DomainFiles.sources(List.of(config.train()));
    var tokenizer = RunTokenizer.open(model, config, sources, threads);
    TrainingData data = null;
    try {
      var rows = new TrainingDataImport(
          tokenizer,
          new TrainingDataImport.Options(
              config.queryLength(), config.passageLength(), Prompts.of(config.prompts()), threads));
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

  /** Contents are not part of the name: the import itself knows which domains have changed. */
  private static String rowsKey(DataConfig config, Tokenizer tokenizer) {
    var prompts = new TreeMap<>(config.prompts());
    return CacheKey.of(String.join(
        " ",
        config.train().toAbsolutePath().normalize().toString(),
        Integer.toString(config.queryLength()),
        Integer.toString(config.passageLength()),
        prompts.toString(),
        tokenizer.fingerprint()));
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
