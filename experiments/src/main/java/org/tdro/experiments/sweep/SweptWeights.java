package org.tdro.experiments.sweep;

import static org.tdro.config.ConfigComposer.argument;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.config.ConfigComposer;
import org.tdro.training.WeightsSweep;
import org.tdro.training.config.RunConfig;

/**
 * The runs of a search as a sweep of {@code tdro train} over {@code data.weights}: {@code sweep.jobs} at a time, or one within a job of
 * another sweep.
 *
 * @param options of the command that all jobs get, such as {@code --config-dir}
 * @param progress the stream on which the state of the jobs is shown
 */
public record SweptWeights(
    ConfigComposer<RunConfig> composer,
    List<String> options,
    JobLauncher launcher,
    PrintStream progress)
    implements WeightsSweep {
  private static final String KEY = "data.weights";

  @Override
  public Optional<List<Path>> train(List<String> arguments, List<Path> weights, Path folder) {
    var all = new ArrayList<String>();
    arguments.stream().map(SweptWeights::asOneValue).forEach(all::add);
    // The settings of a sweep that this is a job of.
    all.addAll(List.of("sweep.sampler=grid", "sweep.params=[]", "telemetry.prometheus.port=0"));
    if (JobLauncher.isJob()) {
      all.add("sweep.jobs=1");
    }
    all.add(argument("output", folder));
    all.add(weights.stream()
        .map(file -> argument("", file).substring(1))
        .collect(Collectors.joining(",", KEY + "=", "")));
    var sweep = new Sweep(SweptCommand.TRAIN, composer, options, all);
    var outcome = sweep.run(launcher, progress);
    if (outcome.stopped()) {
      return Optional.empty();
    }
    if (outcome.failed() > 0) {
      throw new IllegalStateException(String.join("\n", Sweep.missing(folder)));
    }
    return Optional.of(sweep.folders());
  }

  /** Returns an argument whose value, a text with commas, is not taken for several values. */
  private static String asOneValue(String argument) {
    return Axis.parse(argument)
        .map(axis ->
            argument(axis.key(), argument.substring(argument.indexOf('=') + 1).strip()))
        .orElse(argument);
  }
}
