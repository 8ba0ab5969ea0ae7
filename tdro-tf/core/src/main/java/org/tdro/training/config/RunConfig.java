package org.tdro.training.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigSchema;
import org.tdro.config.Default;
import org.tdro.config.Incidental;
import org.tdro.config.Inline;
import org.tdro.config.InputFile;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.sets.Splits;
import org.tdro.evaluation.sets.Suite;
import org.tdro.io.Checks;
import org.tdro.keras.Execution;
import org.tdro.mixing.SizeShares;
import org.tdro.retriever.ComputeOptions;
import org.tdro.retriever.SetPrompts;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.serving.client.IdType;

/**
 * The configuration of one run. Keys are the component names in kebab case: {@code train.batch-size}.
 *
 * @param stage which of the three stages to run
 * @param seed seed of initial weights, sampling and dropout: the same configuration, data and seed give the same run
 * @param output folder that the run writes
 */
public record RunConfig(
    Stage stage,
    long seed,
    @Incidental Path output,
    ModelConfig model,
    DataConfig data,
    ContrastiveLoss loss,
    TrainConfig train,
    DroConfig dro,
    @Incidental Eval eval,
    @Incidental Export export,
    @Incidental Pipeline pipeline,
    @Incidental MixtureConfig mixture,
    DeviceConfig device,
    @Incidental TelemetryConfig telemetry,
    @Incidental SweepConfig sweep) {

  /** The folder of the presets, and the argument that chooses one. */
  public static final String PRESETS = "experiment";

  /** The keys of a run, and the order in which files and arguments override one another. */
  public static final ConfigSchema<RunConfig> SCHEMA = new ConfigSchema<>(RunConfig.class)
      .presets(PRESETS)
      .variants("stage", "stages")
      .decisiveOnlyFor("dro", "dro")
      .folderArgument("data", "train", "training files")
      .systemProperties("tdro.config")
      .defaultsFrom("model.path", PublishedDefaults::of)
      .defaultsFrom("eval.suite", RunConfig::ofSuite);

  /**
   * Settings of the evaluation. Lengths of queries and passages are those of {@link DataConfig}.
   *
   * @param data BEIR-format folders, or folders of them
   * @param suite the suite whose sets in {@code data} are used, a file or the name of a built-in one; the defaults of {@code split}, {@code
   *     measures}, {@code topK} and {@code prompts} are its own. Empty for all sets in {@code data}
   * @param partial whether the sets of the suite that are there are evaluated if others are missing
   * @param split the judgements of the sets that are used, {@code qrels/SPLIT.tsv}: {@code SPLIT} for all, {@code SET=SPLIT} for one, or several
   *     of these separated by commas
   * @param measures names of measures, for example {@code ndcg_cut_10} or {@code MRR}
   * @param topK results kept for each query
   * @param prompts by the name of a set, the domain whose prompts its texts get; without one, that of its own name
   * @param bm25 whether a pipeline's results show what BM25 reaches on the sets
   * @param dev the same as {@code data} for development sets, which are evaluated while a stage trains
   * @param development settings of that evaluation
   */
  public record Eval(
      @InputFile(InputFile.Kind.FOLDER) List<Path> data,
      @Default("") Optional<String> suite,
      @Default("false") boolean partial,
      @Default(EvaluationSet.TEST) String split,
      List<String> measures,
      int topK,
      Map<String, String> prompts,
      @Default("true") boolean bm25,
      @Default("[]") @InputFile(InputFile.Kind.FOLDER) List<Path> dev,
      @Inline(prefix = "dev-") DevelopmentConfig development) {

    public Eval {
      var wrong = wrong(measures);
      var wrongSplit = Splits.wrong(split);
      new Checks()
          .that(wrongSplit.isEmpty(), "split " + wrongSplit)
          .that(
              suite.isEmpty() || !data.isEmpty(),
              "suite names sets in eval.data, which is empty: give eval.data=[FOLDER]")
          .that(
              suite.isPresent() || !partial,
              "partial is for the sets of a suite: give eval.suite, too")
          .that(!measures.isEmpty(), "measures must name at least one")
          .that(wrong.isEmpty(), "measures must be known: " + wrong)
          .that(
              measures.isEmpty()
                  || !wrong.isEmpty()
                  || !Measure.parse(measures).get(0).family().isOfAllQueries(),
              "measures must begin with one that models are compared by query for query, not with "
                  + measures)
          .atLeast(1, "topK", topK)
          .that(
              development.share() == 0 || !data.isEmpty(),
              "dev-share divides the queries of eval.data, which is empty: give eval.data=[FOLDER]")
          .done();
    }

    private static String wrong(List<String> measures) {
      try {
        Measure.parse(measures);
        return "";
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }

    /** Returns the judgements of the sets. */
    public Splits splits() {
      return Splits.parse(split);
    }

    /** Whether there are development queries. */
    public boolean hasDevelopment() {
      return !dev.isEmpty() || development.share() > 0;
    }

    /** Returns the measure by which models are compared: the first of {@link #measures}. */
    public Measure measure() {
      return Measure.parse(measures).get(0);
    }

    /** Returns the prompts of the sets. */
    public SetPrompts setPrompts() {
      return new SetPrompts("", prompts);
    }
  }

  /**
   * Settings of the exported SavedModel.
   *
   * @param idType type of the token ids that it takes
   * @param tolerance largest difference between an embedding of the exported model and of the checkpoint
   */
  public record Export(IdType idType, double tolerance) {
    public Export {
      new Checks().positive("tolerance", tolerance).done();
    }
  }

  /**
   * Settings of the pipeline through the three stages.
   *
   * @param weightings the domain weights to fine-tune with and compare, in the forms of {@link Weighting}
   */
  public record Pipeline(List<String> weightings) {

    public Pipeline {
      var checks = new Checks().that(!weightings.isEmpty(), "weightings must name at least one");
      var folders = new HashMap<String, String>();
      for (var text : weightings) {
        try {
          var other = folders.put(Weighting.parse(text).folder(), text);
          checks.that(
              other == null,
              "weightings would train %s and %s in the same folder".formatted(other, text));
        } catch (IllegalArgumentException e) {
          checks.that(false, "weightings must be known: " + e.getMessage());
        }
      }
      checks.done();
    }

    /** Returns whether a weighting is searched for with short runs. */
    public boolean searches() {
      return parsed().stream()
          .anyMatch(weighting -> weighting.source() == Weighting.Source.SEARCHED
              || weighting.source() == Weighting.Source.MERGED);
    }

    /** Returns the weightings. */
    public List<Weighting> parsed() {
      return weightings.stream().map(Weighting::parse).toList();
    }
  }

  public RunConfig {
    new Checks()
        .that(
            !stage.learnsMixture() || dro.reference().isPresent() || !dro.needsReference(),
            "dro.reference is missing: stage dro measures its losses against those of a reference run; give dro.reference=RUN or choose dro=raw")
        .that(
            !stage.learnsMixture()
                || loss.negatives() == ContrastiveLoss.Negatives.IN_BATCH
                || data.passagesPerQuery() > 1,
            "data.passagesPerQuery must be at least 2 where each row sees only its own passages, was "
                + data.passagesPerQuery())
        .that(
            !stage.learnsMixture()
                || data.weightsApplyTo() == DataConfig.WeightsApplyTo.SAMPLING
                || data.weights().equals(SizeShares.UNIFORM),
            "data.weights-apply-to must be sampling in stage dro, whose losses are multiplied by the weights that it learns")
        .that(
            train.keep() == TrainConfig.Keep.LAST || eval.hasDevelopment(),
            "train.keep is best, but nothing says which model is best: give development queries, eval.dev=[FOLDER] or eval.dev-share=0.5")
        .that(
            eval.setPrompts().unknown(data.everyPrompt()).isEmpty(),
            "eval.prompts names %s, but there are prompts for %s"
                .formatted(
                    eval.setPrompts().unknown(data.everyPrompt()),
                    data.everyPrompt().names()))
        .that(
            !loss.distillation().isOn() || data.passagesPerQuery() > 1,
            "data.passagesPerQuery must be at least 2 where a teacher's scores are distilled, was "
                + data.passagesPerQuery())
        .done();
  }

  /** Returns the number of rows in a micro-batch of a domain. */
  public int batchSize(String domain) {
    return data.batchSizes().getOrDefault(domain, train.batchSize());
  }

  /** Returns the settings by which the stage learns a mixture, if it does. */
  public Optional<DroConfig> learning() {
    return stage.learnsMixture() ? Optional.of(dro) : Optional.empty();
  }

  /**
   * Returns a composer that looks for files in the user's folder, if there is one, and then in the built-in folder: the one in the system
   * property {@code tdro.configs}, else {@code configs}.
   */
  public static ConfigComposer<RunConfig> composer(Optional<Path> userFolder) {
    return new ConfigComposer<>(
        SCHEMA, Stream.concat(userFolder.stream(), Stream.of(builtIn())).toList());
  }

  private static Path builtIn() {
    return Path.of(System.getProperty("tdro.configs", "configs"));
  }

  /** Returns the folder of the built-in suites of evaluation sets. */
  public static Path suites() {
    return builtIn().resolve("suite");
  }

  /** Returns the values of the keys that a suite decides, as a tree of sections. */
  private static Map<String, ?> ofSuite(String named) {
    var suite = Suite.read(named, suites());
    return Map.of(
        "eval",
        Map.of(
            "measures", suite.measures(),
            "top-k", suite.topK(),
            "split", suite.splits().toString(),
            "prompts", suite.prompts()));
  }

  /** Returns the prompts of evaluation sets: a part of a set has those of the whole, unless it has its own. */
  public SetPrompts prompts(List<EvaluationSet> sets) {
    return eval.setPrompts().ofParts(EvaluationSet.wholes(sets), data.everyPrompt());
  }

  /** Returns the options by which a step is computed. */
  public ComputeOptions compute() {
    return new ComputeOptions(execution(), train.gradientCheckpointing(), train.precision());
  }

  private Execution execution() {
    if (train.chunkSize() > 0) {
      return ComputeOptions.inChunks(train.chunkSize(), data.padMultiple());
    }
    return train.lengthGroups() > 1
        ? ComputeOptions.inLengthGroups(train.lengthGroups(), data.padMultiple())
        : Execution.direct();
  }
}
