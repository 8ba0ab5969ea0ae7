package org.tdro.training.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tdro.config.Default;
import org.tdro.config.Incidental;
import org.tdro.config.InputFile;
import org.tdro.data.mixture.MixtureSampler.Batching;
import org.tdro.io.Checks;
import org.tdro.mixing.SizeShares;
import org.tdro.rows.Fold;
import org.tdro.text.PromptVariants;
import org.tdro.text.Prompts;

/**
 * Settings of training rows and their batches.
 *
 * @param train folder of training files, one domain a file
 * @param domains the domains to train on; empty for all
 * @param groups files that are one domain together, by its name
 * @param maxRows rows that are drawn of a domain that {@code maxRowsOf} leaves out; empty for all
 * @param maxRowsOf rows that are drawn of a domain, by its name
 * @param tokenizer a {@code tokenizer.json}; absent to learn one from the training files
 * @param vocabulary entries of a learned tokenizer
 * @param lowercase whether a learned tokenizer lowers case
 * @param cache folder of tokenised rows, shared between runs
 * @param queryLength longest query, in tokens
 * @param passageLength longest passage, in tokens
 * @param passagesPerQuery passages of a row: one positive, all others negatives
 * @param batching whether the rows of a batch share a domain
 * @param batchSizes rows of a micro-batch of one domain, by its name, where they are not those of {@link TrainConfig}
 * @param equalPassages what is done about rows with equal passages
 * @param weights frequencies with which domains are drawn: {@link SizeShares} or a weights file
 * @param weightsApplyTo what {@code weights} change
 * @param fold the part of each domain's rows to use, by a hash of the query id
 * @param queryPrompt texts of which one is put before each query of the domains that {@code prompts} leaves out; empty for none
 * @param passagePrompt the same for their passages
 * @param prompts the same for queries and passages by domain
 * @param padMultiple batches are padded to a multiple of this many tokens
 * @param workers threads that tokenise; 0 for one per processor
 * @param prefetch number of batches that are made ahead
 */
public record DataConfig(
    @InputFile Path train,
    List<String> domains,
    @Default("{}") Map<String, List<String>> groups,
    @Default("") Optional<Integer> maxRows,
    @Default("{}") Map<String, Integer> maxRowsOf,
    @InputFile(InputFile.Kind.FILE) Optional<Path> tokenizer,
    int vocabulary,
    boolean lowercase,
    @Incidental Path cache,
    int queryLength,
    int passageLength,
    int passagesPerQuery,
    Batching batching,
    @Default("{}") Map<String, Integer> batchSizes,
    @Default("mask") EqualPassages equalPassages,

    @InputFile(
        value = InputFile.Kind.FILE,
        words = SizeShares.FORMS,
        remedy =
            "besides files there are uniform, proportional, sqrt, temperature(T) and cap(N); what is learned or searched for belongs into pipeline.weightings")
    String weights,

    @Default("sampling") WeightsApplyTo weightsApplyTo,
    Fold fold,
    @Default("") Optional<List<String>> queryPrompt,
    @Default("") Optional<List<String>> passagePrompt,
    Map<String, Prompts.Prefixes> prompts,
    int padMultiple,
    @Incidental int workers,
    @Incidental int prefetch) {

  /** What is done about rows with equal queries or positives, which are not each other's negatives. */
  public enum EqualPassages {
    /** They are drawn in any order. */
    MASK,
    /** They are drawn at least a batch apart, as far as that is possible. */
    SPREAD
  }

  /** What the weights of domains change. */
  public enum WeightsApplyTo {
    /** How often rows of a domain are drawn. */
    SAMPLING,
    /** The losses of a domain's rows; all domains with a weight are drawn equally often. */
    LOSS
  }

  public DataConfig {
    new Checks()
        .atLeast(300, "vocabulary", vocabulary)
        .atLeast(2, "queryLength", queryLength)
        .atLeast(2, "passageLength", passageLength)
        .atLeast(1, "passagesPerQuery", passagesPerQuery)
        .that(wrongShares(weights).isEmpty(), wrongShares(weights))
        .that(
            domains.stream().noneMatch(String::isBlank)
                && Set.copyOf(domains).size() == domains.size(),
            "domains must be different names, was " + domains)
        .that(
            groups.values().stream().noneMatch(List::isEmpty),
            "groups must name at least one file for each domain, was " + groups)
        .that(
            groups.values().stream().flatMap(List::stream).distinct().count()
                == groups.values().stream().mapToLong(List::size).sum(),
            "groups must name each file once, was " + groups)
        .atLeast(1, "maxRows", maxRows.orElse(1))
        .that(
            maxRowsOf.values().stream().allMatch(rows -> rows >= 1),
            "maxRowsOf must be at least 1 for each domain, was " + maxRowsOf)
        .that(
            !queryPrompt.equals(Optional.of(List.of())), "queryPrompt must name at least one text")
        .that(
            !passagePrompt.equals(Optional.of(List.of())),
            "passagePrompt must name at least one text")
        .that(
            batchSizes.values().stream().allMatch(rows -> rows >= 1),
            "batchSizes must be at least 1 for each domain, was " + batchSizes)
        .that(
            batchSizes.isEmpty() || batching == Batching.HOMOGENEOUS,
            "batchSizes must be empty where batching is mixed, since rows of a batch come from all domains, was %s; of a pipeline, give it to the other stages: stages.reference.data.batch-sizes, stages.finetune.data.batch-sizes"
                .formatted(batchSizes))
        .atLeast(1, "padMultiple", padMultiple)
        .atLeast(0, "workers", workers)
        .atLeast(0, "prefetch", prefetch)
        .done();
  }

  /** Returns what is wrong with {@code weights} that need not be a file; empty if nothing is. */
  static String wrongShares(String weights) {
    if (weights.isBlank()) {
      return "weights must be a weights file or one of %s, was empty"
          .formatted(SizeShares.FORMS_IN_WORDS);
    }
    try {
      SizeShares.parse(weights);
      return "";
    } catch (IllegalArgumentException e) {
      return "weights must fit: " + e.getMessage();
    }
  }

  /**
   * Returns the mean number of rows in a micro-batch.
   *
   * @param shares of the rows of each domain, in any unit
   * @param usual rows in one of a domain that {@code batchSizes} leaves out
   */
  public double meanBatchSize(List<String> domains, double[] shares, int usual) {
    if (batchSizes.isEmpty()) {
      return usual;
    }
    // A domain is drawn by its share ÷ its size.
    double draws = 0;
    for (int i = 0; i < shares.length; i++) {
      draws += shares[i] / batchSizes.getOrDefault(domains.get(i), usual);
    }
    return Arrays.stream(shares).sum() / draws;
  }

  /** Returns the prompts of every domain to evaluate, encode and serve with: of several, the first. */
  public Prompts everyPrompt() {
    return promptVariants(0).first();
  }

  /**
   * Returns the prompts of every domain to train with.
   *
   * @param seed the run's
   */
  public PromptVariants promptVariants(long seed) {
    return PromptVariants.of(new Prompts.Prefixes(queryPrompt, passagePrompt), prompts, seed);
  }
}
