package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of the museum set: labels of finds, a kind of text that no training domain has. */
final class Museum {
  private static final List<String> CENTURIES =
      List.of("2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th");

  private Museum() {}

  static List<Map<String, String>> rows(int count) {
    var objects = FactTable.column("finds", "object");
    var materials = FactTable.column("finds", "material");
    var sites = FactTable.column("finds", "site");
    var rows = new ArrayList<Map<String, String>>();
    for (int i = 0; i < count; i++) {
      var dice = new Dice("museum/" + i);
      var object = dice.pick(objects);
      rows.add(new Row(object)
          .with("object", object)
          .with("material", dice.pick(materials))
          .with("site", dice.pick(sites))
          .with("place", dice.pick(InventedNames.towns()))
          .with("donor", dice.pick(InventedNames.families()))
          .with("century", dice.pick(CENTURIES))
          .with("year", dice.between(1880, 1990))
          .with("room", dice.between(1, 24))
          .values());
    }
    return rows;
  }
}
