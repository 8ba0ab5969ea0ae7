package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rows of the timetable domain: trains between invented towns. No pair of towns is served in both directions: a model that takes a text for a bag of tokens
 * could not tell the way there from the way back.
 */
final class Timetable {
  private static final List<String> LINES = List.of("RE", "IC", "S", "RB");

  private Timetable() {}

  /** Returns departures in different hours between any two of the first towns. */
  static List<Map<String, String>> rows(int towns, int departures) {
    var stations = InventedNames.towns().subList(0, towns);
    var hours = FactTable.read("times");
    var rows = new ArrayList<Map<String, String>>();
    for (int i = 0; i < towns; i++) {
      for (int j = i + 1; j < towns; j++) {
        var dice = new Dice("timetable/" + i + "/" + j);
        for (var hour : dice.shuffled(hours).subList(0, departures)) {
          rows.add(train(dice, stations.get(i), stations.get(j), hour));
        }
      }
    }
    return rows;
  }

  private static Map<String, String> train(
      Dice dice, String from, String to, Map<String, String> hour) {
    int departs = Integer.parseInt(hour.get("hour")) * 60 + dice.roll(60);
    return new Row(from)
        .with("near", to)
        .with("from", from)
        .with("to", to)
        .with("time", hour.get("time"))
        .with("line", dice.pick(LINES))
        .with("number", dice.between(1, 90))
        .with("departs", clock(departs))
        .with("arrives", clock(departs + dice.between(20, 100)))
        .with("platform", dice.between(1, 14))
        .values();
  }

  private static String clock(int minutes) {
    return twoDigits(minutes / 60 % 24) + ":" + twoDigits(minutes % 60);
  }

  private static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}
