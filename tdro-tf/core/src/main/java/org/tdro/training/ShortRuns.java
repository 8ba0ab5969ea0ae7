package org.tdro.training;

import static org.tdro.config.ConfigComposer.argument;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.StepLog;
import org.tdro.keras.Timings;
import org.tdro.mixing.WeightsFile;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.WeightsFile.DomainWeight;
import org.tdro.retriever.store.MergedRetriever;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.runs.RunFolder;
import org.tdro.text.Tokenizer;
import org.tdro.training.config.RunConfig;

/**
 * The short runs of a search: those of stage finetune, with fewer steps and other mixtures of its domains. They are trained as a sweep in
 * {@code runs}, and their mixtures are in {@code mixtures}.
 */
final class ShortRuns {
  private static final String STAGE = "finetune";
  private static final String WEIGHTS = "data.weights";
  private static final String OUTPUT = "output";

  private final Training training;
  private final List<String> arguments;
  private final ResolvedConfig<RunConfig> resolved;
  private final RunConfig config;
  private final Domains domains;
  private final Path folder;
  private List<Path> trained = List.of();
  private long trainingNanos;

  /**
   * What trains runs.
   *
   * @param arguments those of the pipeline
   */
  record Training(ConfigComposer<RunConfig> composer, List<String> arguments, WeightsSweep sweep) {}

  /**
   * The domains that stage finetune draws from.
   *
   * @param prior the shares by which it draws them, all above 0, summing to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
  record Domains(List<DomainSize> sizes, double[] prior) {
    static Domains of(RunConfig config, PreparedData prepared) {
      var fold = config.data().fold();
      var shares = DomainProbabilities.of(config.data(), prepared, fold);
      double sum = Arrays.stream(shares).sum();
      var sizes = new ArrayList<DomainSize>();
      for (int i = 0; i < shares.length; i++) {
        if (shares[i] > 0) {
          var domain = prepared.data().domains().get(i);
          sizes.add(new DomainSize(domain.name(), domain.size(fold)));
        }
      }
      return new Domains(
          List.copyOf(sizes),
          Arrays.stream(shares)
              .filter(share -> share > 0)
              .map(share -> share / sum)
              .toArray());
    }

    int count() {
      return sizes.size();
    }

    List<String> names() {
      return sizes.stream().map(DomainSize::name).toList();
    }

    /** Returns the share of each domain by name. */
    Map<String, Double> byName(double[] shares) {
      var byName = new LinkedHashMap<String, Double>();
      for (int i = 0; i < shares.length; i++) {
        byName.put(sizes.get(i).name(), shares[i]);
      }
      return byName;
    }

    /** Returns the prior of the domains that are kept alone. */
    double[] without(Predicate<String> dropped) {
      var shares = prior.clone();
      for (int i = 0; i < shares.length; i++) {
        shares[i] = dropped.test(sizes.get(i).name()) ? 0 : shares[i];
      }
      double sum = Arrays.stream(shares).sum();
      return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    /** Returns the weights file of a mixture; domains without a share are left out. */
    WeightsFile file(double[] shares) {
      var weights = new ArrayList<DomainWeight>();
      for (int i = 0; i < shares.length; i++) {
        if (shares[i] > 0) {
          weights.add(new DomainWeight(sizes.get(i), shares[i]));
        }
      }
      return new WeightsFile(weights);
    }
  }

  /**
   * The runs of a search.
   *
   * @param resolved the configuration of the pipeline's stage finetune
   * @param folder the folder of the search
   */
  ShortRuns(Training training, ResolvedConfig<RunConfig> resolved, Domains domains, Path folder) {
    this.training = training;
    this.resolved = resolved;
    this.config = resolved.config();
    this.domains = domains;
    this.folder = folder;
    int steps = config.mixture().steps();
    var own = new LinkedHashMap<String, String>();
    own.put("stage", STAGE);
    own.put("train.steps", Integer.toString(steps));
    own.put("train.keep", "last");
    own.put("eval.dev-every", Integer.toString(steps));
    arguments = new ArrayList<>();
    training.arguments().stream()
        .filter(argument -> {
          var key = key(argument);
          return !own.containsKey(key) && !key.equals(WEIGHTS) && !key.equals(OUTPUT);
        })
        .forEach(arguments::add);
    own.forEach((key, value) -> arguments.add(key + "=" + value));
  }

  /** Returns the key of an argument as it is known in stage finetune. */
  private static String key(String argument) {
    return argument
        .split("=", 2)[0]
        .strip()
        .replaceFirst("^[+~]+", "")
        .replaceFirst("^stages\\." + STAGE + "\\.", "");
  }

  RunConfig config() {
    return config;
  }

  Domains domains() {
    return domains;
  }

  Path folder() {
    return folder;
  }

  /**
   * Trains runs.
   *
   * @param mixtures by the name of their files
   * @return their folders, in the order of the mixtures; empty if it was interrupted
   */
  Optional<List<Path>> train(Map<String, double[]> mixtures) {
    var files = new ArrayList<Path>();
    mixtures.forEach((name, shares) -> {
      var file = folder.resolve("mixtures").resolve(name + ".json");
      domains.file(shares).write(file);
      files.add(file);
    });
    long start = System.nanoTime();
    var runs = training.sweep().train(List.copyOf(arguments), files, folder.resolve("runs"));
    trainingNanos += System.nanoTime() - start;
    trained = runs.orElse(List.of());
    return runs;
  }

  /** Returns the time in nanoseconds that passed while runs were trained. */
  long trainingNanos() {
    return trainingNanos;
  }

  /** Returns the steps of the runs that were trained, now or before. */
  long steps() {
    return (long) trained.size() * config.mixture().steps();
  }

  /** Returns the time of their steps and of the input of these, however often they were interrupted. */
  double seconds() {
    return trained.stream()
        .map(run -> new RunFolder(run).log())
        .flatMapToDouble(log -> DoubleStream.concat(
            Arrays.stream(StepLog.numbers(log, Timings.STEP_SECONDS)),
            Arrays.stream(StepLog.numbers(log, Timings.INPUT_SECONDS))))
        .sum();
  }

  /** Returns the configuration of a short run with the mixture in a file. */
  ResolvedConfig<RunConfig> withMixture(Path weights, Path output) {
    var all = new ArrayList<>(arguments);
    all.add(argument(WEIGHTS, weights));
    all.add(argument(OUTPUT, output));
    return training.composer().composeForRun(all);
  }

  /**
   * Lets {@code body} compute with the retrievers of runs, as one model that takes the weights of any of them or a mean, and with the
   * development queries.
   */
  <T> T with(List<Path> runs, Computation<T> body) {
    var folders = runs.stream().map(RetrieverFolder::of).toList();
    try (var tokenizer = Tokenizer.load(folders.get(0).tokenizer());
        var model = MergedRetriever.of(folders, config.device().session())) {
      var development =
          new DevelopmentEvaluation(config, new EvaluationSets(resolved).dev(), tokenizer);
      return body.of(model, development);
    }
  }

  /** A computation with the retrievers of runs. */
  interface Computation<T> {
    T of(MergedRetriever model, DevelopmentEvaluation development);
  }
}
