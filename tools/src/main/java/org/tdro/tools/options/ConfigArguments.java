package org.tdro.tools.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.InputException;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments that configure a run, shared by all commands that start one. */
public final class ConfigArguments {
  /** The label of the arguments. */
  public static final String LABEL = "KEY=VALUE";

  private static final String ROOT = "config";

  @Parameters(
      paramLabel = LABEL,
      description = {
        "group=option chooses a file of the configuration, key.path=value sets one value, experiment=NAME sets many;",
        "stages.STAGE.key=value sets a value for one stage. Later arguments win.",
        "+key=value sets only what is not set, ~key removes a value."
      })
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = {"-cd", "--config-dir"},
      paramLabel = "DIR",
      description = "A folder like configs/ whose files take precedence over the built-in ones.")
  private Path configDir;

  @Option(
      names = {"-cn", "--config-name"},
      paramLabel = "NAME",
      description = "The root file is NAME.conf (default: config).")
  private String configName = ROOT;

  /** Returns the overrides in the order in which they were typed. */
  public List<String> overrides() {
    return List.copyOf(overrides);
  }

  /** Returns the options as they would be typed. */
  public List<String> options() {
    var options = new ArrayList<String>();
    if (!configName.equals(ROOT)) {
      options.addAll(List.of("--config-name", configName));
    }
    if (configDir != null) {
      options.addAll(List.of("--config-dir", configDir.toString()));
    }
    return options;
  }

  /** Shows no progress if the options say so. */
  public ConfigArguments shownAs(ProgressOptions options) {
    if (!options.isShown()) {
      overrides.add("train.progress=none");
    }
    return this;
  }

  public ConfigComposer<RunConfig> composer() {
    return RunConfig.composer(Optional.ofNullable(configDir))
        .root(configName.replaceFirst("[.]conf$", ""));
  }

  /** Returns the lines of {@code --help} that list groups and their options; none if the configuration's files cannot be read. */
  public static String groups(CommandLine.Help help) {
    var mixin = help.commandSpec().mixins().get("arguments");
    if (mixin == null || !(mixin.userObject() instanceof ConfigArguments arguments)) {
      return "";
    }
    try {
      return arguments.groups(help.commandSpec().usageMessage().width());
    } catch (InputException e) {
      return "";
    }
  }

  private String groups(int width) {
    var reference = composer().reference();
    var text = new StringBuilder(System.lineSeparator())
        .append("Groups and their options (group=option):")
        .append(System.lineSeparator());
    var names = new ArrayList<>(reference.groups());
    names.add(RunConfig.PRESETS);
    for (var group : names) {
      var options = new ArrayList<>(reference.options(group));
      reference.usual(group).ifPresent(usual -> {
        options.remove(usual);
        options.add(0, usual + " (default)");
      });
      if (options.isEmpty()) {
        continue;
      }
      if (group.equals("data")) {
        options.add("or a FOLDER of training files");
      }
      var line = new StringBuilder("  %-10s".formatted(group));
      for (var option : options) {
        if (line.length() + option.length() + 2 > width) {
          text.append(line).append(System.lineSeparator());
          line = new StringBuilder(" ".repeat(14));
        }
        line.append(line.toString().isBlank() ? "" : "  ").append(option);
      }
      text.append(line).append(System.lineSeparator());
    }
    return text.append("tdro config --explain GROUP explains the keys of a group.")
        .append(System.lineSeparator())
        .toString();
  }

  /** Returns the configuration of a run that is about to start; the files that it reads must exist. */
  public ResolvedConfig<RunConfig> composeForRun() {
    return composer().composeForRun(overrides);
  }
}
