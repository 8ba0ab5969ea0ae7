package org.tdro.tools;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ResolvedConfig;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments that configure a run, shared by all commands that start one. */
final class ConfigArguments {
  /** The label of the arguments. */
  static final String LABEL = "KEY=VALUE";

  @Parameters(
      paramLabel = LABEL,
      description = {
        "group=option chooses a file of the configuration, key.path=value sets one value, experiment=NAME sets many;",
        "stages.STAGE.key=value sets a value for one stage. Later arguments win."
      })
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--config-dir",
      paramLabel = "DIR",
      description = "A folder like configs/ whose files take precedence over the built-in ones.")
  private Path configDir;

  /** Returns the overrides in the order in which they were typed. */
  List<String> overrides() {
    return List.copyOf(overrides);
  }

  /** Returns the options as they would be typed. */
  List<String> options() {
    return configDir == null ? List.of() : List.of("--config-dir", configDir.toString());
  }

  /** Shows no progress if the options say so. */
  ConfigArguments shownAs(ProgressOptions options) {
    if (!options.isShown()) {
      overrides.add("train.progress=none");
    }
    return this;
  }

  ConfigComposer<RunConfig> composer() {
    return RunConfig.composer(Optional.ofNullable(configDir));
  }

  /** Returns the configuration of a run that is about to start; the files that it reads must exist. */
  ResolvedConfig<RunConfig> composeForRun() {
    return composer().composeForRun(overrides);
  }
}
