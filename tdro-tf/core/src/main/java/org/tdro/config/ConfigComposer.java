package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Composes a configuration of files and arguments. Later wins over earlier: the root file {@code config.conf}, the chosen option
 * file of each group, the {@code experiment=NAME} file, the section {@code stages.STAGE}, {@code key=value} arguments, and
 * {@code stages.STAGE.key=value} arguments.
 */
public final class ConfigComposer {
  private static final String EXPERIMENT = "experiment";
  private static final String DEFAULTS = "defaults";
  private static final String STAGES = "stages";
  private static final List<String> GROUPS = RecordKeys.groups(TdroConfig.class);

  private final ConfigFolders folders;

  /** @param folders searched in order for the files; the root files of all are laid over one another */
  public ConfigComposer(List<Path> folders) {
    this.folders = new ConfigFolders(folders);
  }

  /** The user's folder, if there is one, before the built-in one: system property {@code tdro.configs}, else {@code configs}. */
  public static ConfigComposer standard(Optional<Path> userFolder) {
    var builtIn = Path.of(System.getProperty("tdro.configs", "configs"));
    return new ConfigComposer(
        Stream.concat(userFolder.stream(), Stream.of(builtIn)).toList());
  }

  /**
   * The configuration that the arguments ask for, whether or not the files it names exist.
   *
   * @param arguments {@code group=option} and {@code key.path=value}
   * @throws ConfigException with all problems there are
   */
  public ResolvedConfig compose(List<String> arguments) {
    return compose(arguments, false);
  }

  /** As {@link #compose(List)}, for a run about to start: the files and folders to be read must exist. */
  public ResolvedConfig composeForRun(List<String> arguments) {
    return compose(arguments, true);
  }

  private ResolvedConfig compose(List<String> arguments, boolean inputsExist) {
    var problems = new Problems();
    var settings = arguments.stream()
        .flatMap(argument -> Setting.parse(argument, problems).stream())
        .toList();
    var root = folders.root(problems);
    var experiment = experiment(settings, problems);
    var choices = new LinkedHashMap<String, Choice>();
    choose(root, choices, problems);
    choose(experiment, choices, problems);
    var overrides = overrides(settings, choices, problems);

    var broken = new HashSet<String>();
    var files = experiment.withFallback(groups(choices, broken, problems)).withFallback(root);
    var plain = ConfigFactory.empty();
    for (var override : overrides) {
      plain = override.toConfig(problems).withFallback(plain);
    }

    var binder = new RecordBinder(problems, key -> home(key, choices, broken), inputsExist);
    var stage = stage(plain).or(() -> stage(files)).orElse("");
    checkOtherStages(section(files, STAGES), stage, binder, problems);
    checkOtherStages(section(plain, STAGES), stage, binder, problems);
    var merged = section(section(plain, STAGES), stage)
        .withFallback(plain.withoutPath(STAGES))
        .withFallback(section(section(files, STAGES), stage))
        .withFallback(files.withoutPath(STAGES).withoutPath(DEFAULTS));
    return ResolvedConfig.bind(merged, problems, binder);
  }

  /** An option of a group, and who asked for it. */
  private record Choice(String option, String origin) {}

  private Config experiment(List<Setting> settings, Problems problems) {
    return settings.stream()
        .filter(setting -> setting.sets(EXPERIMENT))
        .reduce((first, last) -> last)
        .map(setting -> load(EXPERIMENT, new Choice(setting.text(), setting.origin()), problems))
        .orElse(ConfigFactory.empty());
  }

  /** Notes the choices in the section {@code defaults} of a file. */
  private static void choose(Config file, Map<String, Choice> choices, Problems problems) {
    section(file, DEFAULTS).root().forEach((group, option) -> {
      var origin = Problems.where(option.origin());
      if (GROUPS.contains(group)) {
        choices.put(group, new Choice(String.valueOf(option.unwrapped()), origin));
      } else {
        problems.add(
            origin,
            "defaults." + group + " is not a group" + Suggestion.of(group, GROUPS, "defaults."));
      }
    });
  }

  /** Takes the choices out of the arguments; what is left sets values. */
  private List<Setting> overrides(
      List<Setting> settings, Map<String, Choice> choices, Problems problems) {
    var overrides = new ArrayList<Setting>();
    for (var setting : settings) {
      var name = setting.path().get(0);
      if (setting.sets(EXPERIMENT)) {
        continue;
      }
      if (setting.path().size() > 1 || !GROUPS.contains(name)) {
        overrides.add(setting);
      } else if (name.equals("data") && !folders.options(name).contains(setting.text())) {
        if (isFolder(setting.text())) {
          overrides.add(new Setting(setting.argument(), List.of("data", "train"), setting.text()));
        } else {
          var options = String.join(", ", folders.options(name));
          problems.add(
              Setting.SOURCE,
              setting.argument() + " is neither an option of data (" + options
                  + ") nor a folder of training files");
        }
      } else {
        choices.put(name, new Choice(setting.text(), setting.origin()));
      }
    }
    return overrides;
  }

  /** The argument {@code key=value} for a value that may hold any character. */
  public static String argument(String key, Path value) {
    return argument(key, value.toString());
  }

  /** The argument {@code key=value} for a value that may hold any character. */
  public static String argument(String key, String value) {
    return key + "=" + ConfigUtil.quoteString(value);
  }

  /** The argument {@code key=[value, …]}. */
  public static String argument(String key, List<Path> values) {
    return key
        + values.stream()
            .map(value -> ConfigUtil.quoteString(value.toString()))
            .collect(Collectors.joining(",", "=[", "]"));
  }

  private static boolean isFolder(String text) {
    try {
      return Files.isDirectory(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The files of all choices; groups whose file could not be read as it stands are noted as {@code broken}. */
  private Config groups(Map<String, Choice> choices, Set<String> broken, Problems problems) {
    var groups = ConfigFactory.empty();
    for (var choice : choices.entrySet()) {
      var before = problems.count();
      var values = load(choice.getKey(), choice.getValue(), problems);
      if (problems.count() > before) {
        broken.add(choice.getKey());
      }
      groups = groups.withFallback(values.atKey(choice.getKey()));
    }
    return groups;
  }

  private Config load(String group, Choice choice, Problems problems) {
    var file = folders.find(ConfigFolders.file(group, choice.option()));
    if (file.isEmpty()) {
      var options = folders.options(group);
      var known = options.isEmpty() ? "there are none" : "there are " + String.join(", ", options);
      problems.add(
          choice.origin(),
          group + " has no option " + choice.option() + " (" + known + ")"
              + Suggestion.of(choice.option(), options, group + "="));
    }
    return file.map(found -> folders.parse(found, problems)).orElse(ConfigFactory.empty());
  }

  /** The file to which a missing key belongs, unless that file has a problem of its own. */
  private Optional<String> home(String key, Map<String, Choice> choices, Set<String> broken) {
    var group = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
    if (broken.contains(group)) {
      return Optional.empty();
    }
    return Optional.ofNullable(choices.get(group))
        .flatMap(choice -> folders.find(ConfigFolders.file(group, choice.option())))
        .or(() -> folders.find(ConfigFolders.ROOT))
        .map(ConfigFolders::shown);
  }

  private static Optional<String> stage(Config config) {
    return Optional.ofNullable(config.root().get("stage"))
        .map(stage -> String.valueOf(stage.unwrapped()));
  }

  /** A typing mistake in the section of a later stage should not wait until that stage starts. */
  private static void checkOtherStages(
      Config stages, String chosen, RecordBinder binder, Problems problems) {
    stages.root().forEach((stage, section) -> {
      if (!Scalars.words(Stage.class).contains(stage)) {
        var suggestion = Suggestion.of(stage, Scalars.words(Stage.class), "stages.");
        problems.add(
            Problems.where(section.origin()), "stages." + stage + " is not a stage" + suggestion);
      } else if (!stage.equals(chosen) && section instanceof ConfigObject keys) {
        binder.checkKeys(TdroConfig.class, keys, "stages." + stage);
      }
    });
  }

  private static Config section(Config config, String name) {
    return config.root().get(name) instanceof ConfigObject section
        ? section.toConfig()
        : ConfigFactory.empty();
  }
}
