package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One argument {@code group=option} or {@code key.path=value}.
 *
 * @param typed the whole argument
 * @param path the parts of the key
 * @param text the value as typed
 */
record Argument(String typed, List<String> path, String text) {
  /** The origin of arguments. */
  static final String SOURCE = "command line";

  /** Parses an argument; returns nothing, and adds a problem, if it has no key. */
  static Optional<Argument> parse(String typed, ConfigProblems problems) {
    int equals = typed.indexOf('=');
    try {
      if (equals > 0) {
        var path = ConfigUtil.splitPath(typed.substring(0, equals).strip());
        return Optional.of(new Argument(typed, path, typed.substring(equals + 1)));
      }
    } catch (com.typesafe.config.ConfigException.BadPath e) {
      // Reported below, in the same words as an argument without a key.
    }
    problems.add(SOURCE, typed + " is neither group=option nor key=value");
    return Optional.empty();
  }

  /** Returns the origin of the value that it sets. */
  String origin() {
    return SOURCE + ": " + typed;
  }

  /** Whether this sets the top-level key {@code name}. */
  boolean sets(String name) {
    return path.equals(List.of(name));
  }

  /** Returns the argument as a configuration; an empty one, after adding a problem, if the value is malformed HOCON. */
  Config toConfig(ConfigProblems problems) {
    try {
      ConfigValue value = value();
      for (var depth = path.size() - 1; depth >= 0; depth--) {
        value = ConfigValueFactory.fromMap(Map.of(path.get(depth), value), origin());
      }
      return ((ConfigObject) value).toConfig();
    } catch (com.typesafe.config.ConfigException e) {
      problems.add(
          SOURCE,
          typed + " is not a list or object in HOCON; strings with one of : # $ @ = need quotes");
      return ConfigFactory.empty();
    }
  }

  /**
   * Returns the value: lists, objects, quoted strings, substitutions, numbers, booleans and null are HOCON. Everything else is the
   * text itself, so that paths need no quotes and text after a HOCON comment sign is kept.
   */
  private ConfigValue value() {
    var bare = text.strip();
    var structured = bare.startsWith("[")
        || bare.startsWith("{")
        || bare.startsWith("\"")
        || bare.contains("${");
    if (structured) {
      return parsed();
    }
    try {
      var value = parsed();
      if (value.valueType() != ConfigValueType.STRING && value.render().equals(bare)) {
        return value;
      }
    } catch (com.typesafe.config.ConfigException e) {
      // It is not HOCON, so it is a plain string.
    }
    return ConfigValueFactory.fromAnyRef(text, origin());
  }

  private ConfigValue parsed() {
    var options = ConfigParseOptions.defaults().setOriginDescription(origin());
    return ConfigFactory.parseString("value = " + text, options).root().get("value");
  }
}
