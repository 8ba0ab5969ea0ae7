package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of the recipes domain: dishes of two ingredients, in British words in passages and American ones in questions. */
final class Recipes {
  private Recipes() {}

  /** Returns rows for pairs of ingredients, each cooked in one way. */
  static List<Map<String, String>> rows(int count) {
    var ingredients = FactTable.read("ingredients");
    var methods = FactTable.read("methods");
    var spices = FactTable.read("spices");
    var sides = FactTable.read("sides");
    var pairs = new ArrayList<List<Map<String, String>>>();
    for (var a : ingredients) {
      for (var b : ingredients) {
        if (!a.equals(b)) {
          pairs.add(List.of(a, b));
        }
      }
    }
    var rows = new ArrayList<Map<String, String>>();
    for (var pair : new Dice("recipes").shuffled(pairs).subList(0, count)) {
      var dice = new Dice("recipes/" + rows.size());
      rows.add(recipe(
          pair.get(0), pair.get(1), dice.pick(methods), dice.pick(spices), dice.pick(sides), dice));
    }
    return rows;
  }

  private static Map<String, String> recipe(
      Map<String, String> a,
      Map<String, String> b,
      Map<String, String> method,
      Map<String, String> spice,
      Map<String, String> side,
      Dice dice) {
    return new Row(a.get("british"))
        .with("near", b.get("british"))
        .with(
            "title",
            PhraseSheet.capitalised(a.get("british")) + " and " + b.get("british") + " "
                + method.get("dish"))
        .with("a", a.get("british"))
        .with("a2", a.get("american"))
        .with("b", b.get("british"))
        .with("b2", b.get("american"))
        .with(method)
        .with("spice", spice.get("british"))
        .with("spice2", spice.get("american"))
        .with("side", side.get("british"))
        .with("side2", side.get("american"))
        .with("minutes", dice.between(3, 25))
        .values();
  }
}
