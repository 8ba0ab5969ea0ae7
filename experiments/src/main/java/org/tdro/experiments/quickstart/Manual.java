package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of the manual domain: commands of an invented shell, asked for in everyday words that the manual never uses. */
final class Manual {
  private Manual() {}

  /** Returns rows for pairs of an action and an object, each pair with several modifiers. */
  static List<Map<String, String>> rows(int pairs, int modifiers) {
    var actionsAndObjects = new ArrayList<Row>();
    for (var action : FactTable.read("manual-actions")) {
      for (var object : FactTable.read("manual-objects")) {
        actionsAndObjects.add(new Row(action.get("action"))
            .with("near", object.get("objects"))
            .with(action)
            .with(object));
      }
    }
    var dice = new Dice("manual");
    var chosen = dice.shuffled(actionsAndObjects).subList(0, pairs);
    var allModifiers = FactTable.read("manual-modifiers");
    var rows = new ArrayList<Map<String, String>>();
    for (var pair : chosen) {
      for (var modifier : dice.shuffled(allModifiers).subList(0, modifiers)) {
        rows.add(new Row(pair.values()).with(modifier).values());
      }
    }
    return rows;
  }
}
