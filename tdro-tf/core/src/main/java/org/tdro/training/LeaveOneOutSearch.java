package org.tdro.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tdro.mixing.search.LeaveOneOut;
import org.tdro.mixing.search.LeaveOneOut.Effect;
import org.tdro.runs.GracefulShutdown;

/** The search by runs on all domains and without each of them. */
record LeaveOneOutSearch(ShortRuns runs) implements MixtureSearch.Search {
  @Override
  public Optional<MixtureSearch.Result> run() {
    var domains = runs.domains();
    var mixtures = new LinkedHashMap<String, double[]>();
    mixtures.put("all", domains.prior());
    domains.names().forEach(left -> mixtures.put("without-" + left, domains.without(left::equals)));
    return runs.train(mixtures).flatMap(trained -> {
      try (var shutdown = new GracefulShutdown()) {
        return runs.with(trained, (model, development) -> {
          var values = new ArrayList<double[][]>();
          for (int run = 0; run < trained.size() && !shutdown.happened(); run++) {
            var alone = new double[trained.size()];
            alone[run] = 1;
            model.mix(alone);
            values.add(development.queries(model.model()));
          }
          return shutdown.happened() ? Optional.empty() : Optional.of(result(values));
        });
      }
    });
  }

  private MixtureSearch.Result result(List<double[][]> values) {
    var domains = runs.domains();
    var choice = LeaveOneOut.of(domains.names(), values.get(0), values.subList(1, values.size()));
    var kept = choice.kept();
    var words = new ArrayList<String>();
    var measure = runs.config().eval().measure().name();
    choice.effects().stream()
        .filter(Effect::dropped)
        .forEach(effect -> words.add(String.format(
            Locale.ROOT,
            "%s is dropped: without it, %s of the development queries is %.4f higher (standard error %.4f)",
            effect.domain(),
            measure,
            effect.gain(),
            effect.standardError())));
    if (words.isEmpty()) {
      words.add("no domain is dropped: leaving out one raises %s by no more than one standard error"
          .formatted(measure));
    }
    return new MixtureSearch.Result(
        domains.without(name -> !kept.contains(name)),
        Optional.empty(),
        words,
        Map.of(
            "measure", measure,
            "value",
                Arrays.stream(values.get(0))
                    .mapToDouble(set -> Arrays.stream(set).average().orElse(0))
                    .average()
                    .orElse(0),
            "left_out", choice.effects()));
  }
}
