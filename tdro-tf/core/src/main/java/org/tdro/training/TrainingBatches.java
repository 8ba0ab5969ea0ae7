package org.tdro.training;

import java.util.List;
import org.tdro.config.ResolvedConfig;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.ContrastiveBatches;
import org.tdro.training.config.RunConfig;

/** The batches that the stage of a configuration trains on, without a training, for measurements. Owns the rows. */
public final class TrainingBatches implements ContrastiveBatch.Source, AutoCloseable {
  private final PreparedData prepared;
  private final ContrastiveBatches batches;

  private TrainingBatches(PreparedData prepared, ContrastiveBatches batches) {
    this.prepared = prepared;
    this.batches = batches;
  }

  /**
   * Opens the rows, after they are tokenised if they are not in the cache.
   *
   * @throws org.tdro.config.ConfigException if the rows do not fit the configuration
   * @throws org.tdro.io.InputException if the files are missing or malformed
   */
  public static TrainingBatches open(ResolvedConfig<RunConfig> resolved) {
    var prepared = PreparedData.of(resolved.config());
    try {
      var plan = StagePlan.of(resolved, prepared);
      return new TrainingBatches(prepared, new StageBatches(resolved, prepared, plan).batches());
    } catch (RuntimeException | Error e) {
      prepared.close();
      throw e;
    }
  }

  @Override
  public ContrastiveBatch batch(long number) {
    return batches.batch(number);
  }

  @Override
  public boolean isDecided(long number) {
    return batches.isDecided(number);
  }

  /** Returns the number of token ids. */
  public int vocabulary() {
    return prepared.tokenizer().vocabularySize();
  }

  /** Returns the names of the domains, in the order of their ids. */
  public List<String> domains() {
    return prepared.domainNames();
  }

  @Override
  public void close() {
    prepared.close();
  }
}
