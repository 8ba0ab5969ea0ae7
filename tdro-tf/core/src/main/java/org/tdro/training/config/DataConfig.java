package org.tdro.training.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.config.Incidental;
import org.tdro.config.InputFile;
import org.tdro.io.Checks;

/**
 * Where training rows come from and how they become batches.
 *
 * @param train folder of training files, one domain a file
 * @param domains the domains to train on; empty for all
 * @param tokenizer a {@code tokenizer.json}; absent to learn one from the training files
 * @param vocabulary entries of a learned tokenizer
 * @param lowercase whether a learned tokenizer lowers case
 * @param cache folder of tokenised rows, shared between runs
 * @param queryLength longest query, in tokens
 * @param passageLength longest passage, in tokens
 * @param passagesPerQuery passages of a row: one positive, the others negatives
 * @param batching whether the rows of a batch share a domain
 * @param weights how often domains are drawn: {@code uniform}, {@code proportional} to their rows, or a weights file
 * @param fold the part of each domain's rows to use, by a hash of the query id
 * @param prompts by domain
 * @param padMultiple batches are padded to a multiple of this many tokens
 * @param workers threads that tokenise; 0 for one a processor
 * @param prefetch batches made ahead of the trainer
 */
public record DataConfig(
    @InputFile Path train,
    List<String> domains,
    @InputFile Optional<Path> tokenizer,
    int vocabulary,
    boolean lowercase,
    @Incidental Path cache,
    int queryLength,
    int passageLength,
    int passagesPerQuery,
    Batching batching,
    @InputFile(except = {UNIFORM, PROPORTIONAL}) String weights,
    Fold fold,
    Map<String, PromptConfig> prompts,
    int padMultiple,
    @Incidental int workers,
    @Incidental int prefetch) {

  /** The {@link #weights} that draw every domain alike. */
  public static final String UNIFORM = "uniform";

  /** The {@link #weights} that draw every row alike. */
  public static final String PROPORTIONAL = "proportional";

  /** Which rows share a batch. */
  public enum Batching {
    /** Rows of one domain, drawn for the batch. */
    HOMOGENEOUS,
    /** Each row's domain is drawn on its own. */
    MIXED
  }

  /** Halves of a domain, for cross-fitting. */
  public enum Fold {
    /** Every row. */
    ALL,
    /** The first half. */
    FIRST,
    /** The second half. */
    SECOND
  }

  public DataConfig {
    new Checks()
        .atLeast(300, "vocabulary", vocabulary)
        .atLeast(2, "queryLength", queryLength)
        .atLeast(2, "passageLength", passageLength)
        .atLeast(1, "passagesPerQuery", passagesPerQuery)
        .that(
            !weights.isBlank(),
            "weights must be uniform, proportional or a weights file, was empty")
        .atLeast(1, "padMultiple", padMultiple)
        .atLeast(0, "workers", workers)
        .atLeast(0, "prefetch", prefetch)
        .done();
  }
}
