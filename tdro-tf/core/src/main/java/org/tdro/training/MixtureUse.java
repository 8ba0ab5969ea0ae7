package org.tdro.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.tdro.io.StepLog;
import org.tdro.keras.Timings;
import org.tdro.mixing.ScaledLosses;
import org.tdro.runs.DomainTrajectory;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.Weighting;

/**
 * What it took to get the weights of a mixture, and what the fine-tuning with them drew. Seconds are those that trainings took, one after
 * the other; of a run that was interrupted, those of its steps.
 *
 * @param searchSteps training steps of all runs that the weights follow from
 * @param searchSeconds their time
 * @param steps training steps of the fine-tuning
 * @param seconds their time
 * @param shares share of each domain in the rows to be drawn, by name
 * @param rows different rows that were drawn
 */
public record MixtureUse(
    long searchSteps,
    double searchSeconds,
    long steps,
    double seconds,
    Map<String, Double> shares,
    long rows) {

  /** The headings of {@link #cells}. */
  public static final List<String> HEADINGS = List.of(
      "steps before",
      "seconds before",
      "fine-tuning steps",
      "fine-tuning seconds",
      "effective domains",
      "different rows");

  /** Returns the means over some uses, for a table with {@link #HEADINGS}. */
  public static List<String> cells(List<MixtureUse> uses) {
    return List.of(
        mean(uses, 0, MixtureUse::searchSteps),
        mean(uses, 1, MixtureUse::searchSeconds),
        mean(uses, 0, MixtureUse::steps),
        mean(uses, 1, MixtureUse::seconds),
        mean(uses, 2, MixtureUse::effectiveDomains),
        mean(uses, 0, MixtureUse::rows));
  }

  private static String mean(
      List<MixtureUse> uses, int decimals, ToDoubleFunction<MixtureUse> value) {
    double mean = uses.stream().mapToDouble(value).average().orElse(Double.NaN);
    return String.format(Locale.ROOT, "%." + decimals + "f", mean);
  }

  private static final Taken NOTHING = new Taken(0, 0);

  /** The steps of a run. */
  private record Taken(long steps, double seconds) {
    static Taken by(RunFolder run) {
      var step = StepLog.numbers(run.log(), Timings.STEP_SECONDS);
      var input = StepLog.numbers(run.log(), Timings.INPUT_SECONDS);
      double steps = Arrays.stream(step).sum() + Arrays.stream(input).sum();
      var whole = RunRecord.read(run).map(RunRecord::seconds).orElse(0.0);
      // The record knows the last process only.
      return new Taken(step.length, Math.max(steps, whole));
    }

    static Taken by(MixtureSearch.Found search) {
      return new Taken(search.steps(), search.seconds());
    }

    Taken and(Taken other) {
      return new Taken(steps + other.steps, seconds + other.seconds);
    }
  }

  /** Returns the effective number of domains, exp of the entropy of the shares: that many equal shares are as mixed. */
  @JsonProperty
  public double effectiveDomains() {
    return Math.exp(shares.values().stream()
        .filter(share -> share > 0)
        .mapToDouble(share -> -share * Math.log(share))
        .sum());
  }

  /** Returns the use of every weighting of a pipeline whose stages are complete, by what was written for it. */
  static Map<String, MixtureUse> of(
      PipelinePlan plan, Map<MixtureSearch.Method, MixtureSearch.Found> found) {
    var uses = new LinkedHashMap<String, MixtureUse>();
    try (var prepared = PreparedData.of(plan.base().config())) {
      for (var weighting : plan.weightings()) {
        var search = search(plan, weighting, found);
        var stage = plan.finetuning(weighting);
        var finetuning = stage.map(MixtureUse::taken).orElse(NOTHING);
        uses.put(
            weighting.text(),
            new MixtureUse(
                search.steps(),
                search.seconds(),
                finetuning.steps(),
                finetuning.seconds(),
                stage
                    .map(trained -> shares(trained, prepared))
                    .orElseGet(
                        () -> shares(found.get(MixtureSearch.Method.MERGE).weights(), prepared)),
                stage.map(trained -> rows(trained, prepared)).orElse(0L)));
      }
    }
    return uses;
  }

  private static Taken search(
      PipelinePlan plan,
      Weighting weighting,
      Map<MixtureSearch.Method, MixtureSearch.Found> found) {
    return switch (weighting.source()) {
      case SHARES, FILE -> NOTHING;
      case LEARNED -> {
        var learning = plan.learning(weighting);
        var reference = learning.reference().map(each -> taken(each.stage())).orElse(NOTHING);
        yield reference.and(taken(learning.stage()));
      }
      case SEARCHED, MERGED -> Taken.by(found.get(PipelinePlan.method(weighting)));
      case AUDITED -> {
        var audit = plan.audit().orElseThrow();
        yield taken(audit.first()).and(taken(audit.second()));
      }
    };
  }

  private static Taken taken(PipelinePlan.Stage stage) {
    return Taken.by(new RunFolder(stage.run()));
  }

  private static Map<String, Double> shares(PipelinePlan.Stage stage, PreparedData prepared) {
    var data = stage.planned().config().data();
    var weights = Arrays.stream(DomainProbabilities.of(data, prepared, data.fold()))
        .boxed()
        .toList();
    return shares(
        data.weightsApplyTo() == DataConfig.WeightsApplyTo.LOSS
            ? ScaledLosses.sampling(weights)
            : weights,
        prepared);
  }

  private static Map<String, Double> shares(Path weights, PreparedData prepared) {
    return shares(
        DomainProbabilities.fromFile(weights, file -> file.selectionFrom(prepared.domainNames())),
        prepared);
  }

  private static Map<String, Double> shares(List<Double> weights, PreparedData prepared) {
    double sum = weights.stream().mapToDouble(weight -> weight).sum();
    var shares = new LinkedHashMap<String, Double>();
    var names = prepared.domainNames();
    for (int id = 0; id < names.size(); id++) {
      shares.put(names.get(id), weights.get(id) / sum);
    }
    return shares;
  }

  /** Returns the number of different rows: no row of a domain is drawn again before all of its rows were. */
  private static long rows(PipelinePlan.Stage stage, PreparedData prepared) {
    var sizes = prepared.data().sizes(stage.planned().config().data().fold());
    var names = prepared.domainNames();
    long rows = 0;
    for (int id = 0; id < sizes.length; id++) {
      var drawn = StepLog.numbers(
          new RunFolder(stage.run()).trajectory(), DomainTrajectory.ROWS + "/" + names.get(id));
      rows += Math.min(sizes[id], (long) Arrays.stream(drawn).sum());
    }
    return rows;
  }

  /** Returns the names of all domains of some mixtures. */
  static List<String> domains(Map<String, MixtureUse> uses) {
    return uses.values().stream()
        .flatMap(use -> use.shares().keySet().stream())
        .distinct()
        .toList();
  }
}
