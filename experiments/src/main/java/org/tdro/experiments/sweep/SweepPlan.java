package org.tdro.experiments.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.training.InputFingerprints;
import org.tdro.training.config.RunConfig;
import org.tdro.training.config.SweepConfig;
import org.tdro.training.config.SweepConfig.Sampler;

/** The jobs of a sweep, all of them composed and checked, and the settings that they share. */
final class SweepPlan {
  /**
   * One job.
   *
   * @param candidate its values of the axes
   * @param arguments those of its command, without the output
   */
  record Job(SweepSpace.Candidate candidate, List<String> arguments, SweptCommand.Outline outline) {
    /** Returns the steps of its stages, in order. */
    List<Integer> steps() {
      return outline.stages().stream()
          .map(stage -> stage.config().train().steps())
          .toList();
    }

    /** Returns its values for messages. */
    String title() {
      return String.join(" ", candidate.overrides());
    }
  }

  private final SweptCommand command;
  private final ConfigComposer<RunConfig> composer;
  private final InputFingerprints inputs = InputFingerprints.planned();
  private final ResolvedConfig<RunConfig> base;
  private final SweepSpace space;
  private final List<List<Job>> rungs;

  /**
   * Plans a sweep.
   *
   * @param arguments those of the command, with swept values
   * @throws ConfigException with all problems of all jobs
   */
  SweepPlan(SweptCommand command, ConfigComposer<RunConfig> composer, List<String> arguments) {
    this.command = command;
    this.composer = composer;
    var typed = SweepSpace.parse(arguments);
    base = base(typed);
    checkPort();
    space = typed.with(settings().params(), base.origin("sweep.params"));
    var candidates = candidates();
    rungs = new ArrayList<>();
    rungs.add(composed(candidates, 1));
    checkDifferent(rungs.get(0));
    checkOutput();
    if (isHalving()) {
      HalvingMetric.of(base);
      addShorterRungs(candidates);
    }
  }

  /** Composes the settings of the sweep itself; if one of its values does not fit, the problems of all jobs are reported instead. */
  private ResolvedConfig<RunConfig> base(SweepSpace typed) {
    try {
      return composer.compose(typed.first().arguments());
    } catch (ConfigException e) {
      if (!typed.hasInterval()) {
        composed(typed.grid(), 1);
      }
      throw e;
    }
  }

  private void checkPort() {
    if (settings().jobs() > 1 && base.config().telemetry().prometheus().port() > 0) {
      throw new ConfigException(List.of(
          "%s: telemetry.prometheus.port is one port, which %d jobs cannot share; leave it out or give sweep.jobs=1"
              .formatted(base.origin("telemetry.prometheus.port"), settings().jobs())));
    }
  }

  /** Refuses an output that differs from job to job: all of them are numbered folders in the one of the sweep. */
  private void checkOutput() {
    var first = output(space.first());
    var problems = new ArrayList<String>();
    for (var axis : space.axes()) {
      if (!output(space.differingIn(axis)).equals(first)) {
        problems.add(
            "%s: output follows from %s, which is swept; name one folder, in which each job has a number"
                .formatted(base.origin("output"), SweepSpace.bare(axis.key())));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private Path output(SweepSpace.Candidate candidate) {
    return composer.compose(candidate.arguments()).config().output();
  }

  private List<SweepSpace.Candidate> candidates() {
    var sampler = settings().sampler();
    if (space.hasInterval() && sampler == Sampler.GRID) {
      throw new ConfigException(List.of(
          "%s: sweep.sampler is grid, which cannot list the values of interval(); give sweep.sampler=random"
              .formatted(base.origin("sweep.sampler"))));
    }
    return sampler == Sampler.RANDOM || space.hasInterval()
        ? space.random(settings().trials(), settings().seed())
        : space.grid();
  }

  /** Composes candidates whose stages have a share of the configured steps. */
  private List<Job> composed(List<SweepSpace.Candidate> candidates, double share) {
    var jobs = new ArrayList<Job>();
    var problems = new LinkedHashMap<String, List<SweepSpace.Candidate>>();
    for (var candidate : candidates) {
      try {
        jobs.add(job(candidate, share));
      } catch (ConfigException e) {
        e.problems()
            .forEach(problem ->
                problems.computeIfAbsent(problem, first -> new ArrayList<>()).add(candidate));
      }
    }
    if (!problems.isEmpty()) {
      var lines = new ArrayList<String>();
      problems.forEach((problem, of) -> lines.add(problem + where(of, candidates.size())));
      throw new ConfigException(lines);
    }
    return jobs;
  }

  private static String where(List<SweepSpace.Candidate> of, int all) {
    if (of.size() == all) {
      return "";
    }
    var first = String.join(" ", of.get(0).overrides());
    return of.size() == 1
        ? " (in job %s)".formatted(first)
        : " (in %d of %d jobs, the first is %s)".formatted(of.size(), all, first);
  }

  private Job job(SweepSpace.Candidate candidate, double share) {
    var outline = command.outline(composer, candidate.arguments(), inputs);
    if (share == 1) {
      return new Job(candidate, candidate.arguments(), outline);
    }
    var shorter = new LinkedHashSet<>(candidate.arguments());
    for (var stage : outline.stages()) {
      var config = stage.config();
      shorter.add("stages.%s.train.steps=%d"
          .formatted(word(stage), (int) Math.ceil(config.train().steps() * share)));
    }
    var arguments = List.copyOf(shorter);
    return new Job(candidate, arguments, command.outline(composer, arguments, inputs));
  }

  private static void checkDifferent(List<Job> jobs) {
    var first = new HashMap<String, Job>();
    var problems = new ArrayList<String>();
    for (var job : jobs) {
      var other = first.putIfAbsent(job.outline().identity(), job);
      if (other != null) {
        problems.add(
            "jobs %s and %s would train the same models: sweep settings that the result of training follows from"
                .formatted(other.title(), job.title()));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  /** Puts rungs of fewer steps before the whole one. */
  private void addShorterRungs(List<SweepSpace.Candidate> candidates) {
    int factor = settings().reductionFactor();
    int shortest = rungs.get(0).stream()
        .flatMap(job -> job.steps().stream())
        .mapToInt(steps -> steps)
        .min()
        .orElseThrow();
    double share = 1.0 / factor;
    for (int left = candidates.size(); left >= factor; left = keptOf(left)) {
      if (shortest * share < settings().minSteps()) {
        return;
      }
      rungs.add(0, composed(candidates, share));
      share /= factor;
    }
  }

  /** Returns how many of a rung's jobs halving keeps. */
  int keptOf(int jobs) {
    return (jobs - 1) / settings().reductionFactor() + 1;
  }

  boolean isHalving() {
    return settings().sampler() == Sampler.HALVING;
  }

  /** Returns the number of jobs of each rung and the steps of their stages, a line each. */
  List<String> describeRungs() {
    var lines = new ArrayList<String>();
    int kept = rungs.get(0).size();
    for (int i = 0; i < rungs.size(); i++) {
      lines.add("rung %d of %d: %s, %s"
          .formatted(
              i + 1,
              rungs.size(),
              i == 0
                  ? Sweep.jobs(kept)
                  : "the best %d by %s".formatted(kept, settings().metric()),
              steps(rungs.get(i))));
      kept = keptOf(kept);
    }
    return lines;
  }

  /** Returns the steps of each stage, from the least to the most of any job. */
  private static String steps(List<Job> rung) {
    var byStage = new LinkedHashMap<String, IntSummaryStatistics>();
    for (var job : rung) {
      for (var stage : job.outline().stages()) {
        byStage
            .computeIfAbsent(word(stage), first -> new IntSummaryStatistics())
            .accept(stage.config().train().steps());
      }
    }
    var parts = new ArrayList<String>();
    byStage.forEach((stage, steps) -> parts.add((byStage.size() == 1 ? "" : stage + " ")
        + (steps.getMin() == steps.getMax()
            ? steps.getMin()
            : steps.getMin() + " to " + steps.getMax())));
    return String.join(", ", parts) + " steps";
  }

  private static String word(ResolvedConfig<RunConfig> stage) {
    return stage.config().stage().name().toLowerCase(Locale.ROOT);
  }

  SweepConfig settings() {
    return base.config().sweep();
  }

  /** Returns the folder of the sweep. */
  Path folder() {
    return base.config().output();
  }

  ResolvedConfig<RunConfig> base() {
    return base;
  }

  List<Axis> axes() {
    return space.axes();
  }

  /** Returns the rungs, each with all candidates; there is one unless the sampler is halving. */
  List<List<Job>> rungs() {
    return List.copyOf(rungs);
  }

  /** Returns what jobs of the first rung share, a line each. */
  List<String> shared(Map<Job, Integer> numbers) {
    var jobs = rungs.get(0);
    var lines = new ArrayList<String>();
    var prepared = new LinkedHashMap<List<Object>, List<Integer>>();
    var references = new LinkedHashMap<String, List<Integer>>();
    for (var job : jobs) {
      var config = job.outline().base().config();
      var data = config.data();
      var key = List.<Object>of(
          data.cache(),
          data.train(),
          data.tokenizer(),
          data.vocabulary(),
          data.lowercase(),
          config.model().path(),
          data.queryLength(),
          data.passageLength(),
          data.promptVariants(config.seed()));
      prepared.computeIfAbsent(key, first -> new ArrayList<>()).add(numbers.get(job));
      job.outline()
          .reference()
          .ifPresent(reference -> references
              .computeIfAbsent(Sweep.name(reference), first -> new ArrayList<>())
              .add(numbers.get(job)));
    }
    prepared.forEach((key, users) ->
        lines.add("tokenizer and token ids, in %s: %s".formatted(key.get(0), jobs(users))));
    references.forEach((name, users) -> lines.add("%s: %s".formatted(name, jobs(users))));
    return lines;
  }

  private static String jobs(List<Integer> numbers) {
    return (numbers.size() == 1 ? "job " : "jobs ")
        + String.join(", ", numbers.stream().map(Object::toString).toList());
  }
}
