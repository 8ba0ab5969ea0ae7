package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of the people domain: invented persons of the past, each with a trade, an honoured work and a place of retirement. */
final class People {
  private static final List<String> ORDERS = List.of("first", "second", "third", "fourth", "fifth");

  private People() {}

  static List<Map<String, String>> rows(int count) {
    var families = InventedNames.families();
    var towns = InventedNames.towns();
    var professions = FactTable.read("professions");
    var works = FactTable.column("works", "work");
    var hobbies = FactTable.column("hobbies", "hobby");
    var rows = new ArrayList<Map<String, String>>();
    for (int i = 0; i < count; i++) {
      var dice = new Dice("people/" + i);
      var first = InventedNames.FIRST.get(i % InventedNames.FIRST.size());
      // Two strides, so that neither name repeats with a short period and no pair comes twice.
      var name = first + " " + families.get((i * 37 + i / families.size()) % families.size());
      var places = dice.shuffled(towns);
      var trades = dice.shuffled(professions);
      int born = dice.between(1640, 1880);
      rows.add(new Row(name)
          .with("title", name)
          .with("first", first)
          .with("profession", trades.get(0).get("profession"))
          .with("professionwords", trades.get(0).get("words"))
          .with("parent", trades.get(1).get("profession"))
          .with("parentwords", trades.get(1).get("words"))
          .with("town", places.get(0))
          .with("city", places.get(1))
          .with("resort", places.get(2))
          .with("work", dice.pick(works))
          .with("hobby", dice.pick(hobbies))
          .with("order", dice.pick(ORDERS))
          .with("born", born)
          .with("age", dice.between(14, 19))
          .with("prize", born + dice.between(30, 45))
          .with("retired", born + dice.between(55, 64))
          .with("died", born + dice.between(66, 88))
          .values());
    }
    return rows;
  }
}
