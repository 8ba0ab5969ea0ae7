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

/** The arguments that say what a run is, shared by all commands that start one. */
final class ConfigArguments {
  @Parameters(
      paramLabel = "KEY=VALUE",
      description = {
        "group=option takes a file of the configuration, key.path=value sets one value, experiment=NAME a whole set;",
        "stages.STAGE.key=value does so for one stage. Later wins."
      })
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--config-dir",
      paramLabel = "DIR",
      description = "A folder like configs/ whose files go before the built-in ones.")
  private Path configDir;

  /** As typed, in order. */
  List<String> overrides() {
    return List.copyOf(overrides);
  }

  ConfigComposer<RunConfig> composer() {
    return RunConfig.composer(Optional.ofNullable(configDir));
  }

  /** The configuration of a run about to start: what it reads must exist. */
  ResolvedConfig<RunConfig> composeForRun() {
    return composer().composeForRun(overrides);
  }
}
