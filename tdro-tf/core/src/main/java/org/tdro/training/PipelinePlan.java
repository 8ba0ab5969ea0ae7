package org.tdro.training;

import static org.tdro.config.ConfigComposer.argument;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.Suggestion;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.runs.RunFolder;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.DroConfig;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.Weighting;

/** The stages of a pipeline, composed before any of them is trained: what earlier stages make for later ones need not exist. */
final class PipelinePlan {
  private final ConfigComposer<RunConfig> composer;
  private final List<String> arguments;
  private final ResolvedConfig<RunConfig> base;
  private final List<Weighting> weightings;
  private final Map<Boolean, Reference> references = new LinkedHashMap<>();
  private final Map<Optional<String>, Learning> learnings = new LinkedHashMap<>();
  private final Map<MixtureSearch.Method, Path> searches = new LinkedHashMap<>();
  private final Optional<Audit> audit;
  private final Map<Weighting, Stage> finetunings = new LinkedHashMap<>();

  /**
   * A stage.
   *
   * @param arguments all of its arguments
   * @param planned its configuration, of which inputs need not exist
   */
  record Stage(List<String> arguments, ResolvedConfig<RunConfig> planned) {
    Path run() {
      return planned.config().output();
    }

    int steps() {
      return planned.config().train().steps();
    }
  }

  /**
   * A reference that losses are compared with.
   *
   * @param given whether {@code dro.reference} names it, so that it is not trained here
   * @param arguments those that train it, but for its output
   */
  record Reference(Stage stage, boolean given, List<String> arguments) {}

  /**
   * A method that learns weights in stage dro.
   *
   * @param reference what it compares losses with, if it does
   */
  record Learning(Stage stage, DroConfig dro, Optional<Reference> reference) {
    /** Returns the file of the weights that a weighting takes. */
    Path weights(Weighting weighting) {
      var selection = weighting.selection().orElse(dro.method().result());
      return new RunFolder(stage.run()).weights().resolve(selection + "_weights.json");
    }
  }

  /**
   * An audit of the domains.
   *
   * @param first a run on a half of the rows
   * @param second a run on the other half
   * @param own whether these are trained for it alone
   */
  record Audit(Stage first, Stage second, boolean own, Path folder) {}

  /**
   * Plans the pipeline that {@code arguments} describe.
   *
   * @throws ConfigException listing everything that is wrong with its settings
   */
  PipelinePlan(ConfigComposer<RunConfig> composer, List<String> arguments) {
    this.composer = composer;
    this.arguments = List.copyOf(arguments);
    base = composer.compose(all("stage=reference"));
    var config = base.config();
    weightings = config.pipeline().parsed();
    var problems = new ArrayList<String>();
    for (var weighting : weightings) {
      switch (weighting.source()) {
        case LEARNED -> learn(weighting, problems);
        case SEARCHED, MERGED -> search(method(weighting));
        default -> {}
      }
    }
    audit = weightings.stream().anyMatch(each -> each.source() == Weighting.Source.AUDITED)
        ? Optional.of(plannedAudit())
        : Optional.empty();
    if (!searches.isEmpty()) {
      problems.addAll(MixtureSearch.problems(base));
    }
    if (config.eval().data().isEmpty()) {
      problems.add(
          "eval.data is empty: give eval.data=[FOLDER], evaluation sets in BEIR's form or folders of them");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    weightings.forEach(weighting -> weights(weighting)
        .ifPresent(weights -> finetunings.put(weighting, composed(weighting, weights))));
  }

  private void learn(Weighting weighting, List<String> problems) {
    if (!learnings.containsKey(weighting.group())) {
      try {
        learnings.put(weighting.group(), composed(weighting));
      } catch (ConfigException e) {
        if (weighting.selection().isEmpty() && e.getMessage().contains("has no option")) {
          problems.add("%s: pipeline.weightings has %s, which is none of %s%s"
              .formatted(
                  base.origin("pipeline.weightings"),
                  weighting.text(),
                  Weighting.FORMS,
                  Suggestion.of(weighting.text(), Weighting.NAMES, "")));
        }
        e.problems()
            .forEach(problem ->
                problems.add(weighting.group().isEmpty() ? problem : named(weighting) + problem));
        return;
      }
    }
    var percents = learnings.get(weighting.group()).dro().topPercents();
    if (weighting.percent().filter(percent -> !percents.contains(percent)).isPresent()) {
      problems.add("%sdro.top-percents has only %s".formatted(named(weighting), percents));
    }
  }

  private void search(MixtureSearch.Method method) {
    searches.put(method, base.config().output().resolve(method.word()));
  }

  /** Returns an audit by a cross-fitted reference and its proxy or, if there are none, by two runs of its own. */
  private Audit plannedAudit() {
    var folder = Pipeline.audit(base.config().output());
    return learnings.values().stream()
        .filter(learning -> learning.dro().crossFit())
        .flatMap(learning -> learning.reference().stream()
            .map(reference -> new Audit(reference.stage(), learning.stage(), false, folder)))
        .findFirst()
        .orElseGet(() -> new Audit(
            stageIn(folder.resolve("first"), MixtureAudit.half("first")),
            stageIn(folder.resolve("second"), MixtureAudit.half("second")),
            true,
            folder));
  }

  private String named(Weighting weighting) {
    return "%s: pipeline.weightings has %s, but "
        .formatted(base.origin("pipeline.weightings"), weighting.text());
  }

  private Learning composed(Weighting weighting) {
    var choice =
        weighting.group().map(option -> argument("dro", option)).stream().toList();
    var dro = composer.compose(all(choice, "stage=reference")).config().dro();
    var reference =
        dro.needsReference() ? Optional.of(reference(dro.crossFit())) : Optional.<Reference>empty();
    var additions = new ArrayList<>(choice);
    additions.add("stage=dro");
    reference.ifPresent(
        run -> additions.add(argument("dro.reference", run.stage().run())));
    var folder =
        weighting.group().map(option -> "dro-" + option.replace('/', '-')).orElse("dro");
    return new Learning(stage(additions, folder), dro, reference);
  }

  /** Returns the reference for methods that are, or are not, cross-fitted: they compare with a model of half the rows. */
  private Reference reference(boolean crossFit) {
    return references.computeIfAbsent(crossFit, key -> {
      var additions =
          crossFit ? List.of("stage=reference", "data.fold=first") : List.of("stage=reference");
      var config = base.config();
      boolean own = config.dro().crossFit() == crossFit;
      var given = config.dro().reference().filter(run -> own);
      var stage = given
          .map(run -> stageIn(run, additions))
          .orElseGet(() ->
              stage(additions, own ? "reference" : crossFit ? "reference-first" : "reference-all"));
      return new Reference(stage, given.isPresent(), all(additions));
    });
  }

  private Stage stage(List<String> additions, String folder) {
    return stageIn(base.config().output().resolve(folder), additions);
  }

  private Stage stageIn(Path run, List<String> additions) {
    var all = all(additions, argument("output", run));
    return new Stage(all, composer.compose(all));
  }

  private List<String> all(String... additions) {
    return all(List.of(), additions);
  }

  private List<String> all(List<String> first, String... additions) {
    var all = new ArrayList<>(arguments);
    all.addAll(first);
    all.addAll(List.of(additions));
    return all;
  }

  /** Returns the settings that all stages and the evaluation share. */
  ResolvedConfig<RunConfig> base() {
    return base;
  }

  /** Returns the weightings that are compared. */
  List<Weighting> weightings() {
    return weightings;
  }

  /** Returns the references that methods need. */
  List<Reference> references() {
    return List.copyOf(references.values());
  }

  /** Returns the reference that all pipelines with the same settings of it can share; empty if none is trained. */
  Optional<Reference> shareable() {
    return Optional.ofNullable(references.get(base.config().dro().crossFit()))
        .filter(reference -> !reference.given());
  }

  /** Returns the methods that learn weights. */
  List<Learning> learnings() {
    return List.copyOf(learnings.values());
  }

  /** Returns the method that learns the weights of a weighting. */
  Learning learning(Weighting weighting) {
    return learnings.get(weighting.group());
  }

  /** Returns the search that finds the weights of a weighting, or the merge itself. */
  static MixtureSearch.Method method(Weighting weighting) {
    return weighting.source() == Weighting.Source.MERGED
        ? MixtureSearch.Method.MERGE
        : MixtureSearch.Method.of(weighting.text()).orElseThrow();
  }

  /** Returns the searches, each with its folder. */
  Map<MixtureSearch.Method, Path> searches() {
    return searches;
  }

  /** Returns the audit, if a weighting follows from one. */
  Optional<Audit> audit() {
    return audit;
  }

  /** Returns the fine-tuning with a weighting, or the reference where that would only repeat it; empty for a merge. */
  Optional<Stage> finetuning(Weighting weighting) {
    return Optional.ofNullable(finetunings.get(weighting));
  }

  /** Returns what {@code data.weights} is in the fine-tuning with a weighting; empty for a merge. */
  private Optional<String> weights(Weighting weighting) {
    return switch (weighting.source()) {
      case SHARES, FILE -> Optional.of(weighting.text());
      case LEARNED ->
        Optional.of(learnings.get(weighting.group()).weights(weighting).toString());
      case SEARCHED ->
        Optional.of(MixtureSearch.weights(searches.get(method(weighting))).toString());
      case MERGED -> Optional.empty();
      case AUDITED ->
        Optional.of(AuditReport.weights(audit.orElseThrow().folder()).toString());
    };
  }

  private Stage composed(Weighting weighting, String weights) {
    var finetune =
        stage(List.of("stage=finetune", argument("data.weights", weights)), weighting.folder());
    return references.values().stream()
        .map(Reference::stage)
        .filter(reference -> finetune.planned().differences(reference.planned()).stream()
            .allMatch(difference -> difference.key().equals("stage")))
        .findFirst()
        .orElse(finetune);
  }

  /** Returns whether a stage is one of the references. */
  boolean isReference(Stage stage) {
    return references.values().stream()
        .anyMatch(reference -> reference.stage().run().equals(stage.run()));
  }

  /**
   * Checks the inputs that no stage of the pipeline makes.
   *
   * @throws org.tdro.io.InputException listing what is wrong
   */
  void checkInputs() {
    composer.composeForRun(all("stage=reference"));
    for (var weighting : weightings) {
      if (weighting.source() == Weighting.Source.FILE) {
        if (!Files.isRegularFile(Path.of(weighting.text()))) {
          throw new ConfigException(List.of("%s: pipeline.weightings names %s, which is not a file"
              .formatted(base.origin("pipeline.weightings"), weighting.text())));
        }
        var finetuning =
            composer.composeForRun(finetuning(weighting).orElseThrow().arguments());
        checkDomains(Path.of(weighting.text()), finetuning.config().data());
      }
    }
  }

  /** Checks that the data have the domains that a weights file names. */
  private static void checkDomains(Path weights, DataConfig data) {
    var names = PreparedData.domainNames(data);
    DomainProbabilities.fromFile(weights, file -> file.selectionFrom(names));
  }

  /** Returns all stages that are trained, in order. */
  List<Stage> stages() {
    var stages = new ArrayList<Stage>();
    references.values().stream()
        .filter(reference -> !reference.given())
        .forEach(reference -> stages.add(reference.stage()));
    learnings.values().forEach(learning -> stages.add(learning.stage()));
    audit.filter(Audit::own).ifPresent(own -> stages.addAll(List.of(own.first(), own.second())));
    finetunings.values().stream().filter(stage -> !isReference(stage)).forEach(stages::add);
    return stages;
  }
}
