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
import java.util.regex.Pattern;

/**
 * One argument, in the grammar of Hydra's overrides: {@code group=option}, {@code key.path=value}, or one of these after a sign.
 *
 * @param typed the whole argument
 * @param source where it comes from
 * @param action what its sign asks for
 * @param path the parts of the key; a group within a group has one part, {@code model/lora}
 * @param text the value as typed; absent in {@code ~key}
 */
record Argument(
    String typed, String source, Action action, List<String> path, Optional<String> text) {
  /** The origin of arguments. */
  static final String SOURCE = "command line";

  /** The beginning of the origin of system properties. */
  static final String PROPERTY = "system property ";

  /** Says that packages are not known. */
  static final String MOVES_A_GROUP =
      " moves a group to another package: the options of a group always set the section of its name";

  private static final Pattern SWEEP =
      Pattern.compile("(choice|range|interval)\\(.*\\)", Pattern.DOTALL);

  /** The actions by their signs. */
  enum Action {
    /** {@code key=value} sets a value. */
    SET(""),
    /** {@code +key=value} sets a value that is not set yet. */
    ADD("+"),
    /** {@code ++key=value} sets a value, as {@link #SET}: what may be set is decided by the records. */
    FORCE("++"),
    /** {@code ~key} removes a value, {@code ~key=value} this value alone. */
    REMOVE("~");

    private final String sign;

    Action(String sign) {
      this.sign = sign;
    }

    private static Action of(String typed) {
      return typed.startsWith("++")
          ? FORCE
          : typed.startsWith("+") ? ADD : typed.startsWith("~") ? REMOVE : SET;
    }
  }

  /** Parses an argument of the command line; returns nothing, and adds a problem, if it cannot be read. */
  static Optional<Argument> parse(String typed, ConfigProblems problems) {
    return parse(typed, SOURCE, problems);
  }

  /** Parses an argument; returns nothing, and adds a problem, if it cannot be read. */
  static Optional<Argument> parse(String typed, String source, ConfigProblems problems) {
    var action = Action.of(typed);
    var rest = typed.substring(action.sign.length());
    int equals = ArgumentText.firstEquals(rest);
    boolean keyAlone = equals < 0 && action == Action.REMOVE;
    if (equals > 0 || (keyAlone && !rest.isBlank())) {
      var key = (keyAlone ? rest : rest.substring(0, equals)).strip();
      var text = keyAlone ? Optional.<String>empty() : Optional.of(rest.substring(equals + 1));
      try {
        return Optional.of(new Argument(typed, source, action, ConfigUtil.splitPath(key), text));
      } catch (com.typesafe.config.ConfigException.BadPath e) {
        var foreign = foreign(key);
        if (foreign.isPresent()) {
          problems.add(source, typed + foreign.get());
          return Optional.empty();
        }
      }
    }
    problems.add(source, typed + " is neither group=option nor key=value");
    return Optional.empty();
  }

  /** Returns what to write instead of a key in a form of Hydra's that is not understood here. */
  private static Optional<String> foreign(String key) {
    if (key.contains("@")) {
      return Optional.of(MOVES_A_GROUP);
    }
    if (key.endsWith("+")) {
      return Optional.of(" appends to a list: write the whole list, key=[…]");
    }
    if (key.contains("[")) {
      return Optional.of(" sets one element of a list: write the whole list, key=[…]");
    }
    return Optional.empty();
  }

  /** Returns the origin of the value that it sets. */
  String origin() {
    return source + ": " + typed;
  }

  /** Whether this is for the top-level key {@code name}. */
  boolean isFor(String name) {
    return path.equals(List.of(name));
  }

  /** Returns the name of the option that it chooses or, after {@code ~}, expects. */
  String option() {
    return text.map(value -> unquoted(value.strip()).orElse(value)).orElse("");
  }

  /** Whether it sets values of a section, {@code group={key: value}}, rather than choosing an option. */
  boolean isSection() {
    return action != Action.REMOVE && text.orElse("").strip().startsWith("{");
  }

  /** Returns the same argument for another key. */
  Argument withPath(List<String> other) {
    return new Argument(typed, source, action, other, text);
  }

  /**
   * Whether the value cannot be read but as several, of which a sweep takes one at a time: {@code choice(…)}, {@code range(…)},
   * {@code interval(…)} or values with commas between them.
   *
   * @param plainText whether the key takes any text, in which a comma may be meant as one
   */
  boolean sweeps(boolean plainText) {
    var value = text.orElse("").strip();
    return action != Action.REMOVE
        && (SWEEP.matcher(value).matches()
            || (ArgumentText.isSeveral(value) && !(plainText && ArgumentText.isBare(value))));
  }

  /** Returns the argument as a configuration; an empty one, after adding a problem, if the value is malformed HOCON. */
  Config toConfig(ConfigProblems problems) {
    var foreign = ArgumentText.foreign(text.orElse(""));
    if (foreign.isPresent() && ArgumentText.isBare(text.orElse("").strip())) {
      problems.add(source, typed + foreign.get());
      return ConfigFactory.empty();
    }
    try {
      return at(value());
    } catch (com.typesafe.config.ConfigException e) {
      problems.add(
          source,
          typed
              + foreign.orElse(
                  " is not a list or object in HOCON; strings with one of : # $ @ = need quotes"));
      return ConfigFactory.empty();
    }
  }

  /** Returns a configuration that has a value at the key. */
  Config at(ConfigValue value) {
    for (int depth = path.size() - 1; depth >= 0; depth--) {
      value = ConfigValueFactory.fromMap(Map.of(path.get(depth), value), origin());
    }
    return ((ConfigObject) value).toConfig();
  }

  /**
   * Returns the value: lists, objects, quoted strings, substitutions, numbers, booleans and null are HOCON. Everything else is the
   * text itself, so that paths need no quotes and text after a HOCON comment sign is kept.
   */
  ConfigValue value() {
    var bare = text.orElse("").strip();
    if (!ArgumentText.isBare(bare)) {
      return parsed(ArgumentText.withDoubleQuotes(bare));
    }
    try {
      var value = parsed(bare);
      if (value.valueType() != ConfigValueType.STRING && value.render().equals(bare)) {
        return value;
      }
    } catch (com.typesafe.config.ConfigException e) {
      // It is not HOCON, so it is a plain string.
    }
    return ConfigValueFactory.fromAnyRef(text.orElse(""), origin());
  }

  private ConfigValue parsed(String hocon) {
    var options = ConfigParseOptions.defaults().setOriginDescription(origin());
    return ConfigFactory.parseString("value = " + hocon, options).root().get("value");
  }

  private Optional<String> unquoted(String value) {
    if (!value.startsWith("\"") && !value.startsWith("'")) {
      return Optional.empty();
    }
    try {
      return Optional.of(String.valueOf(value().unwrapped()));
    } catch (com.typesafe.config.ConfigException e) {
      return Optional.empty();
    }
  }
}
