package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of the elements domain: chemical elements 1 to 98, with what the table says and what follows from their places. */
final class Elements {
  private static final Set<String> GASES =
      Set.of("H", "He", "N", "O", "F", "Ne", "Cl", "Ar", "Kr", "Xe", "Rn");
  private static final Set<String> LIQUIDS = Set.of("Br", "Hg");

  /** The noble gases end the first six periods. */
  private static final int[] PERIOD_ENDS = {2, 10, 18, 36, 54, 86};

  private Elements() {}

  /** Returns the rows; the first and the last element lack the column of a neighbour. */
  static List<Map<String, String>> rows() {
    var table = FactTable.read("elements");
    var rows = new ArrayList<Map<String, String>>();
    for (int i = 0; i < table.size(); i++) {
      var element = table.get(i);
      var row = new Row(element)
          .with("row", period(Integer.parseInt(element.get("number"))))
          .with("state", state(element.get("symbol")));
      if (i > 0) {
        row.with("previous", table.get(i - 1).get("entity"));
      }
      if (i < table.size() - 1) {
        row.with("next", table.get(i + 1).get("entity"));
      }
      rows.add(row.values());
    }
    return rows;
  }

  private static int period(int number) {
    int period = 1;
    for (int end : PERIOD_ENDS) {
      if (number > end) {
        period++;
      }
    }
    return period;
  }

  private static String state(String symbol) {
    return GASES.contains(symbol) ? "a gas" : LIQUIDS.contains(symbol) ? "a liquid" : "a solid";
  }
}
