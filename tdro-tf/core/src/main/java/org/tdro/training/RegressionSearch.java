package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.search.CappedSimplex;
import org.tdro.mixing.search.DirichletMixtures;
import org.tdro.mixing.search.MixtureRegression;
import org.tdro.runs.RunFolder;

/** The search by runs on random mixtures and a regression of their development values. */
record RegressionSearch(ShortRuns runs) implements MixtureSearch.Search {
  /** Below this share of the variance, a measure is said not to be explained. */
  private static final double POORLY_EXPLAINED = 0.1;

  @Override
  public Optional<MixtureSearch.Result> run() {
    var config = runs.config();
    var domains = runs.domains();
    var drawn =
        new DirichletMixtures(domains.prior(), config.mixture().concentration(), config.seed());
    var mixtures = new LinkedHashMap<String, double[]>();
    for (int i = 0; i < config.mixture().runs(domains.count()); i++) {
      mixtures.put(Integer.toString(i), drawn.mixture(i));
    }
    return runs.train(mixtures)
        .map(trained -> result(mixtures.values().toArray(double[][]::new), trained));
  }

  private MixtureSearch.Result result(double[][] mixtures, List<Path> trained) {
    var config = runs.config();
    var domains = runs.domains();
    var measure = config.eval().measure();
    var values = new LinkedHashMap<String, double[]>();
    var tried = new ArrayList<Map<String, ?>>();
    for (int i = 0; i < trained.size(); i++) {
      int run = i;
      var sets = DevelopmentEvaluation.last(new RunFolder(trained.get(i)), measure);
      sets.forEach((set, value) ->
          values.computeIfAbsent(set, first -> new double[trained.size()])[run] = value);
      tried.add(new TreeMap<>(
          Map.of("weights", domains.byName(mixtures[i]), "values", sets, "run", name(trained, i))));
    }
    var regression = MixtureRegression.of(mixtures, values);
    double drawn = (double) config.train().steps()
        * config
            .data()
            .meanBatchSize(domains.names(), domains.prior(), config.train().batchSize())
        * config.train().accumulationSteps();
    var caps = CappedSimplex.ofRepetitions(
        domains.prior(),
        domains.sizes().stream().mapToLong(DomainSize::rows).toArray(),
        config.mixture().repetitions(),
        drawn);
    var best = regression.ranks()
        ? regression.best(domains.prior(), config.mixture().kl(), caps)
        : domains.prior();
    var measures = new LinkedHashMap<String, Object>();
    regression
        .fits()
        .forEach((set, fit) -> measures.put(
            set,
            new TreeMap<>(Map.of(
                "explained", fit.explained(),
                "coefficients", domains.byName(fit.coefficients())))));
    return new MixtureSearch.Result(
        best,
        Optional.empty(),
        words(regression, best),
        Map.of(
            "measure",
            measure.name(),
            "rank_correlation",
            regression.rankCorrelation(),
            "predicted",
            new TreeMap<>(Map.of(
                "prior", regression.predicted(domains.prior()),
                "weights", regression.predicted(best))),
            "sets",
            measures,
            "runs",
            tried));
  }

  private static String name(List<Path> trained, int run) {
    return trained.get(run).getFileName().toString();
  }

  private List<String> words(MixtureRegression regression, double[] best) {
    var words = new ArrayList<String>();
    words.add(
        String.format(
            Locale.ROOT,
            "runs left out of the regression are ranked with a correlation of %.2f%s",
            regression.rankCorrelation(),
            regression.ranks()
                ? ""
                : ": it knows next to nothing of mixtures, so the weights stay those of data.weights; give more mixture.runs or mixture.steps, a smaller mixture.concentration or more development queries"));
    var unexplained = regression.fits().entrySet().stream()
        .filter(fit -> fit.getValue().explained() < POORLY_EXPLAINED)
        .map(Map.Entry::getKey)
        .toList();
    if (!unexplained.isEmpty()) {
      words.add("the mixture explains less than a tenth of the differences on "
          + String.join(", ", unexplained));
    }
    var prior = runs.domains().prior();
    words.add(String.format(
        Locale.ROOT,
        "predicted for short runs: %.4f with these weights, %.4f with those of data.weights",
        regression.predicted(best),
        regression.predicted(prior)));
    return words;
  }
}
