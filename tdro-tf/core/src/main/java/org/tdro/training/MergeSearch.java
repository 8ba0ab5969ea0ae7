package org.tdro.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.StepLog;
import org.tdro.mixing.search.SimplexSearch;
import org.tdro.mixing.search.SimplexSearch.Evaluation;
import org.tdro.retriever.store.MergedRetriever;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.runs.GracefulShutdown;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;

/**
 * The search by merges: a run on each domain alone, an expert, and the average of the experts' weights that is best on the development
 * queries. No merge is trained, and each is a line of {@code merges.csv}, so that a search that was killed continues after it.
 */
record MergeSearch(ShortRuns runs) implements MixtureSearch.Search {
  private static final Logger LOG = LoggerFactory.getLogger(MergeSearch.class);
  private static final String VALUE = "value";

  /** Returns the folder of the best merge, a run, in that of a search. */
  static Path folder(Path search) {
    return search.resolve("merged");
  }

  @Override
  public Optional<MixtureSearch.Result> run() {
    var domains = runs.domains();
    int merges = runs.config().mixture().merges();
    int least = 1 + 2 * domains.count();
    if (merges < least) {
      throw new ConfigException(List.of(
          "mixture.merges=%d is too few for %d domains: the weights of data.weights, each model alone and a first change of each take %d"
              .formatted(merges, domains.count(), least)));
    }
    var mixtures = new LinkedHashMap<String, double[]>();
    for (int domain = 0; domain < domains.count(); domain++) {
      var alone = new double[domains.count()];
      alone[domain] = 1;
      mixtures.put(domains.names().get(domain), alone);
    }
    return runs.train(mixtures).flatMap(experts -> {
      try (var shutdown = new GracefulShutdown()) {
        return Optional.of(runs.with(
            experts,
            (model, development) -> new Merging(model, development, shutdown).result(experts)));
      } catch (CancellationException e) {
        LOG.warn("interrupted; run the same command again to continue");
        return Optional.empty();
      }
    });
  }

  /** One search among merges. */
  private final class Merging {
    private final MergedRetriever model;
    private final DevelopmentEvaluation development;
    private final GracefulShutdown shutdown;
    private final StepLog log;
    private final List<Map<String, String>> known;
    private int evaluated;

    Merging(MergedRetriever model, DevelopmentEvaluation development, GracefulShutdown shutdown) {
      this.model = model;
      this.development = development;
      this.shutdown = shutdown;
      var file = runs.folder().resolve("merges.csv");
      log = StepLog.csv(file, MixtureSearch.MERGED);
      log.truncate(Long.MAX_VALUE);
      known = new ArrayList<>(StepLog.rows(file));
      if (!known.isEmpty()) {
        LOG.info("going on after {} merges", known.size());
      }
    }

    MixtureSearch.Result result(List<Path> experts) {
      var config = runs.config();
      var domains = runs.domains();
      var values = new double[1 + domains.count()];
      var best = new SimplexSearch(domains.prior(), config.mixture().merges(), config.seed())
          .best(mixture -> {
            double value = value(mixture);
            if (evaluated <= values.length) {
              values[evaluated - 1] = value;
            }
            return value;
          });
      // The weights are those of the file, which a later reader sees.
      var file = MixtureSearch.weights(runs.folder());
      domains.file(best.mixture()).write(file);
      model.mix(best.mixture());
      write(file, experts);
      return new MixtureSearch.Result(
          best.mixture(),
          Optional.of(folder(runs.folder())),
          words(best, values),
          Map.of(
              "measure", config.eval().measure().name(),
              "merges", evaluated,
              "value", best.value(),
              "value_of_prior", values[0],
              "value_of_experts", domains.byName(Arrays.copyOfRange(values, 1, values.length))));
    }

    private double value(double[] mixture) {
      shutdown.check();
      int index = evaluated++;
      var shares = runs.domains().byName(mixture);
      if (index < known.size()) {
        if (isOf(known.get(index), shares)) {
          return Double.parseDouble(known.get(index).get(VALUE));
        }
        // Another build searched in another way.
        log.truncate(index - 1);
        known.clear();
      }
      model.mix(mixture);
      double value = Arrays.stream(development.queries(model.model()))
          .mapToDouble(set -> Arrays.stream(set).average().orElse(0))
          .average()
          .orElse(0);
      var row = new LinkedHashMap<String, Object>();
      row.put(VALUE, value);
      row.putAll(shares);
      log.append(index, row);
      return value;
    }

    private static boolean isOf(Map<String, String> row, Map<String, Double> shares) {
      return shares.entrySet().stream()
          .allMatch(share -> share.getValue().toString().equals(row.get(share.getKey())));
    }

    private List<String> words(Evaluation best, double[] values) {
      var measure = runs.config().eval().measure().name();
      double expert = Arrays.stream(values).skip(1).max().orElse(0);
      return List.of(String.format(
          Locale.ROOT,
          "the best of %d merges has %s %.4f on the development queries; that with the weights of data.weights %.4f, the best expert alone %.4f",
          evaluated,
          measure,
          best.value(),
          values[0],
          expert));
    }

    /** Writes the merge as a run, its record last. */
    private void write(Path weights, List<Path> experts) {
      long start = System.nanoTime();
      var run = new RunFolder(folder(runs.folder()));
      var resolved = runs.withMixture(weights, run.path());
      try {
        Files.deleteIfExists(run.record());
      } catch (IOException e) {
        throw FileException.deleting(run.record(), e);
      }
      model.write(run.model());
      AtomicWrite.file(run.config(), beside -> Files.writeString(beside, resolved.render()));
      var inputs = new LinkedHashMap<String, String>();
      inputs.put(RunRecord.CONFIGURATION, resolved.fingerprint());
      for (int i = 0; i < experts.size(); i++) {
        inputs.put(
            "expert " + runs.domains().names().get(i),
            RetrieverFolder.of(experts.get(i)).fingerprint());
      }
      RunRecord.begun(
              MixtureSearch.MERGED,
              runs.config().seed(),
              inputs,
              StageTraining.versions(runs.config().device().session()))
          .completed((System.nanoTime() - start) * 1e-9)
          .write(run);
    }
  }
}
