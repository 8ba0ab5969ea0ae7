package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.config.Argument.Action;

/** The arguments that change values, applied to the values of files: those for all variants first, each kind in the order typed. */
final class ValueChanges {
  private static final Config NONE = ConfigFactory.empty();

  private final Class<? extends Record> root;
  private final Optional<ConfigSchema.Variants> variants;
  private final List<Argument> arguments;
  private final RecordBinder binder;

  ValueChanges(ConfigSchema<?> schema, List<Argument> arguments, RecordBinder binder) {
    this.root = schema.root();
    this.variants = schema.variants();
    this.arguments = arguments;
    this.binder = binder;
  }

  /** Returns the word of the variant in the values of files after the arguments. */
  String variant(Config files) {
    var values = plain(files, new ConfigProblems());
    return variants
        .flatMap(
            known -> at(values, List.of(known.key())).flatMap(value -> word(values, known.key())))
        .orElse("");
  }

  private static Optional<String> word(Config values, String key) {
    try {
      return Optional.of(String.valueOf(values.resolve().getValue(key).unwrapped()));
    } catch (com.typesafe.config.ConfigException e) {
      return Optional.empty(); // Reported when it is bound.
    }
  }

  /** Returns the arguments for single variants as a configuration of their sections. */
  Config sections(ConfigProblems problems) {
    var sections = NONE;
    for (var argument : arguments) {
      if (isOfVariant(argument)) {
        var change = argument.action() == Action.REMOVE
            ? argument.at(ConfigValueFactory.fromAnyRef(null, argument.origin()))
            : argument.toConfig(problems);
        sections = Composition.section(change, argument.path().get(0)).withFallback(sections);
      }
    }
    return sections;
  }

  /**
   * Returns the values after all arguments.
   *
   * @param values those of files for the chosen variant
   * @param sections those of files for single variants
   */
  Config applied(Config values, Config sections, String variant, ConfigProblems problems) {
    var changed = plain(values, problems);
    for (var argument : arguments) {
      if (isOfVariant(argument)) {
        var path = argument.path();
        if (argument.action() == Action.REMOVE) {
          if (path.size() > 2 && path.get(1).equals(variant)) {
            changed = removed(changed, argument.withPath(path.subList(2, path.size())), problems);
          }
          continue;
        }
        if (argument.action() == Action.ADD) {
          refuseSecond(sections, argument, path.subList(1, path.size()), problems);
        }
        var change = argument.toConfig(problems);
        if (!change.isEmpty() && !(change.root().get(path.get(0)) instanceof ConfigObject)) {
          problems.add(argument.origin(), path.get(0) + " must be a section { … }");
        }
        var ofArgument = Composition.section(change, path.get(0));
        changed = Composition.section(ofArgument, variant).withFallback(changed);
      }
    }
    return changed;
  }

  private boolean isOfVariant(Argument argument) {
    return variants
        .filter(known -> argument.path().get(0).equals(known.section()))
        .isPresent();
  }

  private Config plain(Config values, ConfigProblems problems) {
    var changed = values;
    for (var argument : arguments) {
      if (isOfVariant(argument)) {
        continue;
      }
      if (argument.action() == Action.REMOVE) {
        changed = removed(changed, argument, problems);
        continue;
      }
      if (argument.action() == Action.ADD) {
        refuseSecond(changed, argument, argument.path(), problems);
      }
      var change = argument.toConfig(problems);
      var wrong = at(change, argument.path())
          .filter(value -> !isSection(value))
          .filter(value -> RecordKeys.holder(root, argument.path())
              .flatMap(RecordKeys::section)
              .isPresent());
      if (wrong.isPresent()) {
        var key = ConfigUtil.joinPath(argument.path());
        problems.add(argument.origin(), notASection(key, wrong.get()));
      } else {
        changed = change.withFallback(changed);
      }
    }
    return changed;
  }

  /** Reports that a key has a value already, unless that is a section and so is the value to be added, since sections are joined. */
  private static void refuseSecond(
      Config values, Argument argument, List<String> path, ConfigProblems problems) {
    at(values, path)
        .filter(present -> !(present instanceof ConfigObject
            && argument.text().orElse("").strip().startsWith("{")))
        .ifPresent(present -> problems.add(
            argument.origin(),
            ConfigUtil.joinPath(argument.path()) + " is set already ("
                + ConfigProblems.where(present.origin()) + "); write "
                + argument.typed().substring(1) + " to change it"));
  }

  private Config removed(Config values, Argument argument, ConfigProblems problems) {
    var path = argument.path();
    var key = ConfigUtil.joinPath(path);
    var asked = argument.at(ConfigValueFactory.fromAnyRef(null, argument.origin()));
    if (!binder.checkKeys(root, asked.root(), "")) {
      return values;
    }
    var present = at(values, path);
    if (present.isEmpty()) {
      problems.add(argument.origin(), key + " is not set");
    } else if (RecordKeys.holder(root, path).filter(ValueChanges::isNeeded).isPresent()) {
      problems.add(argument.origin(), key + " cannot be without a value; give it another one");
    } else if (argument.text().isPresent()
        && !isSame(present, at(argument.toConfig(problems), path))) {
      problems.add(
          argument.origin(),
          key + " is " + present.get().render() + " ("
              + ConfigProblems.where(present.get().origin()) + ")");
    } else {
      return values.withoutPath(key);
    }
    return values;
  }

  private static boolean isNeeded(RecordComponent component) {
    var type = component.getType();
    return type != Optional.class
        && !Collection.class.isAssignableFrom(type)
        && !Map.class.isAssignableFrom(type)
        && !component.isAnnotationPresent(Default.class);
  }

  private static boolean isSame(Optional<ConfigValue> present, Optional<ConfigValue> expected) {
    try {
      return present
          .map(value -> value.unwrapped().toString())
          .equals(expected.map(value -> value.unwrapped().toString()));
    } catch (com.typesafe.config.ConfigException.NotResolved e) {
      return false;
    }
  }

  /** Returns the value at a key, or the substitution that stands for it; nothing if it is absent or null. */
  static Optional<ConfigValue> at(Config values, List<String> path) {
    ConfigValue value = values.root();
    for (var part : path) {
      try {
        value = value instanceof ConfigObject object ? object.get(part) : null;
      } catch (com.typesafe.config.ConfigException.NotResolved e) {
        return Optional.of(value);
      }
    }
    return Optional.ofNullable(value).filter(found -> !isNull(found));
  }

  private static boolean isNull(ConfigValue value) {
    return !isUnresolved(value) && value.valueType() == ConfigValueType.NULL;
  }

  /** Whether a value is a section, or may be one once its substitutions are resolved. */
  static boolean isSection(ConfigValue value) {
    return value instanceof ConfigObject || isUnresolved(value);
  }

  /** Says that a key holds no section. */
  static String notASection(String key, ConfigValue value) {
    return key + " must be a section { … }, was "
        + (value instanceof ConfigList ? "a list" : value.render());
  }

  /** Whether a value has substitutions that were not resolved. */
  static boolean isUnresolved(ConfigValue value) {
    try {
      value.unwrapped();
      return false;
    } catch (com.typesafe.config.ConfigException.NotResolved e) {
      return true;
    }
  }
}
