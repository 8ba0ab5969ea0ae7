package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the key {@code defaults} of a file asks for, in the order of composition: a section {@code { group = option }}, or a list as
 * in Hydra.
 *
 * @param items groups with their options, other files, and the file itself
 * @param list whether it is a list, which says where the file itself comes
 */
record Defaults(List<Item> items, boolean list) {
  static final String KEY = "defaults";
  static final String SELF = "_self_";
  private static final String OVERRIDE = "override ";
  private static final String OPTIONAL = "optional ";

  /**
   * One element.
   *
   * @param name a group, or a file if there is no choice
   */
  record Item(String name, Optional<Choice> choice) {
    boolean isSelf() {
      return choice.isEmpty() && name.equals(SELF);
    }
  }

  /**
   * An option of a group, and the origin of the choice.
   *
   * @param option empty for none
   * @param optional whether the option need not exist
   */
  record Choice(Optional<String> option, String origin, boolean optional) {
    static Choice of(String option, String origin) {
      return new Choice(Optional.of(option), origin, false);
    }
  }

  /**
   * Reads the defaults of a file.
   *
   * @param group the group of which the file is an option, under which names without a slash before them are looked up; empty for none
   */
  static Defaults of(Config file, String group, ConfigProblems problems) {
    var value = file.root().get(KEY);
    var items = new ArrayList<Item>();
    if (value instanceof ConfigObject section) {
      section.forEach((name, option) -> add(name, option, group, items, problems));
      // The order of keys in a section means nothing: groups come before those within them.
      items.sort(Comparator.comparing(Item::name));
      return new Defaults(items, false);
    }
    if (value instanceof ConfigList list) {
      for (var element : list) {
        if (element instanceof ConfigObject section) {
          section.forEach((name, option) -> add(name, option, group, items, problems));
        } else if (element.valueType() == ConfigValueType.STRING) {
          items.add(new Item((String) element.unwrapped(), Optional.empty()));
        } else {
          problems.add(
              ConfigProblems.where(element.origin()),
              "defaults has " + element.render() + "; write {group = option}, a file or " + SELF);
        }
      }
    } else if (value != null) {
      problems.add(
          ConfigProblems.where(value.origin()),
          "defaults must be a section { group = option } or a list [{group = option}, " + SELF
              + "]");
    }
    return new Defaults(items, value instanceof ConfigList);
  }

  private static void add(
      String typed, ConfigValue option, String group, List<Item> items, ConfigProblems problems) {
    var origin = ConfigProblems.where(option.origin());
    boolean optional = typed.startsWith(OPTIONAL);
    var name = typed.startsWith(OVERRIDE)
        ? typed.substring(OVERRIDE.length()).strip()
        : optional ? typed.substring(OPTIONAL.length()).strip() : typed;
    if (name.contains("@")) {
      problems.add(origin, "defaults." + typed + Argument.MOVES_A_GROUP);
    } else if (option instanceof ConfigList) {
      problems.add(
          origin,
          "defaults." + typed
              + " has several options: a group has one; join them in a file with include");
    } else {
      var chosen = word(option);
      if (chosen.filter(text -> text.contains("${")).isPresent()) {
        problems.add(
            origin,
            "defaults." + typed
                + " depends on values, which are known only after the choices; name the option");
      } else {
        items.add(new Item(
            name.startsWith("/") ? name.substring(1) : group.isEmpty() ? name : group + "/" + name,
            Optional.of(new Choice(chosen, origin, optional))));
      }
    }
  }

  private static Optional<String> word(ConfigValue option) {
    try {
      return Optional.ofNullable(option.unwrapped()).map(String::valueOf);
    } catch (com.typesafe.config.ConfigException.NotResolved e) {
      return Optional.of(option.render());
    }
  }
}
