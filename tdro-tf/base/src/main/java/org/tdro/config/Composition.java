package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.config.Argument.Action;
import org.tdro.config.ConfigComposer.Source;
import org.tdro.config.Defaults.Choice;
import org.tdro.io.InputException;
import org.tdro.io.Suggestion;

/** One composition by a {@link ConfigComposer}: arguments choose files, and then change the values in them, in their order. */
final class Composition<R extends Record> {
  private final ConfigSchema<R> schema;
  private final ConfigFolders folders;
  private final List<String> groups;
  private final ConfigProblems problems = new ConfigProblems();

  private final Optional<Layers.Layer> preset;
  private final Layers layers;
  private final List<Argument> values = new ArrayList<>();

  Composition(ConfigSchema<R> schema, ConfigFolders folders, List<String> typed) {
    this.schema = schema;
    this.folders = folders;
    this.groups = schema.groups();
    var choices = new ArrayList<Argument>();
    var presets = new ArrayList<Argument>();
    for (var argument : parsed(typed)) {
      sort(argument, presets, choices);
    }
    this.preset = preset(presets);
    var fixed = new LinkedHashMap<String, Choice>();
    preset.ifPresent(layer -> choose(layer.values(), fixed));
    var ofPreset = Map.copyOf(fixed);
    choices.forEach(argument -> fixed.put(argument.path().get(0), choice(argument)));
    this.layers = new Layers(folders, groups, fixed, problems);
    for (var group : groups) {
      var before = Optional.ofNullable(ofPreset.get(group)).or(() -> layers.listed(group));
      check(choices.stream().filter(argument -> argument.isFor(group)).toList(), before);
    }
  }

  private List<Argument> parsed(List<String> typed) {
    var arguments = new ArrayList<Argument>();
    var prefix = schema.properties();
    if (!prefix.isEmpty()) {
      System.getProperties().stringPropertyNames().stream()
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .forEach(name -> Argument.parse(
                  name.substring(prefix.length()) + "=" + System.getProperty(name),
                  Argument.PROPERTY + name,
                  problems)
              .ifPresent(arguments::add));
    }
    typed.forEach(argument -> Argument.parse(argument, problems).ifPresent(arguments::add));
    return arguments;
  }

  /** Adds an argument to those that choose the preset, those that choose an option, or those that change a value. */
  private void sort(Argument argument, List<Argument> presets, List<Argument> choices) {
    var name = argument.path().get(0);
    boolean single = argument.path().size() == 1;
    if (single && name.equals(schema.presets())) {
      choose(argument, presets);
    } else if (!single || !groups.contains(name)) {
      change(argument);
    } else if (argument.isSection()) {
      change(argument.withPath(List.of(name.split("/", -1))));
    } else if (argument.action() != Action.REMOVE
        && schema.takesFolder(name)
        && !folders.options(name).contains(argument.option())) {
      var key = schema.folderKey(name, argument.option());
      if (key.isPresent()) {
        values.add(argument.withPath(key.get()));
      } else if (!sweeps(argument, false, "")) {
        problems.add(
            argument.source(),
            argument.typed() + " is neither an option of " + name + " ("
                + String.join(", ", folders.options(name)) + ") nor a folder of "
                + schema.folderContent(name));
      }
    } else {
      choose(argument, choices);
    }
  }

  private void choose(Argument argument, List<Argument> choices) {
    if (folders.options(argument.path().get(0)).contains(argument.option())
        || !sweeps(argument, false, "")) {
      choices.add(argument);
    }
  }

  private void change(Argument argument) {
    var path = argument.path();
    if (path.get(0).equals("hydra")) {
      problems.add(
          argument.source(),
          argument.typed()
              + " configures Hydra, which does not run here; --help lists the options");
      return;
    }
    boolean ofVariant = schema
        .variants()
        .filter(variants -> path.size() > 2 && path.get(0).equals(variants.section()))
        .isPresent();
    var holder = RecordKeys.holder(schema.root(), ofVariant ? path.subList(2, path.size()) : path);
    var type = holder.map(RecordKeys::held);
    boolean plainText = type.isEmpty()
        || holder.filter(RecordKeys::isTextOrList).isPresent()
        || List.of(String.class, Path.class).contains(type.get())
        || type.get().getTypeName().startsWith(Map.class.getName());
    boolean isList =
        type.filter(held -> held.getTypeName().startsWith(List.class.getName())).isPresent();
    var orList = isList ? ", or write a list as [a, b]" : "";
    if (!sweeps(argument, plainText, orList)) {
      values.add(argument);
    }
  }

  /** Whether an argument has several values, which is reported. */
  private boolean sweeps(Argument argument, boolean plainText, String orList) {
    if (argument.sweeps(plainText)) {
      problems.add(argument.source(), argument.typed() + " sweeps; add -m" + orList);
      return true;
    }
    return false;
  }

  private static Choice choice(Argument argument) {
    return argument.action() == Action.REMOVE
        ? new Choice(Optional.empty(), argument.origin(), false)
        : Choice.of(argument.option(), argument.origin());
  }

  /** Reports the arguments that add a choice where there is one, or remove one that there is not; returns the last choice. */
  private Optional<Choice> check(List<Argument> arguments, Optional<Choice> before) {
    var now = before;
    for (var argument : arguments) {
      var name = argument.path().get(0);
      var option = now.flatMap(Choice::option);
      if (argument.action() == Action.ADD && option.isPresent()) {
        problems.add(
            argument.origin(),
            "%s=%s is chosen already (%s); write %1$s=%s to choose another"
                .formatted(name, option.get(), now.get().origin(), argument.option()));
      } else if (argument.action() == Action.REMOVE && option.isEmpty()) {
        problems.add(argument.origin(), "no option of " + name + " is chosen");
      } else if (argument.action() == Action.REMOVE
          && argument.text().isPresent()
          && !option.get().equals(argument.option())) {
        problems.add(
            argument.origin(),
            "the option of %s is %s (%s)"
                .formatted(name, option.get(), now.get().origin()));
      }
      now = Optional.of(choice(argument));
    }
    return now;
  }

  private Optional<Layers.Layer> preset(List<Argument> arguments) {
    var choice = check(arguments, Optional.empty());
    var option = choice.flatMap(Choice::option);
    if (option.isEmpty()) {
      return Optional.empty();
    }
    var origin = choice.get().origin();
    var file = folders.find(ConfigFolders.file(schema.presets(), option.get()));
    if (file.isEmpty()) {
      problems.add(origin, folders.noOption(schema.presets(), option.get()));
    }
    return file.map(found -> new Layers.Layer(
        ConfigFolders.shown(found),
        "",
        origin,
        Layers.withSections(folders.parse(found, problems), "", groups, problems)));
  }

  /** Adds the choices in the defaults of a preset. */
  private void choose(Config file, Map<String, Choice> choices) {
    for (var item : Defaults.of(file, "", problems).items()) {
      if (item.choice().isPresent() && groups.contains(item.name())) {
        choices.put(item.name(), item.choice().get());
      } else if (item.choice().isPresent()) {
        problems.add(item.choice().get().origin(), Layers.notAGroup(item.name(), groups));
      }
    }
  }

  /** Returns the files, each of which overrides those before it. */
  List<Source> sources() {
    problems.raise();
    var files = new ArrayList<>(layers.layers());
    preset.ifPresent(files::add);
    return files.stream()
        .map(layer -> new Source(layer.file(), layer.section(), layer.origin()))
        .toList();
  }

  /** Returns the configuration, whose files to be read must exist if {@code inputsExist}. */
  ResolvedConfig<R> bind(boolean inputsExist) {
    var files = preset
        .map(layer -> layer.values().withoutPath(Defaults.KEY))
        .orElse(ConfigFactory.empty())
        .withFallback(layers.values());
    var binder = new RecordBinder(
        schema.root(),
        problems,
        key -> layers.isBroken(key) ? Optional.empty() : layers.home(key),
        inputsExist);
    var changes = new ValueChanges(schema, values, binder);
    var base = files;
    var sections = ConfigFactory.empty();
    var variant = "";
    if (schema.variants().isPresent()) {
      var variants = schema.variants().get();
      sections = section(files, variants.section());
      base = files.withoutPath(variants.section());
      variant = changes.variant(base);
      checkOthers(sections, variants, variant, binder);
      checkOthers(changes.sections(problems), variants, variant, binder);
      base = section(sections, variant).withFallback(base);
    }
    var derived = derived(changes.applied(base, sections, variant, new ConfigProblems()));
    var complete = inPlaceOfDefaults(base, derived);
    return ResolvedConfig.bind(
        schema, changes.applied(complete, sections, variant, problems), problems, binder);
  }

  /** Checks the sections of other variants, so that their typing errors do not wait for a run of that variant. */
  private void checkOthers(
      Config sections, ConfigSchema.Variants variants, String chosen, RecordBinder binder) {
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

  /** Returns the values that keys of a configuration give by {@link ConfigSchema#defaultsFrom}. */
  private Config derived(Config merged) {
    var derived = ConfigFactory.empty();
    Config complete;
    try {
      complete = merged.resolve();
    } catch (com.typesafe.config.ConfigException e) {
      return derived; // Reported when it is bound.
    }
    for (var source : schema.derived().entrySet()) {
      if (complete.hasPath(source.getKey())
          && complete.getValue(source.getKey()).unwrapped() instanceof String named) {
        try {
          var values = source.getValue().apply(named);
          derived = ConfigValueFactory.fromMap(values, named).toConfig().withFallback(derived);
        } catch (InputException e) {
          var origin = ConfigProblems.where(complete.getValue(source.getKey()).origin());
          e.problems().forEach(problem -> problems.add(origin, source.getKey() + ": " + problem));
        }
      }
    }
    return derived;
  }

  private Config inPlaceOfDefaults(Config config, Config derived) {
    var kept = ConfigFactory.empty();
    for (var value : derived.entrySet()) {
      var path = ConfigUtil.splitPath(value.getKey());
      if (ValueChanges.at(config, path)
          .map(present -> folders.isDefault(present.origin(), schema.presets()))
          .orElse(true)) {
        kept = kept.withValue(value.getKey(), value.getValue());
      }
    }
    return kept.withFallback(config);
  }

  static Config section(Config config, String name) {
    return config.root().get(name) instanceof ConfigObject section
        ? section.toConfig()
        : ConfigFactory.empty();
  }
}
