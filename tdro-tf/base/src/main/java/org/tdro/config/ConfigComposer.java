package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tdro.io.Suggestion;

/**
 * Composes a configuration of files and arguments. Later wins over earlier: the root file {@code config.conf}, the chosen option
 * file of each group, what {@link ConfigSchema#defaultsFrom} takes from a named path in place of the program's own files, the
 * chosen preset, the section of the chosen variant, {@code key=value} arguments, and arguments in the section of the variant. {@link ConfigSchema} says which groups, presets and variants there are.
 *
 * @param <R> the root record of the configuration
 */
public final class ConfigComposer<R extends Record> {
  static final String DEFAULTS = "defaults";

  private final ConfigSchema<R> schema;
  private final ConfigFolders folders;
  private final List<String> groups;

  /**
   * Creates a composer of the files in some folders.
   *
   * @param folders searched in order; the root files of all are merged, those of earlier folders first
   */
  public ConfigComposer(ConfigSchema<R> schema, List<Path> folders) {
    this.schema = schema;
    this.folders = new ConfigFolders(folders);
    this.groups = schema.groups();
  }

  /**
   * Composes the configuration of some arguments, whether or not the files that it names exist.
   *
   * @param arguments {@code group=option} and {@code key.path=value}
   * @throws ConfigException with all problems there are
   */
  public ResolvedConfig<R> compose(List<String> arguments) {
    return compose(arguments, false);
  }

  /**
   * Composes the configuration of a run about to start: the files and folders to be read must exist.
   *
   * @param arguments {@code group=option} and {@code key.path=value}
   * @throws ConfigException with all problems there are
   */
  public ResolvedConfig<R> composeForRun(List<String> arguments) {
    return compose(arguments, true);
  }

  /** Returns the reference of the keys, with the comments in the files of this composer. */
  public KeyReference<R> reference() {
    return new KeyReference<>(this, schema, folders);
  }

  private ResolvedConfig<R> compose(List<String> typed, boolean inputsExist) {
    var problems = new ConfigProblems();
    var arguments = typed.stream()
        .flatMap(argument -> Argument.parse(argument, problems).stream())
        .toList();
    var root = folders.root(problems);
    var preset = preset(arguments, problems);
    var choices = new LinkedHashMap<String, Choice>();
    choose(root, choices, problems);
    choose(preset, choices, problems);
    var overrides = overrides(arguments, choices, problems);

    var broken = new HashSet<String>();
    var files = preset.withFallback(groups(choices, broken, problems)).withFallback(root);
    var plain = ConfigFactory.empty();
    for (var override : overrides) {
      plain = override.toConfig(problems).withFallback(plain);
    }

    var binder =
        new RecordBinder(schema.root(), problems, key -> home(key, choices, broken), inputsExist);
    var merged = plain.withFallback(files.withoutPath(DEFAULTS));
    if (schema.variants().isPresent()) {
      var variants = schema.variants().get();
      var variant =
          word(plain, variants.key()).or(() -> word(files, variants.key())).orElse("");
      var ofFiles = section(files, variants.section());
      var ofArguments = section(plain, variants.section());
      checkOthers(ofFiles, variants, variant, binder, problems);
      checkOthers(ofArguments, variants, variant, binder, problems);
      merged = section(ofArguments, variant)
          .withFallback(plain.withoutPath(variants.section()))
          .withFallback(section(ofFiles, variant))
          .withFallback(files.withoutPath(variants.section()).withoutPath(DEFAULTS));
    }
    return ResolvedConfig.bind(schema, withDerived(merged), problems, binder);
  }

  /** Returns the configuration with the values that paths in it give by {@link ConfigSchema#defaultsFrom}. */
  private Config withDerived(Config merged) {
    Config complete;
    try {
      complete = merged.resolve();
    } catch (com.typesafe.config.ConfigException e) {
      return merged; // Reported when it is bound.
    }
    for (var source : schema.derived().entrySet()) {
      if (complete.hasPath(source.getKey())
          && complete.getValue(source.getKey()).unwrapped() instanceof String path
          && Files.exists(Path.of(path))) {
        var values = source.getValue().apply(Path.of(path));
        complete =
            inPlaceOfDefaults(complete, ConfigValueFactory.fromMap(values, path).toConfig());
      }
    }
    return complete;
  }

  private Config inPlaceOfDefaults(Config config, Config derived) {
    var replaced = config;
    for (var value : derived.entrySet()) {
      var key = value.getKey();
      if (!config.hasPath(key)
          || folders.isDefault(config.getValue(key).origin(), schema.presets())) {
        replaced = replaced.withValue(key, value.getValue());
      }
    }
    return replaced;
  }

  /** An option of a group, and the origin of the choice. */
  private record Choice(String option, String origin) {}

  private Config preset(List<Argument> arguments, ConfigProblems problems) {
    return arguments.stream()
        .filter(argument -> argument.sets(schema.presets()))
        .reduce((first, last) -> last)
        .map(argument ->
            load(schema.presets(), new Choice(argument.text(), argument.origin()), problems))
        .orElse(ConfigFactory.empty());
  }

  /** Adds the choices in the section {@code defaults} of a file. */
  private void choose(Config file, Map<String, Choice> choices, ConfigProblems problems) {
    section(file, DEFAULTS).root().forEach((group, option) -> {
      var origin = ConfigProblems.where(option.origin());
      if (groups.contains(group)) {
        choices.put(group, new Choice(String.valueOf(option.unwrapped()), origin));
      } else {
        problems.add(
            origin,
            "defaults." + group + " is not a group" + Suggestion.of(group, groups, "defaults."));
      }
    });
  }

  /** Adds the choices among the arguments, and returns the other arguments, which set values. */
  private List<Argument> overrides(
      List<Argument> arguments, Map<String, Choice> choices, ConfigProblems problems) {
    var overrides = new ArrayList<Argument>();
    for (var argument : arguments) {
      var name = argument.path().get(0);
      var text = argument.text();
      if (argument.sets(schema.presets())) {
        continue;
      }
      if (argument.path().size() > 1 || !groups.contains(name)) {
        overrides.add(argument);
      } else if (schema.takesFolder(name) && !folders.options(name).contains(text)) {
        schema
            .folderKey(name, text)
            .ifPresentOrElse(
                key -> overrides.add(new Argument(argument.typed(), key, text)),
                () -> problems.add(
                    Argument.SOURCE,
                    argument.typed() + " is neither an option of " + name + " ("
                        + String.join(", ", folders.options(name)) + ") nor a folder of "
                        + schema.folderContent(name)));
      } else {
        choices.put(name, new Choice(text, argument.origin()));
      }
    }
    return overrides;
  }

  /** Returns the argument {@code key=value} for a path that may hold any character. */
  public static String argument(String key, Path value) {
    return argument(key, value.toString());
  }

  /** Returns the argument {@code key=value} for a value that may hold any character. */
  public static String argument(String key, String value) {
    return key + "=" + ConfigUtil.quoteString(value);
  }

  /** Returns the argument {@code key=[value, …]}. */
  public static String argument(String key, List<Path> values) {
    return key
        + values.stream()
            .map(value -> ConfigUtil.quoteString(value.toString()))
            .collect(Collectors.joining(",", "=[", "]"));
  }

  /** Returns the merged files of all choices, and adds to {@code broken} the groups whose file has a problem. */
  private Config groups(Map<String, Choice> choices, Set<String> broken, ConfigProblems problems) {
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

  private Config load(String group, Choice choice, ConfigProblems problems) {
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

  /** Returns the file to which a missing key belongs, unless that file has a problem of its own. */
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

  private static Optional<String> word(Config config, String key) {
    return Optional.ofNullable(config.root().get(key))
        .map(value -> String.valueOf(value.unwrapped()));
  }

  /** Checks the sections of other variants, so that their typing errors do not wait for a run of that variant. */
  private void checkOthers(
      Config sections,
      ConfigSchema.Variants variants,
      String chosen,
      RecordBinder binder,
      ConfigProblems problems) {
    var prefix = variants.section() + ".";
    sections.root().forEach((word, section) -> {
      if (!variants.words().contains(word)) {
        problems.add(
            ConfigProblems.where(section.origin()),
            prefix + word + " is not a " + variants.key()
                + Suggestion.of(word, variants.words(), prefix));
      } else if (!word.equals(chosen) && section instanceof ConfigObject keys) {
        binder.checkKeys(schema.root(), keys, prefix + word);
      }
    });
  }

  private static Config section(Config config, String name) {
    return config.root().get(name) instanceof ConfigObject section
        ? section.toConfig()
        : ConfigFactory.empty();
  }
}
